import { textArray } from '../array-text.ts';

/** The WHERE of a query, put together from conditions that apply. SQL is written by us alone; values go in as parameters. */
export interface Conditions {
  /** Adds a value and returns its place: `$3`. */
  value(value: Parameter): string;
  /** A time. As text first: the driver makes a Date of what is to be a timestamptz, and a Date has no microseconds. */
  time(value: string): string;
  add(sql: string): void;
  /** ` AND …` for each one, or nothing. */
  and(): string;
  /** The WHERE of another part of the same statement: conditions of its own, the same values. */
  part(): Conditions;
  readonly values: Parameter[];
}

type Parameter = string | number | readonly string[] | readonly number[];

export function conditions(values: Parameter[] = []): Conditions {
  let text = '';
  return {
    values,
    value: (value) => `$${values.push(value)}`,
    time: (value) => `$${values.push(value)}::text::timestamptz`,
    add(sql) {
      text += ` AND ${sql}`;
    },
    and: () => text,
    part: () => conditions(values),
  };
}

/** FROM for a subquery that runs once for each key: `each.key`. */
export function eachKey(where: Conditions, keys: readonly string[]): string {
  return `unnest(${where.value(textArray([...new Set(keys)], (key) => key))}::text[]) AS each (key) CROSS JOIN`;
}

/**
 * Adds `column = each.key` and returns what goes before the time in ORDER BY, so that the index on (column, ts) is walked and no
 * other. A plain equality makes the column a constant, which the planner leaves out of the order; then it may as well walk the
 * index on time and filter, and for a key that is not there it reads everything. A comparison of rows says the same, keeps the
 * column in the order, and is where the walk begins and ends.
 */
export function alongIndex(where: Conditions, column: string, range: { from: string | null; to: string | null; after: { ts: string } | null }, key = 'each.key'): string {
  const low = where.time(range.from ?? '-infinity');
  const high = where.time(range.after?.ts ?? range.to ?? 'infinity');
  where.add(`(${column}, x.ts) >= (${key}, ${low}) AND (${column}, x.ts) <= (${key}, ${high})`);
  return `${column} DESC, `;
}
