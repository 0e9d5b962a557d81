/** How fast models are, from the requests that tell it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { createSpeedBook, median, SPEED_ROWS } from '../../web/state/speed-book.ts';
import { row as storedRow } from '../support/rows.ts';

const row = (s: number, tokensPerSecond: number | null, more: Partial<ActivityRow> = {}): ActivityRow => ({
  ...storedRow({ upstreamId: s, ts: `2026-01-01T00:${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}.000000Z` }), tokensPerSecond, promptPerSecond: null, ...more,
});

test('the median of what is known: the middle, or between the two middles', () => {
  expect([median([]), median([null]), median([3]), median([5, null, 1]), median([9, 1, 2])]).toEqual([null, null, 3, 3, 2]);
});

test('of each model at each host its last requests, in whatever order and however often they come', () => {
  const rows = Array.from({ length: 50 }, (_, s) => row(s, s + 1));
  fc.assert(fc.property(fc.shuffledSubarray(rows, { minLength: 50 }), fc.subarray(rows), (first, again) => {
    const book = createSpeedBook();
    book.add(first);
    book.add(again);
    expect(book.read().get('gpu1')?.get('qwen')).toEqual({ tokens: 40.5, prompt: null, newest: 50, rows: SPEED_ROWS, lastAt: rows[49]!.ts, failure: null });
  }));
});

test('a request that made nothing, or was not measured, tells no speed', () => {
  const book = createSpeedBook();
  book.add([row(1, 40), row(2, 0), row(3, null), row(4, 70, { outputTokens: 0 })]);
  expect(book.read().get('gpu1')?.get('qwen')).toMatchObject({ tokens: 40, rows: 1 });
});

test('when it was last used, and whether that failed, is known of any request', () => {
  const book = createSpeedBook();
  book.add([row(1, 40), row(3, null, { status: 500, error: 'gone' }), row(2, 60)]);
  expect(book.read().get('gpu1')?.get('qwen')).toMatchObject({ tokens: 50, rows: 2, lastAt: row(3, null).ts, failure: 'gone' });
  book.add([row(4, null, { reqPath: '/v1/embeddings' })]);
  expect(book.read().get('gpu1')?.get('qwen')).toMatchObject({ rows: 2, lastAt: row(4, null).ts, failure: null });
  book.add([row(1, null, { model: 'vectors', status: 503 })]);
  expect(book.read().get('gpu1')?.get('vectors')).toMatchObject({ tokens: null, rows: 0, failure: 'status 503' });
});

test('one host changes: the others stay the same objects; beyond its bound the pair that was idle longest goes', () => {
  const book = createSpeedBook(2);
  book.add([row(1, 10), row(2, 20, { hostId: 'gpu2' })]);
  const before = book.read();
  book.add([row(3, 30)]);
  expect(book.read().get('gpu2')).toBe(before.get('gpu2'));
  expect(book.read().get('gpu1')).not.toBe(before.get('gpu1'));
  book.add([row(4, 40, { model: 'other' })]);
  expect(book.read().get('gpu2')?.size).toBe(0);
  expect([...book.read().get('gpu1')!.keys()]).toEqual(['qwen', 'other']);
});
