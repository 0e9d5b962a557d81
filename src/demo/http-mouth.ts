/** Everything but the event stream and the model paths: what each release answers, to the byte where it matters. */
import { capturedAnswer, capturedQuestion } from './captured-bodies.ts';
import type { Engine } from './engine.ts';
import { goJson, goParseTime } from './go-json.ts';
import { BUILDS, generationOf, releaseNumber, type Release } from './releases.ts';
import { wireRow, type Rows } from './rows.ts';
import type { Samples } from './samples.ts';
import type { ServedRow, SimGpuSpec } from './sim-types.ts';
import type { Answer, Header, WireRequest } from './wire.ts';

export interface MouthState {
  release: Release;
  engine: Engine;
  rows: Rows;
  samples: Samples | null;
  gpus: SimGpuSpec[];
  apiKeys: string[];
  profile: string | null;
  profiles: string[];
  setProfile(name: string | null): void;
  logs(): string;
  /** Wall clock. */
  now(): number;
  date(): string;
}

const TEXT: Header = ['Content-Type', 'text/plain; charset=utf-8'];

function json(state: MouthState, value: unknown, { status = 200, gin = false, newline = true }: { status?: number; gin?: boolean; newline?: boolean } = {}): Answer {
  const old = releaseNumber(state.release) <= 217;
  return {
    status,
    headers: [['Content-Type', old && gin ? 'application/json; charset=utf-8' : 'application/json'], ['Date', state.date()]],
    body: (typeof value === 'string' ? value : goJson(value)) + (newline && !old ? '\n' : ''),
  };
}

/** The three ages of error bodies; captures answered in JSON from the start. */
export function errorAnswer(state: MouthState, status: number, message: string, extra: Header[] = []): Answer {
  const n = releaseNumber(state.release);
  const date: Header = ['Date', state.date()];
  if (n <= 217) return { status, headers: [TEXT, ...extra, date], body: message };
  const headers: Header[] = [['Content-Type', 'application/json'], ...extra, date];
  if (n > 250) {
    const type = status === 401 ? 'authentication_error' : status >= 500 ? 'server_error' : 'invalid_request_error';
    const code = status === 404 ? 'not_found' : status === 401 ? 'unauthorized' : status >= 500 ? 'server_error' : 'bad_request';
    return { status, headers, body: goJson({ src: 'llama-swap', error: { message, type, param: null, code } }) };
  }
  return { status, headers, body: n < 229 ? `{"src":"llama-swap", "error": ${goJson(message)}}` : goJson({ error: message, src: 'llama-swap' }) };
}

export function notFound(state: MouthState): Answer {
  if (releaseNumber(state.release) <= 217) return { status: 404, headers: [['Date', state.date()]], body: '' };
  return { status: 404, headers: [TEXT, ['X-Content-Type-Options', 'nosniff'], ['Date', state.date()]], body: '404 page not found\n' };
}

const plain = (state: MouthState, body: string, status = 200): Answer => ({ status, headers: [['Date', state.date()], TEXT], body });

/** null: the key is good, or none is wanted. */
export function refuseKey(state: MouthState, request: WireRequest): Answer | null {
  if (state.apiKeys.length === 0) return null;
  const { authorization, 'x-api-key': apiKey } = request.headers;
  let given = apiKey;
  if (authorization !== undefined) {
    given = authorization.startsWith('Bearer ') ? authorization.slice(7) : undefined;
    if (authorization.startsWith('Basic ')) given = Buffer.from(authorization.slice(6), 'base64').toString().split(':').slice(1).join(':');
  }
  if (given !== undefined && state.apiKeys.includes(given)) return null;
  return errorAnswer(state, 401, 'unauthorized: invalid or missing API key', [['Www-Authenticate', 'Basic realm="llama-swap"']]);
}

