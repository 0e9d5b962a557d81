/** What a busy host of each generation sends, frame by frame: requests that start, move, end and make a row, and their log lines. */

export interface Traffic {
  /** What comes on connect. */
  greeting: Uint8Array;
  frames: Uint8Array[];
  /** The highest id that has been announced with each frame. */
  announced: number[];
  /** Generation 3: the rows, as `/api/metrics/activity` lists them, by id from 1. */
  rows: Map<number, string>;
}

export function traffic(generation: 1 | 2 | 3, requests: number): Traffic {
  const encode = (type: string, inner: unknown): Uint8Array => Buffer.from(`event:message\ndata:${JSON.stringify({ type, data: JSON.stringify(inner) })}\n\n`);
  const frames: Uint8Array[] = [];
  const announced: number[] = [];
  const rows = new Map<number, string>();
  let last = 0;
  const send = (type: string, inner: unknown): void => {
    frames.push(encode(type, inner));
    announced.push(last);
  };
  const models = MODELS.map((id, i) => ({ id, name: '', description: '', state: i < 2 ? 'ready' : 'stopped', unlisted: false, peerID: '', ...(i === 0 ? { aliases: ['gpt-4o-mini'] } : {}) }));
  const greeting = [encode('logData', { data: '', source: 'proxy' }), encode('logData', { data: '', source: 'upstream' }), encode('modelStatus', models)];
  if (generation < 3) greeting.push(encode('metrics', []));

  const first = generation === 3 ? 1 : 0;
  for (let id = first; id < first + requests; id += 1) {
    const model = MODELS[id % 2]!;
    const time = new Date(START + id * 700).toISOString().replace('Z', `${String(id % 1000).padStart(3, '0')}456+01:00`);
    const request = { id: String(id), timestamp: time, model, req_path: '/v1/chat/completions', method: 'POST' };
    const counts = { cache_tokens: id % 90, input_tokens: 1000 + (id % 500), output_tokens: 6 + (id % 200), prompt_per_second: 47_127.00855922517 + id, tokens_per_second: 78.5268118805412 + (id % 7) };
    const nested = { id, timestamp: time, model, req_path: '/v1/chat/completions', resp_content_type: 'text/event-stream', resp_status_code: 200, tokens: { ...counts, draft_tokens: -1, draft_acc_tokens: -1 }, duration_ms: 358, has_capture: true, metadata: { fifo_priority: '0' } };
    if (generation === 1) send('inflight', { total: 1 });
    if (generation === 2) send('inflight', { requests: [request] });
    if (generation === 3) {
      const headers = { Accept: '*/*', 'Content-Length': '150', 'Content-Type': 'application/json', 'User-Agent': 'client/1' };
      for (const bytes of [0, 0, 900, 1900]) send('inflight', { operation: 'upsert', request: { ...request, req_headers: headers, remote_ip: '10.0.0.9', resp_headers: bytes > 0 ? { 'Content-Type': 'text/event-stream' } : {}, resp_bytes: bytes, elapsed_ms: bytes } });
    }
    send('logData', { data: `[INFO] Request 10.0.0.9 "POST /v1/chat/completions HTTP/1.1" 200 ${id * 31} "client/1" 358ms\n`, source: 'proxy' });
    send('logData', { data: `srv  update_slots: all slots are idle\nslot ${id % 4} released | n_past = ${id}\n`, source: 'upstream' });
    if (generation === 1) send('metrics', [{ id, timestamp: time, model, ...counts, duration_ms: 358, has_capture: true }]);
    if (generation === 2) send('metrics', [nested]);
    if (generation === 3) {
      rows.set(id, JSON.stringify({ ...nested, timestamp: `${time.slice(0, 19)}+01:00` }));
      last = id;
      send('activity', { id });
    }
    send('inflight', generation === 1 ? { total: 0 } : generation === 2 ? { requests: [] } : { operation: 'remove', id: String(id) });
  }
  return { greeting: Buffer.concat(greeting), frames, announced, rows };
}

/** When the first request began. */
export const START = Date.UTC(2026, 0, 1);

const MODELS = ['alpha-8b-q4', 'beta-32b-q4', 'broken-13b-q4', 'delta-24b-q5', 'embed-small', 'gamma-70b-q4', 'limited-3b', 'peer-mini', 'vision-7b', 'coder-14b'];
