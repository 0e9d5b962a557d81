/** Asks the one process of a test run (global-database.ts) for what is made once a run. */
import { inject } from 'vitest';

export async function askOffice(path: string): Promise<string> {
  const response = await fetch(inject('office') + path);
  const text = await response.text();
  if (!response.ok) throw new Error(`test office: ${text}`);
  return text;
}

/** dist/ and web/dist/ as of now: built once a run, so that no two test files build at once. */
export async function builtProgram(): Promise<void> {
  await askOffice('/build');
}

/** A folder like dist/, made from the sources of now, for tests that run them in a plain Node process. Gone when the run ends. */
export function compiledSources(): Promise<string> {
  return askOffice('/sources');
}
