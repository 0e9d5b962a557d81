/** The reference client, rule by rule: frames in, state and frames out. */
import { describe, expect, test } from 'vitest';
import { closed, createClient, opened, received, retopic } from '../src/model/client.ts';
import type { Client, Step } from '../src/model/client.ts';
import type { ClientFrame, ServerFrame } from '../src/model/frames.ts';
import type { ActorStatus } from '../src/model/status.ts';
import { gap, row } from './support/rows.ts';
import { hostState } from './support/view.ts';

interface Run { client: Client; send: ClientFrame[]; steps: Step[] }

function feed(client: Client, ...frames: (ServerFrame | string)[]): Run {
  const run: Run = { client, send: [], steps: [] };
  for (const frame of frames) {
    const step = received(run.client, typeof frame === 'string' ? frame : JSON.stringify(frame));
    run.client = step.client;
    run.send.push(...step.send);
    run.steps.push(step);
  }
  return run;
}

const hello = (serverEpoch = 'S'): ServerFrame => ({ type: 'hello', protocol: 1, server: { name: 'drover', version: '1' }, serverEpoch });
const subscribed = (topics: Record<string, boolean>): ServerFrame => ({
  type: 'subscribed', topics: Object.fromEntries(Object.entries(topics).map(([topic, recovered]) => [topic, { recovered }])),
});
const at = (profile: string) => hostState({ name: 'a', profile });
const snapshot = (host: string, epoch: string, seq: number): ServerFrame => ({ type: 'host.snapshot', host, epoch, seq, state: at(`${epoch}${seq}`) });
const whole = (...hosts: [string, string, number][]): ServerFrame => ({
  type: 'fleet.snapshot', hosts: hosts.map(([host, epoch, seq]) => ({ host, epoch, seq, state: at(`${epoch}${seq}`) })),
});
const delta = (host: string, epoch: string, seq: number): ServerFrame => ({
  type: 'fleet.delta', host, epoch, seq, ops: [{ op: 'replace', path: '/profile', value: `${epoch}${seq}` }],
});
const live = (...frames: ServerFrame[]): Client =>
  feed(opened(createClient(['fleet', 'actors', 'activity'])), hello(), subscribed({ fleet: false, actors: false, activity: false }), whole(['a', 'E', 5], ['b', 'F', 1]), ...frames).client;
const place = (client: Client, host = 'a'): unknown => {
  const held = client.fleet.hosts.get(host);
  return held === undefined ? null : [held.epoch, held.seq, held.state.profile];
};

