/** What an error of the database means for a batch or a read, as the Store seam says it. */
import { StoreError } from '../../model/records/batch.ts';
import { classify, errorCode } from './errors.ts';

/** `row`: a value that no table takes. `bug`: no error of the database at all. */
export type Verdict = 'away' | 'partition' | 'row' | 'bug';

// A table, a right or a function that is not there, a lock, a damaged page: every row would fail, and to reject them all is to lose them.
const SCHEMA_CLASSES = new Set(['3F', '42', '55', 'F0', 'XX']);

export function judge(error: unknown): Verdict {
  if (error instanceof StoreError) return error.code;
  const found = classify(error);
  switch (found) {
    case 'away':
    case 'partition':
      return found;
    case 'data':
      return 'row';
    case 'bug': {
      const code = errorCode(error);
      if (code === null || !/^[0-9A-Z]{5}$/.test(code)) return 'bug';
      return SCHEMA_CLASSES.has(code.slice(0, 2)) ? 'away' : 'row';
    }
    default:
      return found satisfies never;
  }
}

/** The table that the error names; null: none. */
export function tableOf(error: unknown): string | null {
  const { table_name: table } = error as { table_name?: unknown };
  return typeof table === 'string' ? table : null;
}

export function away(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError('away', `the database does not take work: ${message}`, undefined, { cause: error });
}

/** Runs a read: what the database's absence causes becomes a StoreError 'away', the rest stays what it is. */
export async function reading<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw judge(error) === 'away' ? away(error) : error;
  }
}
