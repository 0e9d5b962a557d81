/** Activity as CSV (RFC 4180): CRLF, UTF-8, unknown values empty. */
import { activityDocument } from '../model/documents.ts';
import type { StoredRow } from '../model/records/activity.ts';

const COLUMNS = Object.keys(activityDocument.shape) as (keyof StoredRow)[];
export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`;

/**
 * One cell. Spreadsheets take text that begins with `= + - @`, a tab or a return for a formula; a model's name comes from whoever may call
 * a host. Such a cell gets an apostrophe in front and quotes around it (OWASP, "CSV Injection").
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (/^[=+\-@\t\r]/.test(text)) return `"'${text.replaceAll('"', '""')}"`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csvLine(row: StoredRow): string {
  return `${COLUMNS.map((column) => csvCell(row[column])).join(',')}\r\n`;
}
