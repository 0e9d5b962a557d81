import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WireRow } from '../src/model/records/activity.ts';
import type { HostEvent, WireModel } from '../src/model/host/host-event.ts';
import { createHostMemory, type HostMemory } from '../src/model/host/host-memory.ts';
import { takeModelChanges } from '../src/model/host/host-models.ts';
import type { Liveness } from '../src/model/host/liveness.ts';
import { applyPatch } from '../src/model/patch.ts';
import { changesAt, project } from '../src/model/host/project.ts';
import { createPublisher } from '../src/model/host/publish.ts';
import * as reduce from '../src/model/host/reduce.ts';
import type { HostState, InflightRequest } from '../src/model/host/state.ts';
import { timeOfMs, type Moment } from '../src/model/time.ts';

const T0 = Date.UTC(2026, 0, 1);
const at = (s: number): Moment => ({ wall: T0 + s * 1000, mono: 5_000_000 + s * 1000 });
const time = (s: number): string => timeOfMs(T0 + s * 1000);
const face = { name: 'gpu1', tags: ['lab'], enabled: true, source: 'api' } as const;
const connecting: Liveness = { state: 'connecting', reason: null, since: time(0), nextTryAt: null, lastContactAt: null };

function fresh(): HostMemory {
  const memory = createHostMemory({ ...face, tags: ['lab'] }, connecting);
  reduce.streamOpened(memory, at(0));
  return memory;
}

const model = (key: string, state: string, more: Partial<WireModel> = {}): WireModel => ({ key, name: '', description: '', state, peerId: null, aliases: [], unlisted: false, contextLength: null, ...more });
const models = (...list: WireModel[]): HostEvent => ({ type: 'models', models: list });
const request = (name: string, more: Partial<InflightRequest> = {}): InflightRequest => ({ model: name, path: '/v1/x', method: 'POST', startedAt: time(0), respBytes: null, remoteIp: null, ...more });
const row = (id: number, ts: string, more: Partial<WireRow> = {}): WireRow => ({ upstreamId: id, ts, model: 'a', reqPath: null, status: 200, inputTokens: 1, cachedTokens: null, outputTokens: 60, draftTokens: null, draftAcceptedTokens: null, promptPerSecond: null, tokensPerSecond: null, durationMs: 1, hasCapture: null, error: null, metadata: null, ...more });

describe('the zone of a host', () => {
  it('is that of the times that it writes, and remembered', () => {
    const memory = fresh();
    expect(project(memory, at(0)).utcOffsetMin).toBeNull();
    reduce.applyEvent(memory, { type: 'rows', generation: 2, rows: [row(1, time(1))], offsetMin: -480 }, at(1));
    expect(project(memory, at(1)).utcOffsetMin).toBe(-480);
    reduce.applyPerf(memory, { samples: [], perf: null, gpus: {}, after: '2026-01-01T05:30:00.5+05:30' });
    const shown = project(memory, at(2));
    expect(shown.utcOffsetMin).toBe(330);
    expect(project(createHostMemory({ ...face, tags: ['lab'] }, connecting, shown), at(3)).utcOffsetMin).toBe(330);
  });
});

