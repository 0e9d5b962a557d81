/** Which boot does a ring belong to? Each rule, and the counterexample that killed a simpler one. */
import { describe, expect, test } from 'vitest';
import type { StoredRow, WireRow } from '../src/model/records/activity.ts';
import type { BootMark, HostMark } from '../src/model/records/batch.ts';
import type { BootDecision, BootQuestion } from '../src/model/reconcile/decide-boot.ts';
import { decideBoot } from '../src/model/reconcile/decide-boot.ts';
import { sameRow } from '../src/model/reconcile/fingerprint.ts';
import { mergeMark } from '../src/model/reconcile/merge-mark.ts';
import { row } from './support/rows.ts';

/** Row `id` of life `life`: an hour lies between two lives. */
const of = (life: number, id: number, more: Partial<StoredRow> = {}): StoredRow =>
  row({ bootEpoch: life, upstreamId: id, ts: `2026-06-01T${String(life).padStart(2, '0')}:${String(Math.floor(id / 60) % 60).padStart(2, '0')}:${String(id % 60).padStart(2, '0')}.000000Z`, inputTokens: 100 + id, ...more });
const rows = (life: number, from: number, to: number, more: Partial<StoredRow> = {}): StoredRow[] => Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => of(life, from + index, more));
/** Another request that ended within the same second. */
const other = (one: StoredRow): StoredRow => ({ ...one, inputTokens: 9_999 });

interface Life { boot: number; stored: StoredRow[]; more?: Partial<BootMark>; gapped?: [number, number][] }

/** What the database says of lives, oldest first, when asked about a ring. */
function mark(lives: Life[], ring: readonly WireRow[]): HostMark {
  const boots = lives.map(({ boot, stored, more, gapped = [] }): BootMark => {
    const ids = [...stored.map(({ upstreamId }) => upstreamId), ...gapped.flat()];
    const highest = ids.length === 0 ? null : Math.max(...ids);
    const floor = more?.floor ?? (ids.length === 0 ? 0 : Math.min(...ids));
    return { hostId: 'gpu1', bootEpoch: boot, floor, next: (highest ?? floor - 1) + 1, resumes: null, closed: false, generation: 2, highest, lastTs: stored[stored.length - 1]?.ts ?? null, ...more };
  });
  const asked = new Set(ring.map(({ upstreamId, ts }) => `${upstreamId} ${ts.slice(0, 19)}`));
  return {
    boots: boots.reverse(), settledAbove: [], gaps: { count: 0, lostMin: 0, lostMax: 0, lastAt: null },
    rows: lives.flatMap(({ boot, stored }) => stored.filter(({ upstreamId, ts }) => asked.has(`${upstreamId} ${ts.slice(0, 19)}`)).map((one) => ({ ...one, bootEpoch: boot }))),
    gapped: lives.flatMap(({ boot, gapped = [] }) => gapped.map(([fromId, toId]) => ({ bootEpoch: boot, fromId, toId }))),
  };
}

const nothing = { boots: [], rows: [], gaps: [], settled: [], held: [] };
function decide(lives: Life[], ring: StoredRow[], more: Partial<BootQuestion> = {}): BootDecision {
  return decideBoot({
    generation: 2, process: 'unknown', ring: { rows: ring, complete: true, endKnown: true }, standing: mergeMark(mark(lives, ring), nothing, ring),
    fresh: () => false, begunAgain: false, announced: null, retentionEdge: '2026-01-01T00:00:00.000000Z', ...more,
  });
}
/** In a word. */
const said = (decision: BootDecision): string => {
  switch (decision.kind) {
    case 'first': return `first ${decision.bootEpoch} from ${decision.floor}${decision.resumes === null ? '' : ` resumes ${decision.resumes}`}`;
    case 'same':
    case 'wait': return `${decision.kind} ${decision.boot.bootEpoch}`;
    case 'new': return `new ${decision.bootEpoch} from ${decision.floor}${decision.resumes === null ? '' : ` resumes ${decision.resumes}`}${decision.wrapBelow === null ? '' : ` wrapped below ${decision.wrapBelow}`} by ${decision.cause}`;
  }
};

const nine: Life = { boot: 1, stored: rows(1, 0, 9) };

describe('1: first contact and idle hosts', () => {
  test('boot 1 begins where the ring does', () => expect(said(decide([], rows(1, 500, 1_499)))).toBe('first 1 from 500'));
  test('and at the first id with an empty ring', () => {
    expect(said(decide([], []))).toBe('first 1 from 0');
    expect(said(decide([], [], { generation: 3 }))).toBe('first 1 from 1');
  });
  test('no rows and an empty ring: the same boot, even in a new process', () => {
    expect(said(decide([{ boot: 4, stored: [] }], [], { process: 'new' }))).toBe('same 4');
  });
  test('of a long store, where the newest unbroken stretch begins', () => {
    expect(said(decide([], [...rows(1, 1, 30), ...rows(1, 900, 950)], { generation: 3, ring: { rows: [...rows(1, 1, 30), ...rows(1, 900, 950)], complete: false, endKnown: true } }))).toBe('first 1 from 900');
  });
});

