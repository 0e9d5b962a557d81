/** Which hosts of the fleet do not stay up: from history and from what the page sees, nothing counted twice. */
import { describe, expect, test } from 'vitest';
import type { HeldHost } from '../src/model/client-fleet.ts';
import type { LivenessState } from '../src/model/host/liveness.ts';
import type { HostState } from '../src/model/host/state.ts';
import type { HostEventRow } from '../src/model/records/history.ts';
import { timeOfMs } from '../src/model/time.ts';
import { createUnsteadyBook, timesOf, unsteadyTitle, unsteadyWords } from '../web/views/fleet/unsteady.ts';

const MINUTE = 60_000;
const T = Date.UTC(2026, 10, 21, 14);
const row = (minute: number, kind: 'liveness' | 'boot', from: string | null, to: string): HostEventRow => ({ hostId: 'a', ts: timeOfMs(T + minute * MINUTE), kind, from, to, reason: null });
/** Up, gone, back with another boot: as a restart stands in history, newest first. */
const restart = (minute: number, boot: number): HostEventRow[] => [row(minute + 0.3, 'boot', String(boot - 1), String(boot)), row(minute + 0.2, 'liveness', 'down', 'live'), row(minute + 0.1, 'liveness', 'connecting', 'down'), row(minute, 'liveness', 'live', 'connecting')];
const held = (state: LivenessState, minute: number, bootEpoch: number): HeldHost => ({ state: { liveness: { state, since: timeOfMs(T + minute * MINUTE) }, bootEpoch } as HostState }) as HeldHost;
const fleet = (host: HeldHost): ReadonlyMap<string, HeldHost> => new Map([['a', host]]);

describe('unsteady', () => {
  test('is a host that restarted more than once in the last hour, and no longer', () => {
    const book = createUnsteadyBook();
    book.read([...restart(10, 2), ...restart(0, 1)], false);
    expect(book.tell(T + 11 * MINUTE).get('a')).toEqual({ restarts: 2, downs: 2, more: false });
    expect(book.tell(T + 65 * MINUTE).size).toBe(0);
  });

  test('is none that was down once, is tried again and again, or is met for the first time', () => {
    const book = createUnsteadyBook();
    book.read([row(0, 'boot', null, '1'), row(1, 'liveness', 'live', 'down'), row(2, 'liveness', 'down', 'connecting'), row(3, 'liveness', 'connecting', 'down'), row(4, 'liveness', 'down', 'quarantined')].reverse(), false);
    expect(book.tell(T + 5 * MINUTE).size).toBe(0);
  });

  test('counts what the page saw and history tells as well once, in either order', () => {
    for (const readFirst of [true, false]) {
      const book = createUnsteadyBook();
      if (readFirst) book.read([...restart(10, 2), ...restart(0, 1)], false);
      expect(book.see(fleet(held('live', 0, 1)), T)).toBe(false);
      expect(book.see(fleet(held('connecting', 10, 1)), T + 10 * MINUTE)).toBe(false);
      expect(book.see(fleet(held('down', 10.1, 1)), T + 10.1 * MINUTE)).toBe(true);
      expect(book.see(fleet(held('live', 10.2, 1)), T + 10.2 * MINUTE)).toBe(false);
      expect(book.see(fleet(held('live', 10.2, 2)), T + 10.3 * MINUTE)).toBe(true);
      if (!readFirst) book.read([...restart(10, 2), ...restart(0, 1)], false);
      expect(book.tell(T + 11 * MINUTE).get('a')).toEqual({ restarts: 2, downs: 2, more: false });
    }
  });

  test('keeps the same object while it says the same', () => {
    const book = createUnsteadyBook();
    book.read([...restart(10, 2), ...restart(0, 1)], false);
    const before = book.tell(T + 11 * MINUTE);
    expect(book.tell(T + 12 * MINUTE)).toBe(before);
    book.see(fleet(held('live', 10, 2)), T);
    book.see(fleet(held('live', 10, 3)), T + 13 * MINUTE);
    expect(book.tell(T + 13 * MINUTE)).not.toBe(before);
  });

  test('is said by what happened more, and as the least where not all was read', () => {
    expect(unsteadyWords({ restarts: 12, downs: 12, more: false })).toBe('restarted 12 ×');
    expect(unsteadyWords({ restarts: 1, downs: 3, more: true })).toBe('down ≥ 3 ×');
    expect(unsteadyTitle({ restarts: 1, downs: 3, more: false })).toContain('went down 3 times and restarted or read its configuration anew 1 time.');
    expect(timesOf({ restarts: 1, downs: 3, more: false })).toBe(3);
  });
});