describe('a host that names too many', () => {
  const few = { windowS: 30, models: 3, requests: 2, gpus: 2 };
  const crowded = (): HostMemory => {
    const memory = createHostMemory({ ...face, tags: ['lab'] }, connecting, null, few);
    reduce.streamOpened(memory, at(0));
    return memory;
  };

  it('models: the first ones are kept, the rest is counted', () => {
    const memory = crowded();
    reduce.applyEvent(memory, models(...['a', 'b', 'c', 'd', 'e'].map((key) => model(key, 'ready'))), at(1));
    expect(Object.keys(project(memory, at(1)).models)).toEqual(['a', 'b', 'c']);
    expect(memory.refused).toEqual({ models: 2, requests: 0, gpus: 0 });
  });

  it('requests in flight: what is held is bounded, and totals are unknown until a list fits', () => {
    const memory = crowded();
    reduce.applyEvent(memory, models(model('a', 'ready')), at(1));
    reduce.applyRunning(memory, [{ model: 'a', state: 'ready', ttlS: 60 }], memory.modelsSeen, at(1));
    for (const id of ['1', '2', '3', '4']) reduce.applyEvent(memory, { type: 'inflight-upsert', id, request: request('a') }, at(2));
    expect(memory.requests.size).toBe(2);
    expect(memory.refused.requests).toBe(2);
    const full = project(memory, at(2));
    expect(full.inflight.total).toBeNull();
    expect(full.models['a']).toMatchObject({ inflight: null, unloadAt: null });
    reduce.applyEvent(memory, { type: 'inflight-all', requests: new Map([['9', request('a')]]) }, at(3));
    expect(project(memory, at(3)).inflight).toEqual({ total: 1, requests: { 9: request('a') } });
    expect(project(memory, at(3)).models['a']!.inflight).toBe(1);
  });

  it('GPUs: those of the latest reading stay', () => {
    const memory = crowded();
    const gpu = (name: string): HostState['gpus'][string] => ({ name, utilPct: null, memUsedMb: null, memTotalMb: null, tempC: null, powerW: null });
    const read = (...keys: string[]): void => reduce.applyPerf(memory, { perf: null, samples: [], after: null, gpus: Object.fromEntries(keys.map((key) => [key, gpu(key)])) });
    read('a', 'b');
    read('b', 'c');
    expect(Object.keys(project(memory, at(1)).gpus).toSorted()).toEqual(['b', 'c']);
    expect(memory.refused.gpus).toBe(1);
  });

  it('the throughput has the window that it is told', () => {
    const memory = crowded();
    reduce.rowsArrived(memory, [row(1, time(0), { outputTokens: 60 })], 'live', at(1));
    expect(project(memory, at(2)).throughput).toEqual({ windowS: 30, rows: 1, outputTokensPerSecond: 2 });
    expect(project(memory, at(32)).throughput).toEqual({ windowS: 30, rows: 0, outputTokensPerSecond: 0 });
  });
});

