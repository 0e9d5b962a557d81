import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventDecoder } from '../src/io/llama-swap/event-stream.ts';
import type { HostEvent } from '../src/model/host/host-event.ts';
import { recordedStreams } from './support/recorded-streams.ts';

const utf8 = new TextEncoder();
const streams = recordedStreams();

function frame(kind: string, inner: unknown, end = '\n'): string {
  return `event:message${end}data:${JSON.stringify({ type: kind, data: typeof inner === 'string' ? inner : JSON.stringify(inner) })}${end}${end}`;
}

function decode(...pieces: (Uint8Array | string)[]): HostEvent[] {
  const decoder = createEventDecoder();
  return pieces.flatMap((piece) => decoder.push(typeof piece === 'string' ? utf8.encode(piece) : piece));
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [...new Set([...at.map((n) => n % bytes.length), bytes.length])].sort((a, b) => a - b);
  let from = 0;
  return ends.map((to) => bytes.subarray(from, (from = to)));
}

/** Every kind, characters of two to four bytes among them. */
const EVERY_KIND = [
  frame('logData', { data: '[INFO] żółw 模型 🦙\n', source: 'proxy' }),
  frame('modelStatus', [{ id: 'a', name: 'Å', description: '', state: 'ready', unlisted: false, peerID: '', aliases: ['x'] }]),
  frame('metrics', [{ id: 0, timestamp: '2026-11-21T02:14:53.404776584Z', model: 'a', cache_tokens: 0, input_tokens: 7, output_tokens: 6, prompt_per_second: 1.5, tokens_per_second: -1, duration_ms: 9 }]),
  frame('activity', { id: 7 }),
  frame('inflight', { total: 2 }),
  frame('inflight', { operation: 'snapshot' }),
  frame('uiConfig', { activity: { session_id: [] } }),
  frame('profileChanged', { active: 'coding' }),
  frame('moonPhase', {}),
].join('');

describe('recordings', () => {
  it.runIf(streams.length > 0)('decode without a malformed or an unknown event', () => {
    expect(streams.length).toBeGreaterThan(5);
    for (const { name, chunks } of streams) {
      const decoder = createEventDecoder();
      const events = chunks.flatMap((chunk) => decoder.push(chunk));
      expect({ name, bad: events.filter((event) => event.type === 'malformed' || event.type === 'unknown') }).toEqual({ name, bad: [] });
      expect(decoder.counters).toMatchObject({ malformed: 0, unknown: 0, bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0) });
      expect(decoder.counters.frames, name).toBe(events.length);
      expect(events.some((event) => event.type === 'models'), name).toBe(true);
    }
  });

  it.runIf(streams.length > 0)('tell the generations apart by what they send', () => {
    const shapes = new Map<string, Set<string>>();
    for (const { release, name, chunks } of streams) {
      if (name.includes('/upgrade')) continue;
      const seen = shapes.get(release) ?? new Set<string>();
      shapes.set(release, seen);
      for (const event of decode(...chunks)) {
        if (event.type === 'rows' && event.generation !== null) seen.add(`generation ${event.generation}`);
        if (event.type === 'row-ready') seen.add('generation 3');
      }
    }
    for (const [release, seen] of shapes) {
      const number = release.startsWith('after') ? 999 : Number(release.slice(1));
      const expected = number <= 208 ? 'generation 1' : number <= 235 ? 'generation 2' : 'generation 3';
      expect([release, [...seen].filter((shape) => shape !== expected)]).toEqual([release, []]);
    }
  });

  it.runIf(streams.length > 0)('give the same events however they are cut', () => {
    const some = streams.filter(({ chunks }) => chunks.length > 3).slice(0, 4).map(({ chunks }) => Buffer.concat(chunks).subarray(0, 60_000));
    fc.assert(fc.property(fc.constantFrom(...some), fc.array(fc.nat(60_000), { maxLength: 60 }), (bytes, at) => {
      expect(decode(...cut(bytes, at))).toEqual(decode(bytes));
    }), { numRuns: 60 });
  });
});

