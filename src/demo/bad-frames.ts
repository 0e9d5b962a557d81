/** Bytes that no good host sends: for `SimHost.inject`. Each is whole frames, so that what follows on the stream is good again. */

export interface BadFrame {
  name: string;
  /** What it is, for the reader of a failing test. */
  what: string;
  bytes: Uint8Array;
}

const frame = (data: string): string => `event:message\ndata:${data}\n\n`;
const envelope = (type: unknown, data: unknown): string => frame(JSON.stringify({ type, data }));
const row = (over: Record<string, unknown>): string => envelope('metrics', JSON.stringify([{ id: 900_000, timestamp: '2026-01-01T00:00:00Z', model: 'bad', req_path: '/v1/chat/completions', resp_content_type: '', resp_status_code: 200, tokens: { cache_tokens: 0, draft_tokens: 0, draft_acc_tokens: 0, input_tokens: 1, output_tokens: 1, prompt_per_second: 1, tokens_per_second: 1 }, duration_ms: 1, has_capture: false, ...over }]));

const LIST: [name: string, what: string, text: string][] = [
  ['envelope-not-json', 'data that is no JSON', frame('{"type":"metrics","data"')],
  ['envelope-array', 'an array in place of the envelope', frame('[1,2,3]')],
  ['envelope-null', 'null in place of the envelope', frame('null')],
  ['envelope-no-type', 'no type', frame('{"data":"[]"}')],
  ['envelope-type-number', 'a type that is a number', envelope(7, '[]')],
  ['envelope-data-object', 'data that is not a string', envelope('modelStatus', [{ id: 'x' }])],
  ['envelope-data-missing', 'no data', frame('{"type":"modelStatus"}')],
  ['inner-not-json', 'an inner document that is no JSON', envelope('modelStatus', '[{"id":')],
  ['inner-empty', 'an empty inner document', envelope('inflight', '')],
  ['unknown-kind', 'a kind that will come some day', envelope('tokenWeather', '{"sunny":true}')],
  ['kind-proto', 'a kind named as an object has members', envelope('__proto__', '{}')],
  ['models-object', 'an object in place of the list of models', envelope('modelStatus', '{"id":"x"}')],
  ['models-wrong-types', 'models whose fields have wrong types', envelope('modelStatus', '[{"id":5,"state":null},"x",null]')],
  ['models-hostile-keys', 'models with ids that are hostile as keys', envelope('modelStatus', '[{"id":"__proto__","name":"","description":"","state":"ready","unlisted":false,"peerID":""},{"id":"a/b~c","name":"","description":"","state":"ready","unlisted":false,"peerID":""}]')],
  ['activity-string-id', 'an activity whose id is a string', envelope('activity', '{"id":"7"}')],
  ['activity-negative-id', 'an activity with a negative id', envelope('activity', '{"id":-1}')],
  ['activity-huge-id', 'an activity with an id beyond exact numbers', envelope('activity', '{"id":1e300}')],
  ['metrics-null', 'null for a list of rows', envelope('metrics', 'null')],
  ['metrics-not-rows', 'rows that are no objects', envelope('metrics', '[1,"x",null,[]]')],
  ['row-wrong-types', 'a row with wrong types', row({ id: 'seven', duration_ms: 'long', tokens: [] })],
  ['row-bad-timestamp', 'a row whose timestamp is no time', row({ timestamp: 'yesterday' })],
  ['row-year-zero', 'a row from the year 1', row({ timestamp: '0001-01-01T00:00:00Z' })],
  ['row-far-future', 'a row from the year 9999', row({ timestamp: '9999-12-31T23:59:59Z' })],
  ['inflight-number', 'a number for what is in flight', envelope('inflight', '3')],
  ['inflight-bad-operation', 'an operation that nobody knows', envelope('inflight', '{"operation":"explode"}')],
  ['inflight-upsert-without-request', 'an upsert without its request', envelope('inflight', '{"operation":"upsert"}')],
  ['log-number', 'a log text that is a number', envelope('logData', '{"data":5,"source":"proxy"}')],
  ['log-nul', 'NUL in a text', envelope('logData', JSON.stringify({ data: 'a\u0000b\n', source: 'proxy' }))],
  ['log-lone-surrogate', 'lone surrogates, escaped', frame('{"type":"logData","data":"{\\"data\\":\\"\\\\ud800 and \\\\udfff\\\\n\\",\\"source\\":\\"proxy\\"}"}')],
  ['carriage-returns', 'lines that end in CR alone', frame('{"type":"logData","data":"{\\"data\\":\\"cr\\\\n\\",\\"source\\":\\"proxy\\"}"}').replaceAll('\n', '\r')],
  ['crlf', 'lines that end in CRLF', frame('{"type":"logData","data":"{\\"data\\":\\"crlf\\\\n\\",\\"source\\":\\"proxy\\"}"}').replaceAll('\n', '\r\n')],
  ['byte-order-mark', 'a byte order mark in mid-stream', `\ufeff${frame('{"type":"logData","data":"{\\"data\\":\\"bom\\\\n\\",\\"source\\":\\"proxy\\"}"}')}\n`],
  ['comment', 'a comment, as a proxy may send to keep alive', ': keep-alive\n\n'],
  ['two-data-lines', 'an envelope over two data lines', 'event:message\ndata:{"type":"logData",\ndata:"data":"{\\"data\\":\\"two\\\\n\\",\\"source\\":\\"proxy\\"}"}\n\n'],
  ['id-and-retry', 'fields of SSE that llama-swap never sends', 'id: 7\nretry: 1\n\n'],
  ['deep', 'JSON nested 5,000 deep', envelope('modelStatus', '['.repeat(5_000) + ']'.repeat(5_000))],
];

export const BAD_FRAMES: readonly BadFrame[] = [
  ...LIST.map(([name, what, text]) => ({ name, what, bytes: Buffer.from(text) })),
  { name: 'invalid-utf8', what: 'bytes that are no UTF-8', bytes: Buffer.concat([Buffer.from('event:message\ndata:{"type":"logData","data":"{\\"data\\":\\"'), Buffer.from([0xff, 0xfe, 0xc3, 0x28]), Buffer.from('\\\\n\\",\\"source\\":\\"proxy\\"}"}\n\n')]) },
];

/** One good log frame whose line has so many bytes (20 MB and more). */
export function hugeLine(bytes: number): Uint8Array {
  return Buffer.from(envelope('logData', JSON.stringify({ data: `${'x'.repeat(bytes)}\n`, source: 'upstream' })));
}