describe('models', () => {
  it('ttl comes from /running, ready-since from the change that was seen, and the deadline from both', () => {
    const memory = fresh();
    reduce.applyEvent(memory, models(model('a', 'starting'), model('b', 'stopped')), at(1));
    reduce.applyEvent(memory, models(model('a', 'ready'), model('b', 'stopped')), at(10));
    reduce.applyRunning(memory, [{ model: 'a', state: 'ready', ttlS: 300 }], memory.modelsSeen, at(10));
    const state = project(memory, at(10));
    expect(state.models['a']).toMatchObject({ state: 'ready', ttlS: 300, readySince: time(10), unloadAt: time(310) });
    expect(state.models['b']).toMatchObject({ state: 'stopped', ttlS: null, readySince: null, unloadAt: null });
  });

  it('the deadline moves with the last request, is none while one is in flight, with ttl 0 and when not ready', () => {
    const memory = fresh();
    const unloadAt = (s: number): string | null => project(memory, at(s)).models['a']!.unloadAt;
    reduce.applyEvent(memory, models(model('a', 'starting')), at(1));
    reduce.applyEvent(memory, models(model('a', 'ready')), at(2));
    reduce.applyRunning(memory, [{ model: 'a', state: 'ready', ttlS: 60 }], memory.modelsSeen, at(2));
    reduce.applyEvent(memory, { type: 'inflight-upsert', id: '1', request: request('a') }, at(3));
    expect(unloadAt(3)).toBeNull();
    expect(project(memory, at(3)).models['a']!.inflight).toBe(1);
    reduce.applyEvent(memory, { type: 'inflight-remove', id: '1' }, at(20));
    expect(unloadAt(20)).toBe(time(80));
    // Its row follows, and says the moment more truly.
    reduce.rowsArrived(memory, [row(1, time(19.5))], 'live', at(20.2));
    expect(unloadAt(21)).toBe(time(79.5));
    // A request that makes no row ends later.
    reduce.applyEvent(memory, { type: 'inflight-upsert', id: '2', request: request('a') }, at(30));
    reduce.applyEvent(memory, { type: 'inflight-remove', id: '2' }, at(40));
    expect(unloadAt(40)).toBe(time(100));
    reduce.applyRunning(memory, [{ model: 'a', state: 'ready', ttlS: 0 }], memory.modelsSeen, at(41));
    expect(unloadAt(41)).toBeNull();
    reduce.applyRunning(memory, [{ model: 'a', state: 'ready', ttlS: 60 }], memory.modelsSeen, at(42));
    reduce.applyEvent(memory, models(model('a', 'stopping')), at(43));
    expect(unloadAt(43)).toBeNull();
  });

  it("a host's wrong clock moves no deadline; rows that were there before are believed", () => {
    const memory = fresh();
    reduce.applyEvent(memory, models(model('a', 'ready')), at(0));
    reduce.applyRunning(memory, [{ model: 'a', state: 'ready', ttlS: 60 }], memory.modelsSeen, at(0));
    expect(project(memory, at(0)).models['a']!.unloadAt).toBeNull();
    reduce.rowsArrived(memory, [row(1, time(-30))], 'ring', at(0));
    expect(project(memory, at(0)).models['a']!.unloadAt).toBe(time(30));
    reduce.rowsArrived(memory, [row(2, '2031-01-01T00:00:00.000000Z')], 'live', at(10));
    expect(project(memory, at(10)).models['a']!.unloadAt).toBe(time(70));
  });

  it('bare counts that are true hold deadlines back while anything runs', () => {
    const memory = fresh();
    reduce.applyEvent(memory, models(model('a', 'starting')), at(0));
    reduce.applyEvent(memory, models(model('a', 'ready')), at(0));
    reduce.applyRunning(memory, [{ model: 'a', state: 'ready', ttlS: 60 }], memory.modelsSeen, at(0));
    reduce.applyWire(memory, { countsTrue: true });
    reduce.applyEvent(memory, { type: 'inflight-total', total: 2 }, at(1));
    expect(project(memory, at(1))).toMatchObject({ inflight: { total: 2, requests: {} }, models: { a: { unloadAt: null, inflight: null } } });
    reduce.applyEvent(memory, { type: 'inflight-total', total: 0 }, at(2));
    expect(project(memory, at(2))).toMatchObject({ inflight: { total: 0 }, models: { a: { unloadAt: time(60) } } });
  });

  it('/running finds a crash that no frame told: ready models alone are listed until v217, all that are not stopped from v218', () => {
    const check = (countsTrue: boolean): string[] => {
      const memory = fresh();
      reduce.applyWire(memory, { countsTrue });
      reduce.applyEvent(memory, models(model('a', 'ready'), model('b', 'starting'), model('lab/p', '', { peerId: 'lab' })), at(0));
      reduce.applyRunning(memory, [], memory.modelsSeen, at(1));
      return Object.values(project(memory, at(1)).models).map((one) => one.state);
    };
    expect(check(false)).toEqual(['stopped', 'starting', '']);
    expect(check(true)).toEqual(['stopped', 'stopped', '']);
  });

  it('an answer of /running older than the last list says nothing of states', () => {
    const memory = fresh();
    reduce.applyEvent(memory, models(model('a', 'stopped')), at(0));
    const asked = memory.modelsSeen;
    reduce.applyEvent(memory, models(model('a', 'ready')), at(1));
    reduce.applyRunning(memory, [], asked, at(2));
    expect(project(memory, at(2)).models['a']!.state).toBe('ready');
  });

  it('changes of state are told once each, and equal frames make nothing', () => {
    const memory = fresh();
    reduce.applyEvent(memory, models(model('a', 'stopped'), model('lab/p', '', { peerId: 'lab' })), at(0));
    reduce.applyEvent(memory, models(model('a', 'starting'), model('lab/p', '', { peerId: 'lab' })), at(1));
    const before = project(memory, at(1));
    reduce.applyEvent(memory, models(model('lab/p', '', { peerId: 'lab' }), model('a', 'starting')), at(2));
    expect(project(memory, at(2))).toBe(before);
    expect(takeModelChanges(memory)).toEqual([{ model: 'a', from: null, to: 'stopped' }, { model: 'a', from: 'stopped', to: 'starting' }]);
    expect(takeModelChanges(memory)).toEqual([]);
  });

  it('a model that is no longer listed goes, and another boot ends what is known of times', () => {
    const memory = fresh();
    reduce.setBoot(memory, 1);
    reduce.applyEvent(memory, models(model('a', 'starting'), model('b', 'stopped')), at(0));
    reduce.applyEvent(memory, models(model('a', 'ready')), at(1));
    expect(Object.keys(project(memory, at(1)).models)).toEqual(['a']);
    reduce.setBoot(memory, 2);
    expect(project(memory, at(2))).toMatchObject({ bootEpoch: 2, models: { a: { readySince: null } } });
  });

  it("a peer's requests are counted at the peer's model, named with the peer or without", () => {
    const memory = fresh();
    reduce.applyEvent(memory, models(model('lab/p', '', { peerId: 'lab' }), model('q', 'ready')), at(0));
    reduce.applyEvent(memory, { type: 'inflight-all', requests: new Map([['1', request('p')], ['2', request('lab/p')], ['3', request('nobody')]]) }, at(1));
    expect(project(memory, at(1))).toMatchObject({ inflight: { total: 3 }, models: { 'lab/p': { inflight: 2 }, q: { inflight: 0 } } });
  });
});

