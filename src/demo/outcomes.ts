/** What a request's end leaves in the activity, release by release. */
import type { Flight, FlightEnd } from './engine.ts';
import { generationOf, releaseNumber, type Release } from './releases.ts';
import type { SimRowInput } from './sim-types.ts';

const ZEROS: SimRowInput = { inputTokens: 0, outputTokens: 0, promptPerSecond: 0, tokensPerSecond: 0, draftTokens: 0, draftAccTokens: 0 };

/** Generation 1 records status 200 alone; v218 to v226 leave out what they refused for its concurrency. */
export function makesRow(release: Release, status: number): boolean {
  const n = releaseNumber(release);
  return generationOf(release) === 1 ? status === 200 : !(status === 429 && n >= 218 && n <= 226);
}

/** The row to be, or null: this release makes none of it. `now` is monotonic. A cut stream is a 200 without counts. */
export function outcome(release: Release, flight: Flight, how: FlightEnd, now: number): SimRowInput | null {
  const n = releaseNumber(release);
  const { input, model, asked, phase } = flight;
  const base: SimRowInput = { ...input, model: model?.spec.id ?? asked, durationMs: now - flight.since };
  const refused = (status: number, error: string): SimRowInput => ({ ...base, ...ZEROS, status, error, contentType: 'application/json' });
  switch (how) {
    case 'done': return base;
    case 'load-failed': return refused(n <= 217 ? 502 : 500, 'unspecific error: upstream command exited prematurely');
    case 'unknown-model': return n <= 217 ? null : refused(404, 'no router for requested model');
    case 'unloaded': return phase === 'waiting' ? refused(500, 'unspecific error: group: model unloaded') : { ...base, ...ZEROS, status: 200 };
    case 'cancelled': return { ...base, ...ZEROS, status: 200, ...(phase === 'waiting' ? { contentType: '' } : {}) };
    default: return how satisfies never;
  }
}
