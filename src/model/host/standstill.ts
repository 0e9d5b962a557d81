/** A standstill of Drover itself: how the reason of the streams that it cost says it, and how that is read back from stored events. */
import type { Reason } from './liveness.ts';

export const standstill = (ms: number): Reason => ({ code: 'overrun', text: `Drover itself stood still for ${Math.round(ms / 1000)} s and read nothing meanwhile; it closed the stream, since a reader that stalls harms a host` });

/** ms of the standstill before a liveness event whose reason tells of one, else 0. `reason` as stored: its code, a colon, its text. */
export function standstillMs(reason: string | null): number {
  const seconds = /^overrun: Drover itself stood still for (\d{1,9}) s\b/.exec(reason ?? '')?.[1];
  return seconds === undefined ? 0 : Number(seconds) * 1_000;
}
