/** What a replayed host answers beside its stream. */
import { goJson } from '../go-json.ts';
import { BUILDS, RELEASES, releaseNumber, type Release } from '../releases.ts';
import type { RecordedBoot, RecordedExchange, RecordedRow, Scenario } from './recording-types.ts';
import { createRing } from './recording-rows.ts';
import type { Answer, Header, WireRequest } from '../wire.ts';

const JSON_TYPE: Header = ['Content-Type', 'application/json'];
const TEXT: Header = ['Content-Type', 'text/plain; charset=utf-8'];

function notFound(n: number): Answer {
  return n <= 217 ? { status: 404, headers: [], body: '' } : { status: 404, headers: [TEXT, ['X-Content-Type-Options', 'nosniff']], body: '404 page not found\n' };
}

/** Paging as generation 3 does it. Wrong values are 400. */
function page(rows: RecordedRow[], query: URLSearchParams, filters: boolean): Answer {
  const number = (name: string, fallback: number): number => (query.has(name) ? Number(query.get(name)) : fallback);
  const [limit, at, order] = [number('limit', 25), number('page', 1), query.get('order') ?? 'desc'];
  const bad = (error: string): Answer => ({ status: 400, headers: [JSON_TYPE], body: goJson({ error, src: 'llama-swap' }) });
  if (!(limit >= 1 && limit <= 999)) return bad('limit must be between 1 and 999');
  if (!(at >= 1)) return bad('page must be >= 1');
  const models = query.getAll('model').slice(0, filters ? undefined : 1);
  const kept = rows.filter((row) => (models.length === 0 || models.includes(String(row['model']))) && (!filters || (row.id >= number('min_id', 0) && row.id <= number('max_id', Infinity))));
  const sorted = order === 'asc' ? kept : [...kept].reverse();
  const data = sorted.slice((at - 1) * limit, at * limit);
  return { status: 200, headers: [JSON_TYPE], body: `${goJson({ data, page: at, limit, total: kept.length, total_pages: Math.ceil(kept.length / limit) })}\n` };
}

export function createReplayAnswers({ exchanges, boots, ...scenario }: Scenario): (boot: RecordedBoot, nowMs: number, request: WireRequest) => Answer {
  const ring = createRing({ exchanges, boots, ...scenario });

  /** Of the same method and path (and query, where recorded ones differ), the last one so far, else the first to come. */
  function recorded(boot: RecordedBoot, nowMs: number, { method, path }: WireRequest): RecordedExchange | undefined {
    const [plain = ''] = path.split('?', 1);
    const same = exchanges.filter((one) => one.status !== 0 && one.status !== 401 && one.method === method && one.path.split('?', 1)[0] === plain && one.tMs >= boot.readyMs && one.tMs <= boot.endMs);
    const exact = same.filter((one) => one.path === path);
    const queries = new Set(same.map((one) => one.path));
    const fitting = exact.length > 0 ? exact : queries.size > 1 ? same.filter((one) => one.path === plain) : same;
    return fitting.findLast((one) => one.tMs <= nowMs) ?? fitting[0];
  }

  /** What an idle host of that release says where nothing was recorded. */
  function idle(boot: RecordedBoot, { method, path }: WireRequest): Answer {
    const n = boot.release === 'after-v250' ? 251 : Number(/\d+/.exec(boot.release)?.[0] ?? 250);
    const known = RELEASES.find((release): release is Release => release === boot.release || releaseNumber(release) === n);
    const build = known === undefined ? null : BUILDS[known];
    const newline = n <= 217 ? '' : '\n';
    switch (`${method} ${path.split('?', 1)[0] ?? ''}`) {
      case 'GET /health': return { status: 200, headers: [TEXT], body: 'OK' };
      case 'GET /running': return { status: 200, headers: [JSON_TYPE], body: `{"running":[]}${newline}` };
      case 'GET /api/version': return build === null ? notFound(n) : { status: 200, headers: [JSON_TYPE], body: goJson(build) + newline };
      case 'GET /api/performance': return n < 212 ? notFound(n) : { status: 200, headers: [JSON_TYPE], body: `${goJson({ ...(n >= 229 ? { enabled: true } : {}), gpu_stats: null, sys_stats: null })}\n` };
      default: return notFound(n);
    }
  }

  return (boot, nowMs, request) => {
    const [path = '', search = ''] = request.path.split('?', 2);
    const n = boot.release === 'after-v250' ? 251 : 0;
    if (request.method === 'GET' && path === '/api/metrics/activity' && boot.generation === 3) return page(ring(boot, nowMs), new URLSearchParams(search), n > 250);
    if (request.method === 'GET' && path === '/api/metrics' && boot.generation < 3) {
      const rows = ring(boot, nowMs);
      return { status: 200, headers: [JSON_TYPE], body: rows.length === 0 && boot.generation === 1 ? 'null' : goJson(rows) };
    }
    const found = recorded(boot, nowMs, request);
    if (found === undefined) return idle(boot, request);
    const headers = found.headers.filter(([name]) => !/^(content-length|transfer-encoding|connection)$/i.test(name));
    return { status: found.status, headers, body: found.body };
  };
}