describe('any cut', () => {
  it('at every byte, and byte by byte, gives the same events', () => {
    const bytes = utf8.encode(EVERY_KIND);
    const whole = decode(bytes);
    expect(whole.map((event) => event.type)).toEqual(['log', 'models', 'rows', 'row-ready', 'inflight-total', 'inflight-all', 'ui-config', 'profile', 'unknown']);
    for (let at = 1; at < bytes.length; at += 1) expect(decode(...cut(bytes, [at]))).toEqual(whole);
    expect(decode(...Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
    expect(whole[0]).toEqual({ type: 'log', source: 'proxy', text: '[INFO] żółw 模型 🦙\n' });
  });

  it.each([['CR LF', '\r\n'], ['CR', '\r']])('with %s as line ends, cut anywhere', (_name, end) => {
    const text = frame('activity', { id: 1 }, end) + frame('activity', { id: 2 }, end) + ': a comment' + end + frame('activity', { id: 3 }, end);
    const bytes = utf8.encode(`${text}:${end}`);
    for (let at = 1; at < bytes.length; at += 1) {
      expect(decode(...cut(bytes, [at]))).toEqual([1, 2, 3].map((upstreamId) => ({ type: 'row-ready', upstreamId })));
    }
  });

  it('behind a BOM, with spaces after colons and data on several lines', () => {
    const bytes = utf8.encode(`\ufeffevent: message\ndata: {"type":"activity",\ndata: "data":"{\\"id\\":4}"}\n\n`);
    for (let at = 1; at < bytes.length; at += 1) expect(decode(...cut(bytes, [at]))).toEqual([{ type: 'row-ready', upstreamId: 4 }]);
  });
});

describe('bad input', () => {
  it.each([
    ['an envelope that is no JSON', 'data:{"type":"activity"\n\n'],
    ['an envelope that is no object', 'data:[1]\n\n'],
    ['a number', 'data:5\n\n'],
    ['HTML', 'data:<html>\n\n'],
    ['a type that is no text', 'data:{"type":1,"data":"{}"}\n\n'],
    ['no type', 'data:{"data":"{}"}\n\n'],
    ['an inner document that is no string', 'data:{"type":"activity","data":{"id":1}}\n\n'],
    ['no inner document', 'data:{"type":"activity"}\n\n'],
    ['an inner document that is no JSON', frame('metrics', '[{')],
    ['a log without text', frame('logData', { source: 'proxy' })],
    ['a log of numbers', frame('logData', { data: 1, source: 2 })],
    ['models that are no list', frame('modelStatus', { id: 'a' })],
    ['a ring that is no list', frame('metrics', { id: 1 })],
    ['an id that is a text', frame('activity', { id: '1' })],
    ['a negative id', frame('activity', { id: -1 })],
    ['a fraction for an id', frame('activity', { id: 1.5 })],
    ['an id beyond what a number holds', frame('activity', '{"id":9007199254740993}')],
    ['an in-flight count below zero', frame('inflight', { total: -1 })],
    ['in-flight requests that are no list', frame('inflight', { requests: 3 })],
    ['an unknown in-flight operation', frame('inflight', { operation: 'dance' })],
    ['an upsert of nothing', frame('inflight', { operation: 'upsert' })],
    ['an upsert without a time', frame('inflight', { operation: 'upsert', request: { id: '1' } })],
    ['a remove of nothing', frame('inflight', { operation: 'remove' })],
    ['null as in-flight', frame('inflight', 'null')],
    ['a profile that is a number', frame('profileChanged', { active: 4 })],
  ])('%s is one malformed event, and the stream goes on', (_name, bad) => {
    const decoder = createEventDecoder();
    const events = decoder.push(utf8.encode(`${bad}${frame('activity', { id: 8 })}`));
    expect(events.map((event) => event.type)).toEqual(['malformed', 'row-ready']);
    expect(decoder.counters).toMatchObject({ frames: 2, events: 2, malformed: 1 });
  });

  it('a sample shows no secret', () => {
    const [event] = createEventDecoder().push(utf8.encode(frame('inflight', { requests: 3, authorization: 'Basic dXNlcjpodXNo', note: 'Bearer hush-1234567890' })));
    expect(event).toMatchObject({ type: 'malformed', sample: expect.stringContaining('[masked]') });
    expect(JSON.stringify(event)).not.toMatch(/hush|dXNl/);
  });

  it('never throws, whatever comes', () => {
    const json = fc.json().map((text) => frame('metrics', text));
    const kinds = fc.tuple(fc.constantFrom('logData', 'modelStatus', 'metrics', 'activity', 'inflight', 'uiConfig', 'profileChanged'), fc.jsonValue()).map(([kind, inner]) => frame(kind, JSON.stringify(inner)));
    const listed = fc.tuple(fc.constantFrom('modelStatus', 'metrics'), fc.array(fc.jsonValue())).map(([kind, inner]) => frame(kind, JSON.stringify(inner)));
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(fc.property(fc.array(fc.oneof(json, kinds, listed, bytes), { maxLength: 12 }), (pieces) => {
      const decoder = createEventDecoder();
      for (const piece of pieces) decoder.push(typeof piece === 'string' ? utf8.encode(piece) : piece);
      expect(decoder.push(utf8.encode(`\n\n${frame('activity', { id: 3 })}`)).at(-1)).toEqual({ type: 'row-ready', upstreamId: 3 });
    }), { numRuns: 300 });
  });

  it('a sample is at most 200 characters', () => {
    const [event] = decode(`data:"${'x'.repeat(5000)}"\n\n`);
    expect(event).toMatchObject({ type: 'malformed' });
    expect((event as { sample: string }).sample.length).toBe(200);
  });

  it('a wrong row spoils no other, and a wrong field no row', () => {
    const good = { id: 2, timestamp: '2026-01-02T03:04:05Z', model: 'm', tokens: { input_tokens: 5, output_tokens: 1, cache_tokens: -1 }, duration_ms: 3, resp_status_code: 200 };
    const events = decode(frame('metrics', [null, { id: 1 }, { ...good, id: 'x' }, { ...good, timestamp: 'yesterday' }, { ...good, duration_ms: 'long', error_msg: 4, metadata: [] }, good]));
    expect(events.map((event) => event.type)).toEqual(['rows', 'malformed', 'malformed', 'malformed', 'malformed', 'malformed']);
    const { rows } = events[0] as Extract<HostEvent, { type: 'rows' }>;
    expect(rows.map((row) => [row.upstreamId, row.durationMs, row.error, row.metadata])).toEqual([[2, null, null, null], [2, 3, null, null]]);
  });

  it('NUL and lone surrogates come as they are', () => {
    const data = JSON.stringify({ type: 'logData', data: '{"data":"a\\u0000b\\ud800c","source":"proxy"}' });
    expect(decode(`data:${data}\n\n`)).toEqual([{ type: 'log', source: 'proxy', text: 'a\u0000b\ud800c' }]);
  });
});

describe('size', () => {
  const big = (megabytes: number): Uint8Array => utf8.encode(frame('logData', { data: 'x'.repeat(megabytes * 1024 * 1024), source: 'proxy' }));
  const inReads = (bytes: Uint8Array, size: number): Uint8Array[] => Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

  it('a line of 20 MB passes', () => {
    const events = decode(...inReads(big(20), 65_536), frame('activity', { id: 1 }));
    expect(events.map((event) => event.type)).toEqual(['log', 'row-ready']);
    expect((events[0] as { text: string }).text.length).toBe(20 * 1024 * 1024);
  });

  it.each([['\n'], ['\r\n'], ['\r']])('a frame over the bound is dropped whole, and the stream goes on (%j)', (end) => {
    const decoder = createEventDecoder({ maxFrameBytes: 100_000 });
    const hidden = frame('activity', { id: 666 }).replaceAll('\n', ' ');
    const bytes = utf8.encode([frame('activity', { id: 1 }, end), `data:${`${hidden}${end}data:`.repeat(4000)}${end}${end}`, frame('activity', { id: 2 }, end), frame('activity', { id: 3 }, end), `:${end}`].join(''));
    const events = inReads(bytes, 1000).flatMap((read) => decoder.push(read));
    expect(events.map((event) => (event.type === 'row-ready' ? event.upstreamId : event.type))).toEqual([1, 'malformed', 2, 3]);
    expect(decoder.counters.malformed).toBe(1);
  });

  it('an endless line is not kept', () => {
    const decoder = createEventDecoder({ maxFrameBytes: 1_000_000 });
    const read = utf8.encode('y'.repeat(65_536));
    decoder.push(utf8.encode('data:'));
    const events: HostEvent[] = [];
    for (let i = 0; i < 800; i += 1) events.push(...decoder.push(read));
    expect(events.map((event) => event.type)).toEqual(['malformed']);
    expect(decoder.push(utf8.encode(`\n\n${frame('activity', { id: 1 })}`))).toEqual([{ type: 'row-ready', upstreamId: 1 }]);
  });
});

describe('what the generations say differently', () => {
  it('flat and nested rows are the same rows', () => {
    const flat = { id: 3, timestamp: '2026-11-21T03:11:46.566831029+01:00', model: 'm', cache_tokens: 1, input_tokens: 2, output_tokens: 3, prompt_per_second: 4, tokens_per_second: 5, duration_ms: 6, has_capture: true };
    const { cache_tokens, input_tokens, output_tokens, prompt_per_second, tokens_per_second, ...rest } = flat;
    const [one, two] = decode(frame('metrics', [flat]), frame('metrics', [{ ...rest, tokens: { cache_tokens, input_tokens, output_tokens, prompt_per_second, tokens_per_second, draft_tokens: -1, draft_acc_tokens: -1 }, req_path: '/v1/chat/completions', resp_status_code: 200 }]));
    expect(one).toMatchObject({ type: 'rows', generation: 1, rows: [{ upstreamId: 3, ts: '2026-11-21T02:11:46.566831Z', reqPath: null, status: null, draftTokens: null, hasCapture: true }] });
    expect(two).toMatchObject({ type: 'rows', generation: 2, rows: [{ cachedTokens: 1, inputTokens: 2, outputTokens: 3, promptPerSecond: 4, tokensPerSecond: 5, draftTokens: null, durationMs: 6, status: 200 }] });
  });

  it('unknown is null: -1 alone, or 0 in every field', () => {
    const tokens = { cache_tokens: 0, draft_tokens: 0, draft_acc_tokens: 0, input_tokens: 0, output_tokens: 0, prompt_per_second: 0, tokens_per_second: 0 };
    const row = (id: number, more: object): object => ({ id, timestamp: '2026-01-01T00:00:00Z', model: 'm', duration_ms: 0, tokens: { ...tokens, ...more } });
    const [event] = decode(frame('metrics', [row(0, {}), row(1, { input_tokens: 5, cache_tokens: -1, tokens_per_second: -1, draft_tokens: -1 })]));
    const [none, some] = (event as Extract<HostEvent, { type: 'rows' }>).rows;
    expect(none).toMatchObject({ inputTokens: null, cachedTokens: null, outputTokens: null, draftTokens: null, draftAcceptedTokens: null, promptPerSecond: null, tokensPerSecond: null, durationMs: 0 });
    expect(some).toMatchObject({ inputTokens: 5, cachedTokens: null, outputTokens: 0, draftTokens: null, draftAcceptedTokens: 0, promptPerSecond: 0, tokensPerSecond: null });
  });

  it('an empty ring is null or []', () => {
    expect(decode(frame('metrics', 'null'), frame('metrics', '[]'))).toEqual([{ type: 'rows', generation: null, rows: [] }, { type: 'rows', generation: null, rows: [] }]);
  });

  it('in-flight requests come in four forms', () => {
    const request = { id: '5', timestamp: '2026-11-20T18:13:13.103332844-08:00', model: 'm', req_path: '/v1/x', method: 'POST' };
    const read = { model: 'm', path: '/v1/x', method: 'POST', startedAt: '2026-11-21T02:13:13.103332Z', respBytes: null, remoteIp: null };
    expect(decode(
      frame('inflight', { total: 0 }),
      frame('inflight', { requests: [request] }),
      frame('inflight', { requests: null }),
      frame('inflight', { operation: 'snapshot' }),
      frame('inflight', { operation: 'snapshot', requests: [{ ...request, id: '__proto__' }] }),
      frame('inflight', { operation: 'upsert', request: { ...request, resp_bytes: 0, remote_ip: '10.0.0.1', req_headers: {} } }),
      frame('inflight', { operation: 'remove', id: '5' }),
    )).toEqual([
      { type: 'inflight-total', total: 0 },
      { type: 'inflight-all', requests: new Map([['5', read]]) },
      { type: 'inflight-all', requests: new Map() },
      { type: 'inflight-all', requests: new Map() },
      { type: 'inflight-all', requests: new Map([['__proto__', read]]) },
      { type: 'inflight-upsert', id: '5', request: { ...read, respBytes: 0, remoteIp: '10.0.0.1' } },
      { type: 'inflight-remove', id: '5' },
    ]);
  });

  it("a peer's model is keyed by peer and id, whatever the release calls it", () => {
    const keys = (models: object[]): string[] => (decode(frame('modelStatus', models))[0] as Extract<HostEvent, { type: 'models' }>).models.map((model) => model.key);
    expect(keys([{ id: 'mini', peerID: '' }, { id: 'mini', peerID: 'lab' }])).toEqual(['mini', 'lab/mini']);
    expect(keys([{ id: 'mini' }, { id: 'lab/mini', peerID: 'lab' }])).toEqual(['mini', 'lab/mini']);
    expect(keys([{ id: '__proto__' }, { id: 'a~/b' }])).toEqual(['__proto__', 'a~/b']);
  });
});