describe('2: rows in common that agree', () => {
  test('the boot goes on', () => expect(said(decide([nine], rows(1, 5, 20)))).toBe('same 1'));
  test('in a new process too: a store', () => expect(said(decide([nine], rows(1, 0, 12), { process: 'new' }))).toBe('same 1'));
  test('not with a lower highest id', () => expect(said(decide([nine], rows(1, 0, 7)))).toBe('new 2 from 8 resumes 1 by restart'));
  test('not if one of them differs', () => expect(said(decide([nine], [...rows(1, 0, 3), other(of(1, 4)), ...rows(1, 5, 12)]))).toBe('new 2 from 4 resumes 1 by restart'));
  test('not if an id has another time: it is not in common, and yet tells', () => {
    expect(said(decide([nine], [...rows(1, 0, 3), ...rows(2, 4, 12)]))).toBe('new 2 from 4 resumes 1 by restart');
  });
  test('an id whose row was refused is no other row', () => {
    expect(said(decide([{ boot: 1, stored: rows(1, 0, 9).filter(({ upstreamId }) => upstreamId !== 4), gapped: [[4, 4]] }], rows(1, 0, 12)))).toBe('same 1');
  });
  test('rows without tokens and time prove nothing in a new process', () => {
    const empty = { inputTokens: null, outputTokens: null, cachedTokens: null, durationMs: 0 };
    const one: Life = { boot: 1, stored: [of(1, 1, empty)] };
    const ring = [of(1, 1, empty)];
    expect(said(decide([one], ring, { generation: 3, process: 'new' }))).toBe('new 2 from 1 by restart');
    expect(said(decide([{ ...one, more: { generation: 3 } }], ring, { generation: 3 }))).toBe('same 1');
  });
  test('such rows prove something where the boot had later ones', () => {
    const empty = { inputTokens: null, outputTokens: null, cachedTokens: null, durationMs: 0 };
    const lives = [{ boot: 1, stored: rows(1, 1, 5, empty), more: { generation: 3 as const } }];
    expect(said(decide(lives, rows(1, 1, 5, empty), { generation: 3, process: 'new' }))).toBe('same 1');
  });
});

describe('3: nothing in common, and every id above', () => {
  test('the boot goes on after a wrap', () => expect(said(decide([nine], rows(1, 30, 49)))).toBe('same 1'));
  test('not in a process known to be new', () => expect(said(decide([nine], rows(2, 30, 49), { process: 'new' }))).toBe('new 2 from 0 wrapped below 30 by restart'));
  test('not where ids are below', () => expect(said(decide([nine], rows(2, 0, 3)))).toBe('new 2 from 0 by restart'));
  test('not where the rows are those of an earlier boot: two machines behind one name', () => {
    const lives = [{ boot: 1, stored: rows(1, 500, 1_499) }, { boot: 2, stored: rows(2, 0, 9) }];
    expect(said(decide(lives, rows(1, 600, 1_599)))).toBe('new 3 from 1500 resumes 1 by restart');
  });
  test('a boot without rows goes on wherever the ring begins', () => {
    expect(said(decide([{ boot: 1, stored: [], more: { floor: 5, next: 5, generation: 3 } }], rows(1, 1, 8), { generation: 3, announced: 8 }))).toBe('same 1');
  });
  test('not in a ring that ends below an id that was announced', () => {
    expect(said(decide([{ boot: 1, stored: [], more: { floor: 1, next: 1, generation: 3 } }], rows(2, 1, 2), { generation: 3, announced: 8 }))).toBe('new 2 from 1 by restart');
    expect(said(decide([nine], rows(2, 12, 14), { announced: 17 }))).toBe('new 2 from 0 wrapped below 12 by restart');
    expect(said(decide([nine], rows(1, 5, 14), { announced: 17 }))).toBe('same 1');
  });
  test('an empty ring waits for its first row', () => {
    expect(said(decide([nine], []))).toBe('wait 1');
    expect(said(decide([nine], [], { process: 'same' }))).toBe('wait 1');
    expect(said(decide([nine], [], { process: 'new' }))).toBe('new 2 from 0 by restart');
  });
  test('rows that came after an empty ring are no old ones, however alike', () => {
    expect(said(decide([nine], rows(1, 0, 12), { fresh: () => true }))).toBe('new 2 from 0 by restart');
  });
});