describe('in flight', () => {
  it('counts that lie, or are not known to be true, are null', () => {
    const memory = fresh();
    reduce.applyEvent(memory, { type: 'inflight-total', total: 1 }, at(0));
    expect(project(memory, at(0)).inflight).toEqual({ total: null, requests: {} });
    reduce.applyWire(memory, { countsTrue: false });
    expect(project(memory, at(0)).inflight.total).toBeNull();
    reduce.applyWire(memory, { countsTrue: true });
    expect(project(memory, at(0)).inflight.total).toBe(1);
  });

  it('a snapshot replaces all, and hostile ids are ids', () => {
    const memory = fresh();
    reduce.applyEvent(memory, { type: 'inflight-upsert', id: '__proto__', request: request('a') }, at(0));
    reduce.applyEvent(memory, { type: 'inflight-upsert', id: '2', request: request('a') }, at(0));
    expect(Object.keys(project(memory, at(0)).inflight.requests).sort()).toEqual(['2', '__proto__']);
    reduce.applyEvent(memory, { type: 'inflight-all', requests: new Map([['3', request('b')]]) }, at(1));
    expect(project(memory, at(1)).inflight).toEqual({ total: 1, requests: { 3: request('b') } });
  });
});

describe('throughput', () => {
  it('counts rows by when they came, for a minute, and not those that were caught up', () => {
    const memory = fresh();
    expect(project(memory, at(0)).throughput).toEqual({ windowS: 60, rows: 0, outputTokensPerSecond: 0 });
    reduce.rowsArrived(memory, [row(1, '1999-01-01T00:00:00.000000Z'), row(2, '2099-01-01T00:00:00.000000Z', { outputTokens: 30 })], 'live', at(1));
    reduce.rowsArrived(memory, [row(3, time(0))], 'ring', at(1));
    expect(project(memory, at(2)).throughput).toEqual({ windowS: 60, rows: 2, outputTokensPerSecond: 1.5 });
    expect(project(memory, at(60)).throughput.rows).toBe(2);
    expect(changesAt(memory)).toBe(at(62).mono);
    expect(project(memory, at(62)).throughput).toEqual({ windowS: 60, rows: 0, outputTokensPerSecond: 0 });
    expect(changesAt(memory)).toBeNull();
  });

  it('rows that say nothing of tokens make no rate', () => {
    const memory = fresh();
    reduce.rowsArrived(memory, [row(1, time(0), { outputTokens: null })], 'live', at(1));
    expect(project(memory, at(1)).throughput).toEqual({ windowS: 60, rows: 1, outputTokensPerSecond: null });
  });

  it('a jump of the wall clock changes nothing', () => {
    const memory = fresh();
    reduce.rowsArrived(memory, [row(1, time(0))], 'live', at(1));
    expect(project(memory, { wall: T0 + 1e10, mono: at(2).mono }).throughput.rows).toBe(1);
  });
});