describe('fleet', () => {
  test('subscribes after hello, and holds what the snapshot and the deltas say', () => {
    const { send, client } = feed(opened(createClient(['fleet', 'fleet'])), hello());
    expect(send).toEqual([{ type: 'subscribe', topics: ['fleet'], since: { serverEpoch: 'S' } }]);
    expect(client.connection).toBe('open');
    expect(place(live(delta('a', 'E', 6), delta('b', 'F', 2), delta('a', 'E', 7)))).toEqual(['E', 7, 'E7']);
  });

  test('deltas at or below what is held are dropped', () => {
    const run = feed(live(), delta('a', 'E', 6), delta('a', 'E', 6), delta('a', 'E', 4));
    expect(place(run.client)).toEqual(['E', 6, 'E6']);
    expect(run.send).toEqual([]);
  });

  test.each([['a hole', delta('a', 'E', 7)], ['another epoch', delta('a', 'X', 6)], ['an earlier seq of another epoch', delta('a', 'X', 2)],
    ['ops that do not fit', { type: 'fleet.delta', host: 'a', epoch: 'E', seq: 6, ops: [{ op: 'remove', path: '/no/such' }] } as ServerFrame]])(
    '%s: one resync, and nothing of that host is taken until its snapshot', (_name, bad) => {
      const run = feed(live(), bad, delta('a', 'E', 6), delta('a', 'E', 8), delta('b', 'F', 2));
      expect(run.send).toEqual([{ type: 'resync', host: 'a' }]);
      expect(place(run.client)).toEqual(['E', 5, 'E5']);
      expect(place(run.client, 'b')).toEqual(['F', 2, 'F2']);
      const after = feed(run.client, snapshot('a', 'G', 3), delta('a', 'G', 4));
      expect(place(after.client)).toEqual(['G', 4, 'G4']);
      expect(after.send).toEqual([]);
    });

  test('of an unknown host: one resync; host.removed ends the wait', () => {
    const run = feed(live(), delta('c', 'H', 2), delta('c', 'H', 3));
    expect(run.send).toEqual([{ type: 'resync', host: 'c' }]);
    const gone = feed(run.client, { type: 'host.removed', host: 'c' }, delta('c', 'H', 4));
    expect(gone.send).toEqual([{ type: 'resync', host: 'c' }]);
  });

  test('a snapshot that is older within its epoch changes nothing; one of another epoch replaces', () => {
    expect(place(feed(live(), snapshot('a', 'E', 4)).client)).toEqual(['E', 5, 'E5']);
    expect(place(feed(live(), snapshot('a', 'X', 1)).client)).toEqual(['X', 1, 'X1']);
  });

  test('what comes before the snapshot waits for it', () => {
    const run = feed(opened(createClient(['fleet'])), hello(), delta('a', 'E', 6), delta('a', 'E', 7), delta('a', 'E', 5), subscribed({ fleet: false }), whole(['a', 'E', 5]));
    expect(place(run.client)).toEqual(['E', 7, 'E7']);
    expect(run.send.filter(({ type }) => type === 'resync')).toEqual([]);
  });

  test('fleet.snapshot replaces all', () => {
    const { client } = feed(live(), delta('a', 'E', 9), whole(['z', 'Z', 1]));
    expect([...client.fleet.hosts.keys()]).toEqual(['z']);
    expect(client.fleet.awaiting.size).toBe(0);
  });

  test('comes back with its positions, without hosts that had a hole', () => {
    const before = feed(live(), delta('b', 'F', 3)).client;
    const again = feed(opened(closed(before, 20_000, half).client), hello('T'));
    expect(again.send).toEqual([{ type: 'subscribe', topics: ['fleet', 'actors', 'activity'], since: { serverEpoch: 'T', fleet: { a: ['E', 5] } } }]);
    const on = feed(again.client, subscribed({ fleet: true }), delta('a', 'E', 6), snapshot('b', 'F', 3));
    expect([place(on.client), place(on.client, 'b')]).toEqual([['E', 6, 'E6'], ['F', 3, 'F3']]);
    // One that was not named and is gone is not said to be.
    expect(place(feed(again.client, subscribed({ fleet: true }), delta('a', 'E', 6)).client, 'b')).toBe(null);
    // Cut before `subscribed`: what was held still is a position.
    expect(feed(opened(closed(again.client, 0, half).client), hello('T')).send[0]).toMatchObject({ since: { fleet: { a: ['E', 5] } } });
  });

  test('lagged: holds no position, shows what it had, takes nothing until the snapshot', () => {
    const run = feed(live(), { type: 'lagged', topics: ['fleet', 'activity', 'actors'] }, delta('a', 'E', 6));
    expect(place(run.client)).toEqual(['E', 5, 'E5']);
    expect(run.steps[0]?.refill).toEqual(['activity']);
    const [again] = feed(opened(closed(run.client, 0, half).client), hello()).send;
    expect(again).toEqual({ type: 'subscribe', topics: ['fleet', 'actors', 'activity'], since: { serverEpoch: 'S' } });
    expect(place(feed(run.client, whole(['a', 'E', 6])).client)).toEqual(['E', 6, 'E6']);
  });

  test('hostile keys stay keys', () => {
    const state = JSON.stringify(at('x')).replace('"models":{', '"models":{"__proto__":{"name":"p"},');
    const { client } = feed(live(), `{"type":"host.snapshot","host":"a","epoch":"P","seq":1,"state":${state}}`,
      '{"type":"fleet.delta","host":"a","epoch":"P","seq":2,"ops":[{"op":"replace","path":"/models/__proto__/name","value":"q"}]}');
    const models = client.fleet.hosts.get('a')?.state.models ?? {};
    expect(Object.getOwnPropertyDescriptor(models, '__proto__')?.value).toEqual({ name: 'q' });
    expect(Object.getPrototypeOf(models)).toBe(Object.prototype);
  });
});

describe('streams', () => {
  const activity = (n: number): ServerFrame => ({ type: 'activity', n, host: 'a', rows: [row({ upstreamId: n })] });

  test('each frame is delivered once, a hole is said, positions go into since', () => {
    const run = feed(live(), activity(4), activity(5), activity(5), activity(4), activity(7), { type: 'gap', n: 1, host: 'a', gap: gap() });
    expect(run.steps.map(({ deliver }) => deliver.length)).toEqual([1, 1, 0, 0, 1, 1]);
    expect(run.steps.map(({ refill }) => refill)).toEqual([[], [], [], [], ['activity'], []]);
    expect(feed(opened(closed(run.client, 0, half).client), hello()).send[0]).toMatchObject({ since: { serverEpoch: 'S', activity: 7, gaps: 1 } });
  });

  test('not recovered: read again; another broadcaster: no position', () => {
    const held = feed(live(), activity(4)).client;
    const again = feed(opened(closed(held, 0, half).client), hello('T'), subscribed({ activity: false }), activity(1));
    expect(again.send[0]).not.toHaveProperty('since.activity');
    expect(again.steps[1]?.refill).toEqual(['activity']);
    expect(again.steps[2]?.deliver).toHaveLength(1);
  });
});

