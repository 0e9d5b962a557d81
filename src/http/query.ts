/** Pieces of query strings that several routes share. */
import { z } from 'zod';
import { canonicalTime } from '../model/time.ts';

/** Text that PostgreSQL can hold, as text and inside jsonb: without NUL and without halves of a surrogate pair. */
export const plainText = (most: number) => z.string().max(most).refine((text) => !text.includes('\0') && !/\p{Cs}/u.test(text), 'expected Unicode text without NUL');

/** A parameter that may be there once, many times, or not at all. */
export function repeatable<T extends z.ZodType<unknown, string>>(item: T) {
  return z.union([z.array(item), item.transform((one) => [one])]).default([]);
}

export const hostsParameter = repeatable(plainText(63)).meta({ description: 'Host ids; repeatable.' });

/** RFC 3339 with any offset, to canonical UTC. */
export const timeParameter = z.string().transform((text, context) => {
  const time = canonicalTime(text);
  if (time !== null) return time;
  context.addIssue({ code: 'custom', message: 'expected RFC 3339, such as 2026-08-22T10:00:00Z (a "+" in a query is %2B)' });
  return z.NEVER;
});

export const rangeParameters = {
  host: hostsParameter,
  from: timeParameter.optional().meta({ description: 'Inclusive; RFC 3339.' }),
  to: timeParameter.optional().meta({ description: 'Exclusive; RFC 3339.' }),
};

export function limitParameter(most: number, usual: number) {
  const message = `expected a whole number from 1 to ${most}`;
  return z.coerce.number({ error: message }).int(message).min(1, message).max(most, message).default(usual).meta({ description: `At most so many; 1 to ${most}.` });
}

export const timeRange = (query: { host: string[]; from?: string | undefined; to?: string | undefined }) => ({ hosts: query.host, from: query.from ?? null, to: query.to ?? null });