describe('remembering', () => {
  it('a stream that ended leaves models, GPUs, generation, build and gaps, as of the last contact; the next list makes it present', () => {
    const memory = fresh();
    reduce.applyEvent(memory, models(model('a', 'ready')), at(1));
    reduce.applyWire(memory, { generation: 2 });
    reduce.applyVersion(memory, { version: '235', commit: 'c' });
    reduce.applyEvent(memory, { type: 'profile', active: 'coding' }, at(1));
    reduce.applyEvent(memory, { type: 'inflight-upsert', id: '1', request: request('a') }, at(1));
    reduce.rowsArrived(memory, [row(1, time(1))], 'live', at(1));
    reduce.applyPerf(memory, { samples: [], perf: { ts: time(1), cpuPct: 1, memUsedMb: 1, memTotalMb: 1, load1: 1 }, gpus: { G: { name: 'x', utilPct: 1, memUsedMb: 1, memTotalMb: 2, tempC: 3, powerW: 4 } }, after: 'x' });
    reduce.contacted(memory, at(9));
    expect(project(memory, at(9))).toMatchObject({ asOf: null, profile: 'coding', inflight: { total: 1 }, perf: { cpuPct: 1 } });
    reduce.streamEnded(memory, at(12));
    reduce.setLiveness(memory, { state: 'down', reason: { code: 'cut', text: 'gone' }, since: time(12), nextTryAt: null });
    const down = project(memory, at(12));
    expect(down).toMatchObject({
      asOf: time(9), profile: null, perf: null, generation: 2, build: { version: '235' }, gpus: { G: { name: 'x' } }, liveness: { state: 'down', lastContactAt: time(9) },
      models: { a: { state: 'ready', inflight: null } }, inflight: { total: null, requests: {} }, throughput: { rows: 0, outputTokensPerSecond: null },
    });
    expect(down.inflight).toEqual({ total: null, requests: {} });
    // A second failure does not make it younger.
    reduce.streamOpened(memory, at(20));
    reduce.streamEnded(memory, at(21));
    expect(project(memory, at(21)).asOf).toBe(time(9));
    reduce.streamOpened(memory, at(30));
    expect(project(memory, at(30)).asOf).toBe(time(9));
    reduce.applyEvent(memory, models(model('a', 'stopped')), at(30));
    expect(project(memory, at(30))).toMatchObject({ asOf: null, models: { a: { state: 'stopped' } } });
  });

  it('GPUs keep their figures while they are remembered; a host that is there again has none until it is read anew', () => {
    const gpu = (utilPct: number): HostState['gpus'][string] => ({ name: 'x', utilPct, memUsedMb: 1, memTotalMb: 2, tempC: 3, powerW: 4 });
    const unread = { name: 'x', utilPct: null, memUsedMb: null, memTotalMb: 2, tempC: null, powerW: null };
    const read = (memory: HostMemory, gpus: HostState['gpus']): void => reduce.applyPerf(memory, { samples: [], perf: null, gpus, after: null });
    const memory = fresh();
    reduce.applyEvent(memory, models(model('a', 'ready')), at(1));
    read(memory, { G: gpu(1), H: gpu(2) });
    reduce.contacted(memory, at(2));
    const stored = project(memory, at(2));
    reduce.streamEnded(memory, at(3));
    const again = createHostMemory({ ...face, tags: [] }, connecting, stored);
    for (const one of [memory, again]) {
      reduce.streamOpened(one, at(4));
      expect(project(one, at(4))).toMatchObject({ asOf: time(2), gpus: { G: gpu(1), H: gpu(2) } });
      reduce.applyEvent(one, models(model('a', 'ready')), at(5));
      expect(project(one, at(5))).toMatchObject({ asOf: null, gpus: { G: unread, H: unread } });
      read(one, { G: gpu(9) });
      reduce.applyEvent(one, models(model('a', 'stopped')), at(6));
      expect(project(one, at(6)).gpus).toEqual({ G: gpu(9), H: unread });
      read(one, { H: gpu(8) });
      expect(project(one, at(7)).gpus).toEqual({ G: gpu(9), H: gpu(8) });
    }
  });

  it('a reading that comes before the list of models is of now, and takes nothing old with it', () => {
    const memory = fresh();
    reduce.applyEvent(memory, models(model('a', 'ready')), at(1));
    const gpu = { name: 'x', utilPct: 1, memUsedMb: 1, memTotalMb: 2, tempC: 3, powerW: 4 };
    reduce.applyPerf(memory, { samples: [], perf: null, gpus: { G: gpu, H: gpu }, after: null });
    reduce.streamEnded(memory, at(3));
    reduce.streamOpened(memory, at(4));
    reduce.applyPerf(memory, { samples: [], perf: null, gpus: { G: { ...gpu, utilPct: 7 } }, after: null });
    reduce.applyEvent(memory, models(model('a', 'ready')), at(5));
    expect(project(memory, at(5)).gpus).toEqual({ G: { ...gpu, utilPct: 7 }, H: { ...gpu, utilPct: null, memUsedMb: null, tempC: null, powerW: null } });
  });

  it('after a restart the stored state is remembered, as of its own last contact', () => {
    const memory = fresh();
    reduce.applyEvent(memory, models(model('a', 'ready'), model('__proto__', 'stopped')), at(1));
    reduce.applyEvent(memory, { type: 'inflight-upsert', id: '1', request: request('a') }, at(1));
    reduce.setGaps(memory, { count: 1, lostMin: 0, lostMax: null, lastAt: time(0) });
    reduce.contacted(memory, at(5));
    const stored = JSON.parse(JSON.stringify(project(memory, at(5)))) as HostState;
    const again = project(createHostMemory({ ...face, tags: [] }, { ...connecting, since: time(100) }, stored), at(100));
    expect(again).toMatchObject({ asOf: time(5), tags: [], liveness: { state: 'connecting', lastContactAt: time(5) }, inflight: { total: null, requests: {} }, gaps: { count: 1 }, throughput: { rows: 0, outputTokensPerSecond: null } });
    expect(Object.keys(again.models).sort()).toEqual(['__proto__', 'a']);
    expect(again.models['a']).toMatchObject({ state: 'ready', inflight: null });
  });

  it('a host that never answered stems from no time', () => {
    const never = project(createHostMemory({ ...face, tags: [] }, connecting), at(0));
    expect(never.asOf).toBeNull();
    expect(project(createHostMemory({ ...face, tags: [] }, connecting, never), at(1)).asOf).toBeNull();
  });
});

