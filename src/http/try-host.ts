/** Tries a host that nobody has added yet: what it is, or why it cannot be reached. Loads nothing there. */
import { checkBaseUrl } from '../io/llama-swap/address-guard.ts';
import { readActivityPage, readRing, readVersion } from '../io/llama-swap/answers.ts';
import { createEventDecoder } from '../io/llama-swap/event-stream.ts';
import { streamFault } from '../io/llama-swap/stream-head.ts';
import { UPSTREAM } from '../io/llama-swap/upstream-paths.ts';
import { deferred } from '../model/deferred.ts';
import { ApiError } from '../model/errors.ts';
import { HostError, type HostFault } from '../model/host/liveness.ts';
import type { HostPort } from '../model/seams.ts';
import type { Generation, HostState } from '../model/host/state.ts';
import type { HostTarget, HttpDeps } from './deps.ts';

export interface HostTrial {
  ok: boolean;
  /** null: none. */
  reason: HostFault | null;
  generation: Generation | null;
  build: HostState['build'];
  /** Keys of the configured models; null: not learnt. */
  models: string[] | null;
}

const LIMIT_MS = 10_000;
const failed = (reason: HostFault): HostTrial => ({ ok: false, reason, generation: null, build: null, models: null });

/** Throws `bad_base_url` alone; everything else is an answer. */
export async function tryHost(target: HostTarget, { clock, openTarget }: Pick<HttpDeps, 'clock' | 'openTarget'>): Promise<HostTrial> {
  const url = checkBaseUrl(target.baseUrl);
  if (url.kind === 'bad') throw new ApiError('bad_base_url', url.text);
  if (url.kind === 'address_refused') return failed({ code: 'address_refused', text: url.text });
  const port = openTarget({ baseUrl: url.url, apiKey: target.apiKey });
  const abort = new AbortController();
  const slow = deferred<HostTrial>();
  const timer = clock.setTimeout(() => slow.resolve(failed({ code: 'timeout', text: `Expected an event stream with its models within ${LIMIT_MS / 1000} s; it did not come.` })), LIMIT_MS);
  const trial = probe(port, abort.signal).catch((error: unknown) => {
    if (error instanceof HostError) return failed(error.fault);
    throw error;
  });
  try {
    return await Promise.race([trial, slow.promise]);
  } finally {
    clock.clearTimeout(timer);
    abort.abort();
    await port.close();
  }
}

async function probe(port: HostPort, signal: AbortSignal): Promise<HostTrial> {
  const models = await firstModels(port, signal);
  const version = readVersion(await port.get(UPSTREAM.version, { signal }));
  if (version.kind === 'refused') throw new HostError(version.fault);
  return { ok: true, reason: null, generation: await generation(port, signal), build: version.kind === 'version' ? version.build : null, models };
}

/** Opens the stream and reads until it has told its models. */
async function firstModels(port: HostPort, signal: AbortSignal): Promise<string[]> {
  const stream = await port.open(signal);
  const fault = streamFault(stream);
  if (fault !== null) throw new HostError(fault);
  const decoder = createEventDecoder();
  const models = deferred<string[]>();
  stream.start({
    chunk(bytes) {
      for (const event of decoder.push(bytes)) if (event.type === 'models') models.resolve(event.models.map(({ key }) => key));
    },
    end: (reason) => models.reject(new HostError(reason ?? { code: 'ended', text: 'Expected the list of models on the event stream; the host ended it before.' })),
  });
  return models.promise;
}

async function generation(port: HostPort, signal: AbortSignal): Promise<Generation> {
  const page = readActivityPage(await port.get(UPSTREAM.activity(1, 1), { signal }));
  if (page.kind === 'refused') throw new HostError(page.fault);
  if (page.kind === 'page') return 3;
  const ring = readRing(await port.get(UPSTREAM.ring, { signal }));
  if (ring.kind === 'refused') throw new HostError(ring.fault);
  if (ring.kind === 'absent') throw new HostError({ code: 'protocol', text: 'Expected activity at /api/metrics or /api/metrics/activity; both are 404.' });
  return ring.generation;
}