function activityPage(state: MouthState, query: URLSearchParams): Answer {
  const bad = (message: string): Answer => errorAnswer(state, 400, message);
  const whole = (name: string, fallback: number): number => (query.has(name) ? (/^-?\d+$/.test(query.get(name) ?? '') ? Number(query.get(name)) : NaN) : fallback);
  const limit = whole('limit', 25);
  const page = whole('page', 1);
  const order = query.get('order') ?? 'desc';
  const sort = query.get('sort') ?? 'id';
  if (!(limit >= 1 && limit <= 999)) return bad('limit must be between 1 and 999');
  if (!(page >= 1)) return bad('page must be >= 1');
  if (order !== 'asc' && order !== 'desc') return bad('order must be asc or desc');
  if (!['id', 'time', 'duration', 'model'].includes(sort)) return bad('invalid sort column');
  let rows = state.rows.ring();
  const models = query.getAll('model');
  if (releaseNumber(state.release) > 250) {
    for (const name of ['min_id', 'max_id']) if (query.has(name) && !(whole(name, 1) >= 1)) return bad(`${name} must be >= 1`);
    for (const name of ['start', 'end']) if (query.has(name) && goParseTime(query.get(name) ?? '') === null) return bad(`invalid '${name}' timestamp, use RFC3339 format`);
    const [from, to] = [goParseTime(query.get('start') ?? ''), goParseTime(query.get('end') ?? '')];
    rows = rows.filter(({ row }) => {
      const at = goParseTime(row.timestamp) ?? 0n;
      return row.id >= whole('min_id', -1) && row.id <= whole('max_id', Infinity) && (from === null || at >= from) && (to === null || at <= to);
    });
    if (models.length > 0) rows = rows.filter(({ row }) => models.includes(row.model));
  } else if (models[0] !== undefined) rows = rows.filter(({ row }) => row.model === models[0]);
  const key = ({ row }: ServedRow): number => (sort === 'duration' ? row.duration_ms : row.id);
  const sorted = [...rows].sort((a, b) => (order === 'asc' ? key(a) - key(b) : key(b) - key(a)));
  const shown = sorted.slice((page - 1) * limit, page * limit);
  for (const served of shown) served.shown = true;
  const data = shown.map(({ row }) => wireRow(state.release, row, state.rows.captured(row.id)));
  return json(state, { data, page, limit, total: rows.length, total_pages: Math.ceil(rows.length / limit) });
}

function performance(state: MouthState, query: URLSearchParams): Answer {
  const n = releaseNumber(state.release);
  if (state.samples === null) return n >= 229 ? json(state, { enabled: false }, { status: 503 }) : errorAnswer(state, 503, 'performance monitor not available');
  let { sys, gpu } = state.samples.read();
  const enabled = n >= 229 ? { enabled: true } : {};
  if (!query.has('after')) return json(state, { ...enabled, gpu_stats: gpu.length > 0 ? gpu : null, sys_stats: sys.length > 0 ? sys : null }, { gin: true });
  const after = goParseTime(query.get('after') ?? '');
  if (after === null) return errorAnswer(state, 400, "invalid 'after' timestamp, use RFC3339 format");
  sys = sys.filter(({ timestamp }) => (goParseTime(timestamp) ?? 0n) > after);
  gpu = gpu.filter(({ timestamp }) => (goParseTime(timestamp) ?? 0n) > after);
  return json(state, { ...enabled, gpu_stats: gpu, sys_stats: sys }, { gin: true });
}

function running(state: MouthState): Answer {
  const old = releaseNumber(state.release) <= 217;
  const list = state.engine.models.filter((model) => (old ? model.state === 'ready' : model.state !== 'stopped')).map(({ spec, state: now, port }) => {
    const cmd = `llama-server --port ${port} --model /srv/models/${spec.id}.gguf --ctx-size ${spec.contextLength ?? 8_192}`;
    const [model, proxy, ttl, name, description] = [spec.id, `http://localhost:${port}`, spec.ttlS ?? 0, spec.name ?? '', spec.description ?? ''];
    return old ? { cmd, description, model, name, proxy, state: now, ttl } : { model, state: now, cmd, proxy, ttl, name, description };
  });
  return json(state, { running: list });
}