describe('publishing', () => {
  it('the last contact rides along, and goes alone after ten seconds', () => {
    const memory = fresh();
    const publisher = createPublisher(project(memory, at(0)), at(0));
    const next = (s: number): unknown => publisher.next(project(memory, at(s)), at(s));
    reduce.contacted(memory, at(3));
    expect(next(3)).toBeNull();
    expect(changesAt(memory)).toBe(at(10).mono);
    reduce.applyEvent(memory, { type: 'profile', active: 'x' }, at(4));
    expect(next(4)).toEqual([{ op: 'replace', path: '/profile', value: 'x' }, { op: 'replace', path: '/liveness/lastContactAt', value: time(3) }]);
    expect([publisher.dueAt(), changesAt(memory)]).toEqual([null, null]);
    reduce.contacted(memory, at(5));
    expect(changesAt(memory)).toBe(at(14).mono);
    expect(next(5)).toBeNull();
    expect(next(13.9)).toBeNull();
    expect(next(14)).toEqual([{ op: 'replace', path: '/liveness/lastContactAt', value: time(5) }]);
    expect(next(15)).toBeNull();
  });

  it('bytes of answers are told at most once a second, everything else at once', () => {
    const memory = fresh();
    const publisher = createPublisher(project(memory, at(0)), at(0));
    const next = (s: number): unknown => publisher.next(project(memory, at(s)), at(s));
    const upsert = (id: string, respBytes: number, s: number): void => reduce.applyEvent(memory, { type: 'inflight-upsert', id, request: request('a', { respBytes }) }, at(s));
    upsert('1', 0, 2);
    expect(next(2)).toHaveLength(2);
    upsert('1', 100, 2.3);
    expect(next(2.3)).toBeNull();
    upsert('2', 7, 2.5);
    expect(next(2.5)).toEqual([{ op: 'replace', path: '/inflight/total', value: 2 }, { op: 'add', path: '/inflight/requests/2', value: request('a', { respBytes: 7 }) }]);
    expect(publisher.state.inflight.requests['1']!.respBytes).toBe(0);
    expect(publisher.dueAt()).toBe(at(3).mono);
    expect(next(3)).toEqual([{ op: 'replace', path: '/inflight/requests/1/respBytes', value: 100 }]);
    expect(publisher.dueAt()).toBeNull();
  });

  it('a client that applies every delta holds what was published, and in the end the state itself', () => {
    const ids = fc.constantFrom('1', '2', '__proto__', 'a/b');
    const keys = fc.constantFrom('a', 'b', 'lab/p', '__proto__', 'x~y');
    const event: fc.Arbitrary<(memory: HostMemory, now: Moment) => void> = fc.oneof(
      fc.uniqueArray(fc.tuple(keys, fc.constantFrom('stopped', 'ready', 'starting')), { selector: ([key]) => key }).map((list) => (memory: HostMemory, now: Moment) => reduce.applyEvent(memory, models(...list.map(([key, state]) => model(key, state))), now)),
      fc.tuple(ids, keys, fc.nat(9)).map(([id, key, respBytes]) => (memory: HostMemory, now: Moment) => reduce.applyEvent(memory, { type: 'inflight-upsert', id, request: request(key, { respBytes }) }, now)),
      ids.map((id) => (memory: HostMemory, now: Moment) => reduce.applyEvent(memory, { type: 'inflight-remove', id }, now)),
      fc.array(ids).map((list) => (memory: HostMemory, now: Moment) => reduce.applyEvent(memory, { type: 'inflight-all', requests: new Map(list.map((id) => [id, request('a')])) }, now)),
      fc.nat(3).map((total) => (memory: HostMemory, now: Moment) => reduce.applyEvent(memory, { type: 'inflight-total', total }, now)),
      fc.boolean().map((countsTrue) => (memory: HostMemory) => reduce.applyWire(memory, { countsTrue })),
      keys.map((key) => (memory: HostMemory, now: Moment) => reduce.rowsArrived(memory, [row(1, timeOfMs(now.wall), { model: key })], 'live', now)),
      fc.tuple(keys, fc.constantFrom(0, 60)).map(([key, ttlS]) => (memory: HostMemory, now: Moment) => reduce.applyRunning(memory, [{ model: key, state: 'ready', ttlS }], memory.modelsSeen, now)),
      fc.constant((memory: HostMemory, now: Moment) => reduce.streamEnded(memory, now)),
      fc.constant((memory: HostMemory, now: Moment) => reduce.streamOpened(memory, now)),
      fc.constant((memory: HostMemory, now: Moment) => reduce.contacted(memory, now)),
      fc.nat(2).map((epoch) => (memory: HostMemory) => reduce.setBoot(memory, epoch)),
    );
    fc.assert(fc.property(fc.array(fc.tuple(event, fc.nat(1500)), { maxLength: 40 }), (steps) => {
      const memory = fresh();
      const publisher = createPublisher(project(memory, at(0)), at(0));
      let client = JSON.parse(JSON.stringify(publisher.state)) as HostState;
      let now = at(0);
      const tick = (): void => {
        const ops = publisher.next(project(memory, now), now);
        if (ops !== null) {
          expect(ops.length).toBeGreaterThan(0);
          client = applyPatch(client, JSON.parse(JSON.stringify(ops)) as typeof ops);
        }
        expect(client).toEqual(publisher.state);
      };
      for (const [apply, ms] of steps) {
        now = { wall: now.wall + ms, mono: now.mono + ms };
        apply(memory, now);
        tick();
        // What is cached is what a fresh look would show, but for the last contact, which waits.
        const cached = project(memory, now);
        memory.contactAt = memory.contactShown;
        for (const one of memory.models.values()) one.shown = null;
        memory.dirty = 31;
        expect(project(memory, now)).toEqual(cached);
      }
      now = { wall: now.wall + 10_000, mono: now.mono + 10_000 };
      tick();
      expect(publisher.dueAt()).toBeNull();
      expect(client).toEqual(project(memory, now));
    }), { numRuns: 300 });
  });
});