describe('actors', () => {
  const status = { path: 'drover', state: 'up' } as ActorStatus;
  const tree = (seq: number): ServerFrame => ({ type: 'actors.snapshot', epoch: 'A', seq, actors: { drover: status } });
  const change = (seq: number): ServerFrame => ({ type: 'actors.delta', epoch: 'A', seq, ops: [{ op: 'replace', path: '/drover/state', value: `at ${seq}` }] });

  test('deltas in order; after a hole it subscribes again, once, and keeps showing the old tree', () => {
    const run = feed(live(), tree(3), change(4), change(4), change(6), change(7));
    expect(run.client.actors).toMatchObject({ seq: 4, actors: { drover: { state: 'at 4' } } });
    expect(run.send).toEqual([{ type: 'subscribe', topics: ['actors'] }]);
    expect(feed(run.client, subscribed({ actors: false }), tree(7), change(8)).client.actors).toMatchObject({ seq: 8 });
  });
});

describe('everything else', () => {
  test('unknown types and fields are ignored, malformed frames are said, the state stays', () => {
    const before = live();
    const run = feed(before, '{"type":"weather","sun":true}', '{', '[]', '{"type":"fleet.delta","host":"a","epoch":"E","seq":"6","ops":[]}', '{"type":"host.snapshot","host":"a"}',
      '{"type":"fleet.delta","host":"a","epoch":"E","seq":6,"ops":[{"op":"move","path":"/a","from":"/b"}]}', '{"type":"toString"}', '{"type":"error","code":"bad_frame","message":"m"}');
    expect(run.client).toEqual(before);
    expect(run.steps.map(({ faults }) => faults.length)).toEqual([0, 1, 1, 1, 1, 1, 0, 1]);
  });

  test('a topic that is refused is held with the reason until it is left, given, or asked for on another connection', () => {
    const refusal: ServerFrame = { type: 'error', code: 'too_many_log_streams', message: 'leave one', topic: 'logs:a/m' };
    const run = feed(retopic(live(), ['fleet', 'logs:a/m']).client, refusal);
    expect(run.steps[0]!.faults).toEqual([]);
    expect([...run.client.refused]).toEqual([['logs:a/m', 'leave one']]);
    expect(retopic(run.client, ['fleet', 'logs:a']).client.refused.size).toBe(0);
    expect(feed(run.client, subscribed({ fleet: true })).client.refused.size).toBe(1);
    expect(feed(run.client, subscribed({ 'logs:a/m': false })).client.refused.size).toBe(0);
    expect(opened(run.client).refused.size).toBe(0);
    expect(feed(live(), refusal).steps[0]!.faults).toEqual(['too_many_log_streams: leave one']);
  });

  test('retopic sends the difference and forgets what it leaves', () => {
    const { client, send } = retopic(live(), ['activity', 'gaps']);
    expect(send).toEqual([{ type: 'unsubscribe', topics: ['fleet', 'actors'] }, { type: 'subscribe', topics: ['gaps'] }]);
    expect(place(feed(client, delta('a', 'E', 6)).client)).toBe(null);
    expect(retopic(createClient(['fleet']), ['actors']).send).toEqual([]);
  });

  test('reconnects after 1 to 30 s, later each time, soon again after a connection that lasted', () => {
    const delays = (chance: number): number[] => {
      let client = createClient(['fleet']);
      return Array.from({ length: 8 }, () => {
        const next = closed(client, 0, { next: () => chance, id: () => '' });
        client = next.client;
        return next.reconnectMs;
      });
    };
    expect(delays(0)).toEqual(Array.from({ length: 8 }, () => 1_000));
    expect(delays(1)).toEqual([2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000, 30_000]);
    let client = createClient([]);
    for (let i = 0; i < 5; i++) ({ client } = closed(client, 0, half));
    expect(closed(client, 60_000, { next: () => 1, id: () => '' }).reconnectMs).toBe(2_000);
  });
});

const half = { next: () => 0.5, id: () => '' };
