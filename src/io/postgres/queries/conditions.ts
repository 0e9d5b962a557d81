/** The WHERE of a query, put together from conditions that apply. SQL is written by us alone; values go in as parameters. */
export interface Conditions {
  /** Adds a value and returns its place: `$3`. */
  value(value: Parameter): string;
  add(sql: string): void;
  /** ` AND …` for each one, or nothing. */
  and(): string;
  readonly values: Parameter[];
}

type Parameter = string | number | readonly string[] | readonly number[];

export function conditions(): Conditions {
  const values: Parameter[] = [];
  let text = '';
  return {
    values,
    value: (value) => `$${values.push(value)}`,
    add(sql) {
      text += ` AND ${sql}`;
    },
    and: () => text,
  };
}
