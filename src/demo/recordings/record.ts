/**
 * Writes down a live host's raw bytes with their times, in the format of the recordings: a bug report is a file, and `replay`
 * serves it again. What it cannot know (who asked for what) stays out of truth.json.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { basename, join } from 'node:path';
import type { Clock } from '../../model/seams.ts';

export interface RecordOptions {
  clock: Clock;
  baseUrl: string;
  /** Sent, never written. */
  apiKey?: string | null;
  /** Made if it is not there; must be empty. */
  folder: string;
  signal: AbortSignal;
  /** Between two reads of the ring, /running and /api/performance, apart from those that an event asks for. Default 10 s. */
  everyMs?: number;
  print?: (line: string) => void;
}

export interface RecordTotals { chunks: number; bytes: number; exchanges: number; connections: number }

const AGENT = 'drover-record';
const LIMIT_MS = 10_000;
const SETTLE_MS = 250;
const BODY_LIMIT = 32 * 1024 * 1024;

/** Text where the bytes are UTF-8 by themselves. */
function textOrBase64(bytes: Buffer): { text: string } | { b64: string } {
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? { text } : { b64: bytes.toString('base64') };
}

function pairs(raw: readonly string[]): [string, string][] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? '', raw[2 * index + 1] ?? '']);
}

