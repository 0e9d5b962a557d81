/** The wire without sockets: the same heads and bytes, delivered on the given clock. */
import { HostError, type ReasonCode } from '../model/host/liveness.ts';
import type { GetOptions, HostAnswer, HostPort, HostStream, StreamReader } from '../model/seams.ts';
import type { Core } from './core.ts';
import type { SimHostOptions } from './sim-types.ts';
import type { Header, Sink } from './wire.ts';

const fault = (code: ReasonCode, text: string): HostError => new HostError({ code, text });
const lower = (headers: Header[]): Record<string, string> => Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]));
/** As long as the real port waits for a stream's head. */
const HEAD_MS = 10_000;

export function createMemoryPort(core: Core, { clock, apiKeys, latencyMs = 1 }: Pick<SimHostOptions, 'clock' | 'apiKeys' | 'latencyMs'>): HostPort {
  const key = apiKeys?.[0];
  const headers = { 'user-agent': 'drover', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) };

  /** Refused, closed or taken: what a connection meets after one latency. */
  function connect(signal: AbortSignal, take: () => void, fail: (error: HostError) => void): void {
    clock.setTimeout(() => {
      if (signal.aborted) return;
      const accepts = core.accepts();
      if (accepts === 'refuse') fail(fault('refused', 'the simulated port refuses'));
      else if (accepts === 'close') fail(fault('cut', 'the simulated host accepted and closed at once'));
      else take();
    }, latencyMs);
  }

  function open(signal: AbortSignal, path = '/api/events'): Promise<HostStream> {
    return new Promise((resolve, reject) => {
      let queue: Uint8Array[] = [];
      let ending: { fault: HostError['fault'] | null } | null = null;
      let reader: StreamReader | null = null;
      let armed = false;
      let over = false;
      let headed = false;
      let gone = (): void => {};
      const timer = path === '/api/events' ? clock.setTimeout(() => finish(fault('timeout', 'the simulated host sent no head')), HEAD_MS) : null;

      function finish(error: HostError | null): void {
        if (over) return;
        over = true;
        if (timer !== null) clock.clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        gone();
        if (error !== null) reject(error);
      }
      const aborted = (): void => finish(fault('cut', 'aborted'));
      const flush = (): void => {
        armed = false;
        if (over || reader === null) return;
        const chunks = queue;
        queue = [];
        for (const bytes of chunks) {
          // Any chunk may make the reader abort.
          if (over) return;
          reader.chunk(bytes);
        }
        if (ending === null || over) return;
        const last = ending;
        const to = reader;
        finish(null);
        to.end(last.fault);
      };
      const arm = (): void => {
        if (armed || reader === null) return;
        armed = true;
        clock.setTimeout(flush, latencyMs);
      };
      const sink: Sink = {
        head(status, given) {
          if (over || headed) return;
          headed = true;
          if (timer !== null) clock.clearTimeout(timer);
          resolve({ status, headers: lower(given), start(to) { reader = to; arm(); } });
        },
        chunk(bytes) { queue.push(bytes); arm(); },
        end() { ending ??= { fault: null }; arm(); },
        cut() {
          if (!headed) return finish(fault('cut', 'the simulated host broke the connection'));
          ending ??= { fault: { code: 'cut', text: 'the simulated host broke the connection' } };
          arm();
        },
        backlog: () => 0,
      };
      if (signal.aborted) return finish(fault('cut', 'aborted'));
      signal.addEventListener('abort', aborted);
      connect(signal, () => { gone = core.handle({ method: 'GET', path, headers, body: '' }, sink); }, finish);
    });
  }

  function get(path: string, { signal, timeoutMs = 10_000, maxBytes = 32 * 1024 * 1024 }: GetOptions): Promise<HostAnswer> {
    return new Promise((resolve, reject) => {
      let answer: HostAnswer | null = null;
      const parts: Uint8Array[] = [];
      let size = 0;
      let over = false;
      let gone = (): void => {};
      const timer = clock.setTimeout(() => finish(fault('timeout', `no answer to ${path} within ${timeoutMs} ms`)), timeoutMs);
      function finish(error: HostError | null): void {
        if (over) return;
        over = true;
        clock.clearTimeout(timer);
        signal.removeEventListener('abort', aborted);
        gone();
        if (error === null && answer !== null) resolve({ ...answer, body: Buffer.concat(parts) });
        else reject(error ?? fault('protocol', 'an end without a head'));
      }
      const aborted = (): void => finish(fault('cut', 'aborted'));
      const sink: Sink = {
        head(status, given) { answer ??= { status, headers: lower(given), body: new Uint8Array() }; },
        chunk(bytes) {
          parts.push(bytes);
          size += bytes.length;
          if (size > maxBytes) finish(fault('too_large', `the answer to ${path} is over ${maxBytes} bytes`));
        },
        end() { clock.setTimeout(() => finish(null), latencyMs); },
        cut() { clock.setTimeout(() => finish(fault('cut', 'the simulated host broke the connection')), latencyMs); },
        backlog: () => 0,
      };
      if (signal.aborted) return finish(fault('cut', 'aborted'));
      signal.addEventListener('abort', aborted);
      connect(signal, () => {
        const left = core.handle({ method: 'GET', path, headers, body: '' }, sink);
        if (over) left();
        else gone = left;
      }, finish);
    });
  }

  return { open, get };
}
