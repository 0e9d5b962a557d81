/** How long a host stays out after its tree gave up: 5 s, doubled each time, up to 5 min, half of it drawn; forgotten after 10 min of health. */
import { LIMITS, type Limits } from '../limits.ts';

export interface Strikes {
  count: number;
  /** Monotonic ms of the last start; health is counted from it. */
  startedAt: number;
}

export const NO_STRIKES: Strikes = { count: 0, startedAt: 0 };

/** One more strike. `delayMs` until the host is brought back; `chance` in [0, 1). */
export function strike(strikes: Strikes, monotonic: number, chance: number, limits: Limits['quarantine'] = LIMITS.quarantine): { strikes: Strikes; delayMs: number } {
  const healthy = strikes.count > 0 && monotonic - strikes.startedAt >= limits.healthyMs;
  const count = healthy ? 1 : strikes.count + 1;
  const full = Math.min(limits.capMs, limits.baseMs * 2 ** (count - 1));
  return { strikes: { count, startedAt: strikes.startedAt }, delayMs: Math.round(full / 2 + (full / 2) * chance) };
}