/** Records until the signal fires, and connects again when the stream ends. Rejects when the folder can't be used. */
export async function recordHost(options: RecordOptions): Promise<RecordTotals> {
  const { clock, baseUrl, apiKey, folder, signal, everyMs = 10_000, print = () => {} } = options;
  await mkdir(join(folder, 'http'), { recursive: true });
  const there = (await readdir(folder)).filter((name) => name !== 'http');
  if (there.length > 0) throw new Error(`${folder}: expected an empty folder, found ${there[0]}; name another one`);
  const base = baseUrl.replace(/\/+$/, '');
  const port = Number(new URL(base).port || (base.startsWith('https:') ? 443 : 80));
  const began = clock.monotonic();
  const startedAt = new Date(clock.now()).toISOString();
  const tMs = (): number => Math.round(clock.monotonic() - began);
  const headers = { 'User-Agent': AGENT, 'Accept': '*/*', ...(apiKey === undefined || apiKey === null ? {} : { Authorization: `Bearer ${apiKey}` }) };
  const events: WriteStream = createWriteStream(join(folder, 'events.jsonl'));
  const totals: RecordTotals = { chunks: 0, bytes: 0, exchanges: 0, connections: 0 };
  let version: string | null = null;
  let generation3 = false;
  let wake = (): void => {};
  const line = (value: Record<string, unknown>): void => void events.write(`${JSON.stringify(value)}\n`);
  const request = (path: string, answered: (response: IncomingMessage) => void) => (base.startsWith('https:') ? httpsGet : httpGet)(base + path, { headers, agent: false, signal }, answered);

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const timer = clock.setTimeout(done, ms);
      function done(): void {
        clock.clearTimeout(timer);
        signal.removeEventListener('abort', done);
        resolve();
      }
      signal.addEventListener('abort', done);
    });
  }

  /** One exchange into http/NN-name.json. Resolves to the body of a 200, else null. */
  async function exchange(name: string, path: string): Promise<string | null> {
    const sent = tMs();
    const result = await new Promise<{ status: number; status_line: string; headers: [string, string][]; head: number | null; ended: string; body: Buffer }>((resolve) => {
      const parts: Buffer[] = [];
      let head: number | null = null;
      let response: IncomingMessage | null = null;
      const finish = (ended: string): void => {
        clock.clearTimeout(timer);
        call.destroy();
        resolve({ status: response?.statusCode ?? 0, status_line: response === null ? '' : `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`, headers: pairs(response?.rawHeaders ?? []), head, ended, body: Buffer.concat(parts) });
      };
      const call = request(path, (given) => {
        response = given;
        head = tMs();
        let size = 0;
        given.on('data', (part: Buffer) => {
          parts.push(part);
          size += part.length;
          if (size > BODY_LIMIT) finish('aborted');
        });
        given.on('end', () => finish('complete'));
        given.on('error', () => finish('eof'));
      });
      const timer = clock.setTimeout(() => finish('timeout'), LIMIT_MS);
      call.on('error', () => finish(response === null ? 'refused' : 'reset'));
    });
    const { body, head, ...answer } = result;
    const content = textOrBase64(body);
    totals.exchanges += 1;
    await writeFile(join(folder, 'http', `${String(totals.exchanges).padStart(4, '0')}-${name}.json`), `${JSON.stringify({
      t_ms: sent,
      request: { method: 'GET', path, headers: [['User-Agent', AGENT], ['Accept', '*/*']] },
      response: { t_head_ms: head, t_end_ms: tMs(), ...answer, ...('text' in content ? { body: content.text } : { body_b64: content.b64 }) },
    }, null, 1)}\n`);
    return result.status === 200 ? body.toString() : null;
  }

  /** All of it once a connection; after that the newest page is enough. */
  async function readRing(whole: boolean): Promise<void> {
    if (!whole && generation3) return void (await exchange('ring-newest', '/api/metrics/activity?limit=999'));
    for (let page = 1; page <= 100 && !signal.aborted; page += 1) {
      const text = await exchange(`ring-p${page}`, `/api/metrics/activity?limit=999&order=asc&page=${page}`);
      if (text === null) return void (await exchange('ring', '/api/metrics'));
      generation3 = true;
      if (!(page < (Number(/"total_pages":(\d+)/.exec(text)?.[1]) || 1))) return;
    }
  }

  async function look(whole: boolean): Promise<void> {
    await readRing(whole);
    await exchange('running', '/running');
    await exchange('performance', '/api/performance');
  }

  /** Resolves when the stream has ended. */
  function stream(): Promise<void> {
    totals.connections += 1;
    const conn = totals.connections;
    return new Promise((resolve) => {
      let opened = false;
      const close = (how: string): void => {
        if (opened) line({ conn, t_ms: tMs(), close: how });
        opened = false;
        resolve();
      };
      const call = request('/api/events', (response) => {
        opened = true;
        line({ conn, t_ms: tMs(), open: { port, status: response.statusCode ?? 0, status_line: `HTTP/${response.httpVersion} ${response.statusCode} ${response.statusMessage}`, headers: pairs(response.rawHeaders), request_headers: [['User-Agent', AGENT], ['Accept', '*/*']] } });
        print(`stream ${conn}: ${response.statusCode}`);
        // The host must never wait for a reader: bytes go to the file as they come.
        response.on('data', (bytes: Buffer) => {
          totals.chunks += 1;
          totals.bytes += bytes.length;
          // Generation 3 names a row and shows it only to who asks.
          if (bytes.includes('"activity"')) wake();
          line({ conn, t_ms: tMs(), ...textOrBase64(bytes) });
        });
        response.on('end', () => close('complete'));
        response.on('error', () => close(signal.aborted ? 'aborted' : 'eof'));
      });
      call.on('error', () => close(signal.aborted ? 'aborted' : 'reset'));
    });
  }

  let backOffMs = 500;
  while (!signal.aborted) {
    const said = await exchange('version', '/api/version');
    version ??= /"version":"v?([^"]+)"/.exec(said ?? '')?.[1] ?? null;
    await exchange('v1-models', '/v1/models');
    await look(true);
    let open = true;
    const ended = stream().finally(() => { open = false; });
    let cycle = Promise.resolve();
    const poll = async (): Promise<void> => {
      while (open && !signal.aborted) {
        await Promise.race([pause(everyMs), ended, new Promise<void>((resolve) => { wake = resolve; })]);
        // A burst of events becomes one read; pages are no larger for it.
        await Promise.race([pause(SETTLE_MS), ended]);
        if (open && !signal.aborted) await look(false);
      }
    };
    const before = totals.bytes;
    cycle = poll();
    await ended;
    await cycle;
    backOffMs = totals.bytes > before ? 500 : Math.min(backOffMs * 2, 10_000);
    await pause(backOffMs);
  }
  await new Promise<void>((resolve) => void events.end(() => resolve()));
  await writeFile(join(folder, 'truth.json'), `${JSON.stringify({ scenario: basename(folder), ...(version === null ? {} : { version: `v${version}` }), note: 'recorded from a live host', started_at: startedAt }, null, 1)}\n`);
  print(`${totals.connections} connections, ${totals.bytes} bytes of stream, ${totals.exchanges} exchanges: ${folder}`);
  return totals;
}