function openAiModels(state: MouthState, request: WireRequest): Answer {
  const n = releaseNumber(state.release);
  const created = Math.floor(state.now() / 1_000);
  const data = state.engine.models.filter(({ spec }) => spec.unlisted !== true).map(({ spec, state: now }) => ({
    id: spec.id, object: 'model', created, owned_by: 'llama-swap',
    ...(spec.name === undefined ? {} : { name: spec.name }),
    ...(spec.description === undefined ? {} : { description: spec.description }),
    ...(n >= 225 && spec.contextLength !== undefined ? { context_length: spec.contextLength } : {}),
    ...(n >= 241 ? { meta: { llamaswap: { type: spec.peer === undefined ? 'model' : 'peer' } } } : {}),
    ...(n >= 236 ? { status: { value: now === 'stopped' || now === 'stopping' ? 'unloaded' : 'loaded' } } : {}),
  }));
  const answer = json(state, { data, object: 'list' }, { gin: true });
  const { origin } = request.headers;
  return origin === undefined ? answer : { ...answer, headers: [['Access-Control-Allow-Origin', origin], ...answer.headers] };
}

function capture(state: MouthState, text: string): Answer {
  const old = releaseNumber(state.release) <= 217;
  const fail = (status: number, message: string): Answer => (old ? json(state, { error: message }, { status, gin: true }) : errorAnswer(state, status, message));
  if (!/^\d+$/.test(text)) return fail(400, 'invalid capture ID');
  const served = state.rows.captured(Number(text)) ? state.rows.find(Number(text)) : undefined;
  if (served === undefined) return fail(404, 'capture not found');
  const { row } = served;
  const base64 = (body: string): string => Buffer.from(body).toString('base64');
  return json(state, {
    id: row.id, req_path: row.req_path,
    req_headers: { 'Accept': '*/*', 'Authorization': '[REDACTED]', 'Content-Type': 'application/json', 'Cookie': '[REDACTED]', 'User-Agent': 'sim-client/1' },
    req_body: base64(capturedQuestion(row)),
    resp_headers: { 'Content-Type': row.resp_content_type },
    resp_body: row.resp_status_code === 200 ? base64(capturedAnswer(row)) : null,
  }, { gin: true, newline: false });
}

function stats(state: MouthState, query: URLSearchParams): Answer {
  const rows = state.rows.ring().filter(({ row }) => !query.has('model') || row.model === query.get('model')).map(({ row }) => row);
  const sum = (pick: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + Math.max(0, pick(row)), 0);
  return json(state, {
    total_requests: rows.length, total_input_tokens: sum((row) => row.tokens.input_tokens), total_output_tokens: sum((row) => row.tokens.output_tokens),
    total_cache_tokens: sum((row) => row.tokens.cache_tokens), prompt_histogram: null, gen_histogram: null,
  });
}

function putProfile(state: MouthState, body: string): Answer {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return errorAnswer(state, 400, 'invalid request body');
  }
  if (typeof value !== 'object' || value === null || !('name' in value)) return errorAnswer(state, 400, 'profile name is required');
  const name = typeof value.name === 'string' ? value.name : null;
  if (name !== null && !state.profiles.includes(name)) return errorAnswer(state, 404, `profile "${name}" not found`);
  state.setProfile(name);
  return json(state, { active: name });
}

