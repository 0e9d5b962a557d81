/** Back-off with full jitter (Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). */
import type { Random } from './seams.ts';

export interface BackoffLimits { readonly baseMs: number; readonly capMs: number }

/** Uniform in [0, min(cap, base · 2^attempt)), in whole ms. `attempt` counts from 0: the failures since the last success, less one. */
export function backoffDelay(attempt: number, limits: BackoffLimits, random: Random): number {
  return Math.floor(random.next() * backoffCeiling(attempt, limits));
}

/** The longest that `backoffDelay` can say. */
export function backoffCeiling(attempt: number, limits: BackoffLimits): number {
  return Math.min(limits.capMs, limits.baseMs * 2 ** Math.max(0, attempt));
}
