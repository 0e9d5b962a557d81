/** Every recorded scenario of Erlang's own supervisors, replayed through ours on a virtual clock; the timed ones to the millisecond. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { normalised, replay } from './support/otp-scenario.ts';
import type { Vector } from './support/otp-scenario.ts';

const folder = process.env['DROVER_OTP_VECTORS'] ?? join(import.meta.dirname, 'fixtures', 'otp-vectors');
const files = readdirSync(folder).filter((name) => name.endsWith('.json')).sort();

test('there are vectors to replay', () => {
  expect(files, `no vectors in ${folder}`).not.toEqual([]);
});

for (const file of files) {
  const { format, category, vectors } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    format: string;
    category: string;
    vectors: Vector[];
  };
  describe(category, () => {
    test('the file is of a format that this replay knows, and not empty', () => {
      expect(format).toBe('otp-trace/1');
      expect(vectors.length).toBeGreaterThan(0);
    });
    for (const vector of vectors) {
      test(`${vector.name}: ${vector.about}`, async () => {
        const { start, steps } = await replay(vector);
        const begun = normalised(start, vector.expected.start);
        expect(begun.actual).toEqual(begun.expected);
        expect(steps.length).toBe(vector.expected.steps.length);
        steps.forEach((step, i) => {
          const one = normalised(step, vector.expected.steps[i]!, vector.steps[i]);
          expect(one.actual, `step ${i}: ${JSON.stringify(vector.steps[i])}`).toEqual(one.expected);
        });
      });
    }
  });
}
