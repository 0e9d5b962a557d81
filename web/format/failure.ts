/** How a request failed at the server's side, in a few words; null: it did not. What a client did wrong is no failure of the model. */
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { shown } from './shown.ts';

const MOST_CHARS = 300;

export function failureOf({ status, error }: Pick<ActivityRow, 'status' | 'error'>): string | null {
  if (status !== null && status >= 400 && status < 500) return null;
  if (error !== null && error.trim() !== '') return shown(error.trim().slice(0, MOST_CHARS));
  return status !== null && status >= 500 ? `status ${status}` : null;
}