/** undefined: a path that needs a live connection (stream, logs, model paths), for the caller. */
export function answer(state: MouthState, request: WireRequest): Answer | undefined {
  const n = releaseNumber(state.release);
  const generation = generationOf(state.release);
  const [path = '', search = ''] = request.path.split('?', 2);
  const query = new URLSearchParams(search);
  const route = `${request.method} ${path}`;
  switch (route) {
    case 'GET /health': case 'GET /wol-health': return plain(state, 'OK');
    case 'GET /': return { status: 302, headers: [['Content-Type', 'text/html; charset=utf-8'], ['Location', '/ui'], ['Date', state.date()]], body: '<a href="/ui">Found</a>.\n\n' };
    case 'GET /api/version': return BUILDS[state.release] === null ? notFound(state) : json(state, BUILDS[state.release], { gin: true });
    case 'GET /v1/models': return openAiModels(state, request);
    case 'GET /running': return running(state);
    case 'GET /unload': state.engine.unload(null); return plain(state, 'OK');
    case 'POST /api/models/unload': state.engine.unload(null); return json(state, { msg: 'ok' }, { gin: true });
    case 'GET /logs': return { status: 200, headers: [['Content-Type', 'text/plain'], ['Date', state.date()]], body: state.logs() };
    case 'GET /metrics': return n < 212 ? notFound(state) : { ...plain(state, state.samples === null ? '# performance monitor not available\n' : '# TYPE llamaswap_load_average gauge\n', state.samples === null ? 503 : 200) };
    case 'GET /api/performance': return n < 212 ? notFound(state) : performance(state, query);
    case 'GET /api/hardware': return n < 247 ? notFound(state) : json(state, { schema_version: 1, accelerators: state.gpus.map(({ name, memTotalMb }, index) => ({ index, kind: 'gpu', vendor: 'NVIDIA', model: name, memory: { kind: 'dedicated', capacity_bytes: memTotalMb * 1_048_576 } })) });
    case 'GET /api/profiles': return n < 241 ? notFound(state) : json(state, { active: state.profile, profiles: state.profiles.map((id) => ({ id, description: '', pins: {} })) });
    case 'PUT /api/profiles/active': return n < 241 ? notFound(state) : putProfile(state, request.body);
    case 'GET /api/metrics/activity': return generation < 3 ? notFound(state) : activityPage(state, query);
    case 'GET /api/metrics/stats': return generation < 3 ? notFound(state) : stats(state, query);
    case 'GET /api/metrics': {
      if (generation === 3) return notFound(state);
      const ring = state.rows.ring();
      for (const served of ring) served.shown = true;
      const rows = ring.map(({ row }) => wireRow(state.release, row, state.rows.captured(row.id)));
      return json(state, rows.length === 0 && generation === 1 ? 'null' : rows, { newline: false });
    }
  }
  if (request.method === 'OPTIONS') {
    return { status: 204, headers: [['Access-Control-Allow-Headers', 'Content-Type, Authorization, Accept, X-Requested-With'], ['Access-Control-Allow-Methods', 'GET, POST, PUT, PATCH, DELETE, OPTIONS'], ['Access-Control-Allow-Origin', '*'], ['Access-Control-Max-Age', '86400'], ['Date', state.date()]], body: '' };
  }
  const last = decodeURIComponent(path.split('/').at(-1) ?? '');
  if (route.startsWith('GET /api/captures/')) return n < 190 ? notFound(state) : capture(state, last);
  if (route.startsWith('POST /api/models/unload/')) {
    if (state.engine.resolve(last) === null) return errorAnswer(state, 404, n <= 217 ? 'Model not found' : 'model not found');
    state.engine.unload(last);
    return plain(state, 'OK');
  }
  const cancelled = /^POST \/api\/inflight\/([^/]+)\/cancel$/.exec(route);
  if (cancelled !== null && n >= 235) return state.engine.cancel(cancelled[1] ?? '') ? json(state, { msg: 'ok' }) : errorAnswer(state, 404, 'inflight request not found');
  if (/^GET \/upstream\/[^/]+$/.test(route)) return { status: 301, headers: [['Content-Type', 'text/html; charset=utf-8'], ['Location', `${path}/`], ['Date', state.date()]], body: `<a href="${path}/">Moved Permanently</a>.\n\n` };
  return undefined;
}
