/** Schemas of answers that several routes share. */
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '../model/errors.ts';

export const errorDocumentSchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional(), details: z.unknown().optional() }),
}).meta({ id: 'Error', description: 'What went wrong; `code` is one of the catalogue.' });

/** The error answers of a route, documented by status. */
export function errors(...codes: ErrorCode[]): Record<number, z.ZodType> {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of codes) byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code]);
  return Object.fromEntries([...byStatus].map(([status, of]) => [status, errorDocumentSchema.describe(of.map((code) => `\`${code}\`: ${ERRORS[code].message}`).join(' '))]));
}
