/** The pure parts of the activity view: order and merging, the tail's bounds, its filters, and what a stream says. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActivityRow } from '../../src/model/records/activity.ts';
import { addressOf, hostOf, isAt, linkTo } from '../../web/views/activity/address.ts';
import { prettyJson, readStream } from '../../web/views/activity/answer-text.ts';
import { activityQuery, gapQuery, readCriteria, sieveOf, upTo } from '../../web/views/activity/criteria.ts';
import { compareRows, mergeRows, rowKey } from '../../web/state/rows.ts';
import { interleave, isGap, mergeGaps } from '../../web/views/activity/entries.ts';
import { markdownOf } from '../../web/views/activity/markdown.ts';
import { knownOf, suggest } from '../../web/views/activity/suggestions.ts';
import { idsWords, lostWords, whyWords } from '../../web/format/gaps.ts';
import { outputRate, promptRate } from '../../web/format/rates.ts';
import { arrived, EMPTY_TAIL, gapsArrived, newestRead, olderRead, paused, resumed, type TailLimits } from '../../web/views/activity/tail.ts';
import { gap, row as storedRow } from '../support/rows.ts';

const at = (s: number): string => `2026-01-01T00:00:${String(s).padStart(2, '0')}.000000Z`;
const row = (s: number, more: Partial<ActivityRow> = {}): ActivityRow => ({ ...storedRow({ upstreamId: s, ts: at(s) }), ...more });
const ids = (rows: readonly ActivityRow[]): number[] => rows.map(({ upstreamId }) => upstreamId);

describe('merging', () => {
  test('any two lists, in any order, give each key once and the newest first', () => {
    const some = fc.array(fc.record({ s: fc.nat(5), host: fc.constantFrom('a', 'b'), boot: fc.integer({ min: 1, max: 2 }), id: fc.nat(3) }), { maxLength: 20 })
      .map((list) => list.map(({ s, host, boot, id }) => row(s, { hostId: host, bootEpoch: boot, upstreamId: id })));
    fc.assert(fc.property(some, some, (a, b) => {
      const merged = mergeRows(mergeRows([], a), b);
      expect(new Set(merged.map(rowKey))).toEqual(new Set([...a, ...b].map(rowKey)));
      expect(merged).toHaveLength(new Set(merged.map(rowKey)).size);
      expect(merged).toEqual([...merged].sort(compareRows));
    }));
  });

  test('a row without its boot is shown until the same row comes with it, and not again after it', () => {
    const undecided = row(3, { bootEpoch: null });
    const shown = mergeRows([row(2)], [undecided, row(3, { upstreamId: 9 })]);
    expect(shown).toContain(undecided);
    const decided = mergeRows(shown, [row(3)]);
    expect(decided.map(rowKey)).toEqual([row(3, { upstreamId: 9 }), row(3), row(2)].map(rowKey));
    expect(mergeRows(decided, [undecided])).toEqual(decided);
  });

  test('a row that is held stays the same object', () => {
    const held = row(1);
    expect(mergeRows([held], [row(1), row(2)])[1]).toBe(held);
  });

  test('a gap stands below the first row after what is lost; older ones wait until the rows around them are read', () => {
    const gaps = mergeGaps([], [gap({ id: 'late', toTs: null, detectedAt: at(9) }), gap({ id: 'mid', toTs: at(4) }), gap({ id: 'old', toTs: at(1) })], 10);
    const names = (whole: boolean): (string | number)[] => interleave([row(6), row(4), row(2)], gaps, whole).map((entry) => (isGap(entry) ? entry.id : entry.upstreamId));
    expect(names(false)).toEqual(['late', 6, 4, 'mid', 2]);
    expect(names(true)).toEqual(['late', 6, 4, 'mid', 2, 'old']);
    expect(mergeGaps(gaps, [gap({ id: 'mid', toTs: at(4), lostMax: 7 })], 2).map(({ id, lostMax }) => [id, lostMax])).toEqual([['late', 5], ['mid', 7]]);
  });
});

describe('the tail', () => {
  const LIMITS: TailLimits = { live: 4, waiting: 3, rows: 100, gaps: 2 };

  test('follows, and keeps the newest of what came live', () => {
    let tail = olderRead(EMPTY_TAIL, [row(0)]);
    for (let s = 1; s <= 6; s += 1) tail = arrived(tail, [row(s)], LIMITS);
    expect(ids(tail.rows)).toEqual([6, 5, 4, 3]);
    expect(tail).toMatchObject({ live: 4, cut: true, waiting: [], skipped: 0 });
    expect(ids(olderRead(tail, [row(3), row(2), row(1)]).rows)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('paused, nothing moves: new rows wait, and what is more than may wait is counted', () => {
    let tail = paused(arrived(EMPTY_TAIL, [row(1)], LIMITS));
    for (let s = 2; s <= 6; s += 1) tail = arrived(tail, [row(s)], LIMITS);
    expect(ids(tail.rows)).toEqual([1]);
    expect(ids(tail.waiting)).toEqual([4, 5, 6]);
    expect(tail.skipped).toBe(2);
    const after = resumed(tail, LIMITS);
    expect(ids(after.rows)).toEqual([6, 5, 4, 1]);
    expect(after).toMatchObject({ paused: false, waiting: [], skipped: 2 });
    expect(newestRead(after, [row(6), row(5), row(4), row(3), row(2), row(1)], true)).toMatchObject({ skipped: 0, live: 0, rows: [6, 5, 4, 3, 2, 1].map((s) => row(s)) });
  });

  test('after a hole, nothing stays that lies beyond the page that was read', () => {
    const tail = arrived(olderRead(EMPTY_TAIL, [row(2), row(1)]), [row(9)]);
    expect(ids(newestRead(tail, [row(8), row(7), row(6)], false).rows)).toEqual([9, 8, 7, 6]);
    expect(ids(newestRead(tail, [row(8), row(7)], true).rows)).toEqual([9, 8, 7, 2, 1]);
  });

  test('gaps are bounded', () => {
    const tail = gapsArrived(EMPTY_TAIL, [1, 2, 3].map((s) => gap({ id: `g${s}`, toTs: at(s) })), LIMITS);
    expect(tail.gaps.map(({ id }) => id)).toEqual(['g3', 'g2']);
  });
});

describe('filters', () => {
  const NOW = Date.parse('2026-01-01T01:00:00Z');
  const passes = (query: string, more: Partial<ActivityRow> = {}): boolean => sieveOf(readCriteria(new URLSearchParams(query)), NOW).row(row(30, more));

  test.each<[string, boolean]>([
    ['', true], ['host=gpu1&host=x', true], ['host=x', false], ['model=qwen', true], ['model=Qwen', false], ['status=200', true], ['status=2xx', true], ['status=4xx&status=404', false],
    ['path=/v1/chat/completions', true], ['path=/v1', false], [`from=${at(30)}`, true], [`from=${at(31)}`, false], [`to=${at(30)}`, false], [`to=${at(31)}`, true],
    ['from=2026-01-01T01:00:30%2B01:00', true], ['last=1h', true], ['last=15m', false], ['last=constructor', true],
  ])('%s', (query, expected) => expect(passes(query)).toBe(expected));

  test('an unknown status or path passes no filter that asks for one', () => {
    expect(passes('status=2xx', { status: null })).toBe(false);
    expect(passes('path=/v1/chat/completions', { reqPath: null })).toBe(false);
  });

  test('the API is asked the same; gaps by host and time alone', () => {
    const criteria = readCriteria(new URLSearchParams('host=a&host=b&model=m&status=4xx&path=/p&last=1h&from=ignored'));
    expect(activityQuery(criteria, NOW)).toEqual({ host: ['a', 'b'], model: ['m'], status: ['4xx'], path: '/p', from: '2026-01-01T00:00:00.000000Z', to: null });
    expect(gapQuery(criteria, NOW)).toEqual({ host: ['a', 'b'], from: '2026-01-01T00:00:00.000000Z', to: null });
    const none = gap({ lostMin: 0, lostMax: 0 });
    expect(['', 'host=gpu1', 'model=m', 'status=4xx', 'path=/p'].map((query) => sieveOf(readCriteria(new URLSearchParams(query)), NOW).gap(none))).toEqual([true, true, false, false, false]);
    const { gap: sieve } = sieveOf(readCriteria(new URLSearchParams(`model=x&from=${at(10)}&to=${at(20)}`)), NOW);
    expect([gap({ fromTs: at(1), toTs: at(9) }), gap({ fromTs: at(1), toTs: at(10) }), gap({ fromTs: null, toTs: at(19) }), gap({ fromTs: at(20), toTs: at(21) })].map(sieve)).toEqual([false, true, true, false]);
  });

  test('a list begins at a row where the range of time holds it: just after its millisecond', () => {
    const end = (query: string, time: string): string | undefined => upTo(readCriteria(new URLSearchParams(query)), time, NOW)?.to;
    expect([end('', '2026-01-01T00:00:30.123456Z'), end('', '2026-01-01T01:00:30.123456+01:00'), end(`from=${at(30)}`, at(30)), end('to=2026-01-01T00:00:30.0005Z', at(30))])
      .toEqual(['2026-01-01T00:00:30.124000Z', '2026-01-01T00:00:30.124000Z', '2026-01-01T00:00:30.001000Z', '2026-01-01T00:00:30.000500Z']);
    expect([end('', 'yesterday'), end(`from=${at(31)}`, at(30)), end(`to=${at(30)}`, at(30)), end('last=15m', at(30))]).toEqual([undefined, undefined, undefined, undefined]);
    expect(upTo(readCriteria(new URLSearchParams('last=1h&status=4xx')), at(30), NOW)).toMatchObject({ last: '1h', statuses: ['4xx'] });
  });

  test('a link holds the filters; of a preset the time at which it begins now, or its row if that is older', () => {
    const link = (query: string, now = NOW): string[][] => [...new URLSearchParams(linkTo(row(30), readCriteria(new URLSearchParams(query)), now))];
    const own = [['row', 'gpu1.1.30'], ['at', at(30)]];
    expect(link('')).toEqual(own);
    expect(link('status=4xx&host=a&host=b&path=/p?%26')).toEqual([['host', 'a'], ['host', 'b'], ['status', '4xx'], ['path', '/p?&'], ...own]);
    expect(link('last=1h')).toEqual([['from', at(0)], ...own]);
    expect(link('last=15m')).toEqual([['from', at(30)], ...own]);
    expect(link(`from=${at(40)}`)).toEqual([['from', at(40)], ...own]);
  });

  test('what is typed is looked for in names and ids, and a path or a status needs nobody to know it', () => {
    const known = knownOf([{ id: 'gpu1', name: 'Atlas' }], [{ id: 'qwen3-8b-q4', name: 'Qwen3 8B' }, { id: 'tiny', name: 'tiny' }], [row(1, { hostId: 'gone', model: 'old', reqPath: '/v1/odd', status: 418 })]);
    const found = (text: string): string[] => suggest(text, known).map(({ name, value, known: is }) => `${name}=${value}${is ? '' : '?'}`);
    expect(found('atl')).toEqual(['host=gpu1']);
    expect(found('GPU1')).toEqual(['host=gpu1']);
    expect(found('8b q4')).toEqual(['model=qwen3-8b-q4']);
    expect(found('gone')).toEqual(['host=gone']);
    expect(found('418')).toEqual(['status=418']);
    expect(found('error')).toEqual(['status=4xx', 'status=5xx']);
    expect(found('404')).toEqual(['status=404?']);
    expect(found('/v1/od')).toEqual(['path=/v1/odd', 'path=/v1/od?']);
    expect(found('/v1/odd')).toEqual(['path=/v1/odd']);
    expect(found('nothing of that name')).toEqual([]);
    expect(found(' ')).toEqual([]);
  });

  test('what is called so exactly comes first, then what begins so', () => {
    const models = ['a-tiny', 'tiny-2', 'tiny'].map((id) => ({ id, name: id }));
    expect(suggest('tiny', knownOf([], models, [])).map(({ value }) => value)).toEqual(['tiny', 'tiny-2', 'a-tiny']);
  });

  test('a request that made nothing has no rate', () => {
    const failed = row(1, { status: 500, outputTokens: 0, tokensPerSecond: 0, promptPerSecond: 0 });
    expect([outputRate(failed), promptRate(failed), outputRate(row(1, { outputTokens: 0, tokensPerSecond: 40 })), outputRate(row(1, { outputTokens: null, tokensPerSecond: 40 })), outputRate(row(1, { tokensPerSecond: null }))]).toEqual([null, null, null, 40, null]);
  });

  test('a row is found again by its address', () => {
    const one = row(5);
    expect(isAt(one, addressOf(one))).toBe(true);
    expect(isAt(row(6, { upstreamId: 5 }), addressOf(one))).toBe(false);
    expect(isAt(gap({ toTs: at(9) }), addressOf(gap({ toTs: at(5) })))).toBe(true);
    expect(isAt(row(6, { upstreamId: 5 }), { ...addressOf(one), at: null })).toBe(true);
    expect([hostOf(addressOf(one)), hostOf(addressOf(row(5, { bootEpoch: null }))), hostOf(addressOf(gap())), hostOf({ row: '../x.1.2', at: null })]).toEqual(['gpu1', 'gpu1', null, null]);
  });
});

describe('what a stream says', () => {
  const sse = (...events: unknown[]): string => events.map((event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`).join('');
  const delta = (change: object, more: object = {}): object => ({ id: 'c', model: 'm', choices: [{ index: 0, delta: change, finish_reason: null, ...more }] });

  test('chat completions: message, reasoning, tool calls in pieces, more than one choice, and what llama-swap says while it loads', () => {
    const read = readStream(sse(
      { choices: [{ delta: { reasoning_content: 'llama-swap loading …' } }] },
      delta({ role: 'assistant', content: null }), delta({ reasoning_content: 'Hm' }), delta({ reasoning: 'm.' }), delta({ content: 'Hel' }), delta({ content: 'lo' }),
      delta({ content: 'other' }, { index: 1 }),
      delta({ tool_calls: [{ index: 0, id: 'call_1', function: { name: 'find', arguments: '{"q":' } }] }), delta({ tool_calls: [{ index: 0, function: { arguments: '"fox"}' } }, { index: 1, function: { name: 'stop' } }] }),
      delta({}, { finish_reason: 'tool_calls' }), { id: 'c', choices: [], usage: {} }, '[DONE]',
    ));
    expect(read).toEqual({
      loading: 'llama-swap loading …', complete: true, chunks: 11, strange: 0,
      answers: [
        { index: 0, reasoning: 'Hmm.', text: 'Hello', finish: 'tool_calls', toolCalls: [{ id: 'call_1', name: 'find', arguments: '{"q":"fox"}' }, { id: null, name: 'stop', arguments: '' }] },
        { index: 1, reasoning: '', text: 'other', finish: null, toolCalls: [] },
      ],
    });
  });

  test('messages, responses and plain completions', () => {
    const messages = readStream(sse(
      { type: 'message_start', message: {} }, { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'why' } }, { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'so' } },
      { type: 'content_block_start', index: 2, content_block: { type: 'tool_use', id: 't', name: 'run' } }, { type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' } }, { type: 'message_stop' },
    ));
    expect(messages).toMatchObject({ complete: true, strange: 0, answers: [{ reasoning: 'why', text: 'so', finish: 'end_turn', toolCalls: [{ id: 't', name: 'run', arguments: '{}' }] }] });
    const responses = readStream(sse(
      { type: 'response.created' }, { type: 'response.output_text.delta', delta: 'A' }, { type: 'response.output_text.delta', delta: 'B' }, { type: 'response.output_item.added', item: { type: 'function_call', id: 'i', call_id: 'k', name: 'f' } },
      { type: 'response.function_call_arguments.delta', item_id: 'i', delta: '{}' }, { type: 'response.completed' },
    ));
    expect(responses).toMatchObject({ complete: true, answers: [{ text: 'AB', toolCalls: [{ id: 'k', name: 'f', arguments: '{}' }] }] });
    expect(readStream(sse({ id: 'c', choices: [{ index: 0, text: 'a' }] }, { id: 'c', choices: [{ index: 0, text: 'b', finish_reason: 'length' }] }, '[DONE]'))).toMatchObject({ answers: [{ text: 'ab', finish: 'length' }] });
  });

  test('a stream that was cut says so, and keeps what came', () => {
    expect(readStream(`${sse(delta({ content: 'half' }))}data: {"id":"c","choi`)).toMatchObject({ complete: false, strange: 1, chunks: 1, answers: [{ text: 'half' }] });
    expect(readStream(`data:${JSON.stringify(delta({ content: 'crlf' }))}\r\n\r\n: comment\r\n\r\n`)).toMatchObject({ answers: [{ text: 'crlf' }] });
  });

  test('what is no stream is left alone, and nothing is thrown at', () => {
    expect(['', 'data', '{"data": 1}', 'data: hello\n\n', 'event: x\n\n'].map(readStream)).toEqual([null, null, null, null, null]);
    fc.assert(fc.property(fc.array(fc.json()), (events) => { readStream(sse(...events)); }));
    fc.assert(fc.property(fc.array(fc.jsonValue()), (choices) => { readStream(sse({ id: 'c', choices })); }));
    expect([prettyJson('{"a":1}'), prettyJson('[]'), prettyJson('"a"'), prettyJson('{cut'), prettyJson('plain')]).toEqual(['{\n  "a": 1\n}', '[]', null, null, null]);
  });
});

test('a gap in words', () => {
  expect([[3, 3], [1, 1], [2, 9], [0, 4], [0, 1], [7, null], [0, null], [0, 0]].map(([lostMin, lostMax]) => lostWords({ lostMin: lostMin as number, lostMax: lostMax as number | null }))).toEqual([
    '3 requests lost', '1 request lost', 'between 2 and 9 requests lost', 'maybe up to 4 requests lost', 'maybe 1 request lost', 'at least 7 requests lost', 'maybe some requests lost', 'no request lost',
  ]);
  const ids = (fromId: number | null, toId: number | null, lostMax: number | null = null): string | null => idsWords({ fromId, toId, lostMax });
  expect([ids(5, 9), ids(5, 5), ids(5, null), ids(null, 9), ids(null, null), ids(5, null, 0)]).toEqual(['ids 5 to 9', 'id 5', 'ids from 5', 'ids up to 9', null, null]);
  const why = (cause: 'wrap' | 'missing', lostMin: number, lostMax: number | null): string => whyWords({ cause, lostMin, lostMax });
  expect([why('wrap', 1, 1), why('missing', 0, 1), why('wrap', 1, null), why('wrap', 1, 2)]).toEqual([
    'the host forgot it before Drover could read it', 'the host never told of it', 'the host forgot it before Drover could read it', 'the host forgot them before Drover could read them',
  ]);
  // Where nothing is lost, nothing says that something is.
  expect([0, 3, null].map((lostMax) => whyWords({ cause: 'restart', lostMin: 0, lostMax }))).toEqual(['nothing was in flight when the host restarted', 'the host restarted before Drover could read them', 'the host restarted before Drover could read them, nobody can know how many']);
});

test('Markdown: a cell keeps what callers of a host sent inside it', () => {
  const text = markdownOf([row(2, { model: 'a|b\n<img src=x>', error: '[x](javascript:y)', status: null }), gap({ id: 'g', toTs: at(1), lostMax: 9 })]);
  const lines = text.trimEnd().split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[2]).toBe(String.raw`| ${at(2)} | gpu1 | a\|b \<img src=x\> | /v1/chat/completions | – | 10 | 3 | 20 | 313 | 41.8 | 480 | \[x\](javascript:y) |`);
  expect(lines[3]).toContain('*gap (wrap): between 5 and 9 requests lost*');
  expect(new Set(lines.map((line) => line.replaceAll('\\|', '').split('|').length)).size).toBe(1);
});
