/** Databases for tests: one server a run, a migrated template, a fresh copy for each who asks. Never touches DATABASE_URL. */
import { askOffice } from './office.ts';

export interface TestDatabase {
  /** `postgres://…` of a database of its own. */
  url: string;
  /** Cuts whoever is still connected. */
  drop: () => Promise<void>;
}

/** A copy of the migrated template. `empty`: without any schema. */
export async function createTestDatabase(options: { empty?: boolean } = {}): Promise<TestDatabase> {
  const url = await askOffice(`/create${options.empty ? '?empty' : ''}`);
  return {
    url,
    drop: async () => {
      await askOffice(`/drop?name=${new URL(url).pathname.slice(1)}`);
    },
  };
}