describe('4: generation 3 in the same process', () => {
  const three = { generation: 3 as const, process: 'same' as const };
  const ten: Life = { boot: 1, stored: rows(1, 1, 10), more: { generation: 3 } };
  test('whatever the ring lacks: it may be switched off, or smaller', () => {
    expect(said(decide([ten], [], three))).toBe('same 1');
    expect(said(decide([ten], rows(1, 3, 4), three))).toBe('same 1');
    expect(said(decide([ten], rows(1, 90, 99), three))).toBe('same 1');
  });
  test('but not against other rows under its ids: alike logs are no proof', () => {
    expect(said(decide([ten], rows(2, 1, 4), three))).toBe('new 2 from 1 by reload');
  });
  test('no process goes on from another generation', () => {
    expect(said(decide([nine], rows(2, 20, 30), three))).toBe('new 2 from 1 wrapped below 20 by restart');
    expect(said(decide([{ boot: 1, stored: [] }], [], { ...three, process: 'unknown' }))).toBe('new 2 from 1 by restart');
  });
});

describe('5: a new boot', () => {
  test('a reload of generation 2', () => expect(said(decide([nine], rows(2, 0, 1), { process: 'same' }))).toBe('new 2 from 0 by reload'));
  test('ids announced again', () => expect(said(decide([nine], rows(1, 0, 9), { begunAgain: true, fresh: (id) => id < 3 }))).toBe('new 2 from 0 by restart'));
  test('a store that came back goes on where it was', () => {
    const lives = [{ boot: 1, stored: rows(1, 1, 40) }, { boot: 2, stored: rows(2, 0, 5) }];
    expect(said(decide(lives, rows(1, 1, 45), { generation: 3, process: 'new' }))).toBe('new 3 from 41 resumes 1 by restart');
  });
  test('a store restored from a copy: what came after the copy is another row', () => {
    const lives = [{ boot: 1, stored: rows(1, 1, 40), more: { generation: 3 as const } }];
    expect(said(decide(lives, [...rows(1, 1, 30), ...rows(2, 31, 50)], { generation: 3, process: 'new' }))).toBe('new 2 from 31 resumes 1 by restart');
  });
  test('a boot that resumes another is known by the rows of both', () => {
    const lives = [{ boot: 1, stored: rows(1, 1, 30) }, { boot: 2, stored: [] as StoredRow[], more: { floor: 31, next: 31, resumes: 1, generation: 3 as const } }];
    expect(said(decide(lives, rows(1, 1, 30), { generation: 3, process: 'new' }))).toBe('same 2');
    const later = [lives[0]!, { ...lives[1]!, stored: rows(2, 31, 40), more: { floor: 31, next: 41, resumes: 1, generation: 3 as const } }];
    expect(said(decide(later, [...rows(1, 1, 30), ...rows(2, 31, 44)], { generation: 3, process: 'new' }))).toBe('same 2');
  });
  test('a host that was deleted and added again never goes on with its old boot', () => {
    const lives = [{ ...nine, more: { closed: true } }];
    expect(said(decide(lives, rows(1, 3, 14)))).toBe('first 2 from 10 resumes 1');
    expect(said(decide(lives, rows(2, 30, 40)))).toBe('first 2 from 30');
  });
  test('rows older than retention are gone from the database, and no sign of another boot', () => {
    const lives = [{ boot: 1, stored: rows(1, 5, 9), more: { floor: 0, next: 10 } }];
    expect(said(decide(lives, rows(1, 0, 9), { retentionEdge: of(1, 5).ts }))).toBe('same 1');
    expect(said(decide(lives, rows(1, 0, 9)))).not.toBe('same 1');
  });
});

describe('a fingerprint', () => {
  const one = row({ upstreamId: 3, ts: '2026-06-01T00:00:00.123456Z' });
  test('compares instants at microseconds, or at seconds where a side has no more', () => {
    expect(sameRow(one, { ...one, ts: '2026-06-01T00:00:00.123457Z' })).toBe(false);
    expect(sameRow(one, { ...one, ts: '2026-06-01T00:00:00.000000Z' })).toBe(true);
    expect(sameRow(one, { ...one, ts: '2026-06-01T00:00:01.000000Z' })).toBe(false);
  });
  test('does not compare what generation 1 lacks, nor what is computed on reading', () => {
    expect(sameRow(one, { ...one, reqPath: null, status: null, draftTokens: null, hasCapture: true, error: 'x', metadata: {} })).toBe(true);
  });
  test.each([['model', 'other'], ['status', 500], ['reqPath', '/v1/other'], ['inputTokens', 11], ['outputTokens', null], ['durationMs', 481], ['upstreamId', 4]] as const)('tells another %s', (field, value) => {
    expect(sameRow(one, { ...one, [field]: value })).toBe(false);
  });
});
