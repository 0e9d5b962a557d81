/** The planted faults still fit the sources; `npm run mutants` runs them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FAULTS } from './mutants/faults.ts';
import { plant } from './mutants/plant.ts';
import { ROOT } from './support/compile-source.ts';

describe.each(FAULTS)('law $law: $name', (fault) => {
  test('fits its file, and its tests are there', () => {
    expect(plant(readFileSync(join(ROOT, fault.file), 'utf8'), fault)).toMatchObject({ kind: 'planted' });
    expect(fault.tests.filter(({ file }) => !existsSync(join(ROOT, 'test', `${file}.test.ts`)))).toEqual([]);
  });
});

test('a fault that fits no more, or in two places, says so', () => {
  const fault = { file: 'x.ts', search: 'a += 1;', replace: '' };
  expect(plant('a += 1;\n', fault)).toEqual({ kind: 'planted', source: '\n' });
  expect(plant('a += 2;\n', fault)).toMatchObject({ kind: 'unfit', why: expect.stringContaining('is not in x.ts') });
  expect(plant('a += 1; a += 1;\n', fault)).toMatchObject({ kind: 'unfit', why: expect.stringContaining('more than once') });
  expect(plant('a += 1;\n', { ...fault, replace: fault.search })).toMatchObject({ kind: 'unfit' });
});

test('each of laws 1 to 4 and 7 to 9 has three faults or more, no two of one name', () => {
  for (const law of [1, 2, 3, 4, 7, 8, 9]) expect(FAULTS.filter((fault) => fault.law === law).length, `law ${law}`).toBeGreaterThanOrEqual(3);
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});
