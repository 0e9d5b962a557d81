/** Databases for tests: one server a run, a migrated template, a fresh copy for each who asks. Never touches DATABASE_URL. */

export interface TestDatabase {
  /** `postgres://…` of a database of its own. */
  url: string;
  drop(): Promise<void>;
}

/** A copy of the migrated template. `empty`: without any schema. */
export async function createTestDatabase(_options: { empty?: boolean } = {}): Promise<TestDatabase> {
  throw new Error('not written yet');
}
