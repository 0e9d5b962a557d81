/** What tests of the embedded server have in common: the compiled sources, and folders that go when a test ends. */
import { afterEach, beforeAll } from 'vitest';
import { openFolder } from './embedded.ts';
import { compiledSources } from './office.ts';

export interface EmbeddedTests {
  /** The compiled program's folder, once tests run. */
  sources(): string;
  /** Undone when the test ends, the last first. */
  after: (() => unknown)[];
  /** A folder of its own, removed with the servers in it. */
  folder(): string;
}

/** Call it once, at the top of a test file. */
export function embeddedTests(): EmbeddedTests {
  let sources = '';
  beforeAll(async () => {
    sources = await compiledSources();
  });
  const after: (() => unknown)[] = [];
  afterEach(async () => {
    for (const undo of after.splice(0).toReversed()) await undo();
  });
  return {
    sources: () => sources,
    after,
    folder() {
      const { folder, clean } = openFolder();
      after.push(clean);
      return folder;
    },
  };
}
