/** Keyset cursors: the key of the last row as opaque text. They hold no secret and need no signature: a made-up one is only a place in time. */
import type { z } from 'zod';
import { ApiError } from '../model/errors.ts';

export function writeCursor(key: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/** Throws `bad_cursor`. */
export function readCursor<T>(text: string, shape: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw new ApiError('bad_cursor');
  }
  const key = shape.safeParse(value);
  if (!key.success || writeCursor(value as unknown[]) !== text) throw new ApiError('bad_cursor');
  return key.data;
}
