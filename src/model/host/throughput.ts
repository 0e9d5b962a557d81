/** Rows and tokens received within the window, by our own clock: the host's may be wrong. */
import type { WireRow } from '../records/activity.ts';

export interface Throughput {
  readonly windowS: number;
  /** Oldest first, one a second of the monotonic clock. */
  slots: { second: number; rows: number; tokens: number; counted: number }[];
  rows: number;
  tokens: number;
  /** Rows that said how many tokens they made. */
  counted: number;
}

export function createThroughput(windowS: number): Throughput {
  return { windowS, slots: [], rows: 0, tokens: 0, counted: 0 };
}

export function count(throughput: Throughput, row: Pick<WireRow, 'outputTokens'>, mono: number): void {
  const second = Math.floor(mono / 1000);
  let slot = throughput.slots.at(-1);
  if (slot === undefined || slot.second < second) throughput.slots.push((slot = { second, rows: 0, tokens: 0, counted: 0 }));
  slot.rows += 1;
  throughput.rows += 1;
  if (row.outputTokens === null) return;
  slot.tokens += row.outputTokens;
  slot.counted += 1;
  throughput.tokens += row.outputTokens;
  throughput.counted += 1;
}

/** Lets go of what is older than the window. true: something was. */
export function expire(throughput: Throughput, mono: number): boolean {
  let gone = 0;
  while (gone < throughput.slots.length && endOf(throughput, throughput.slots[gone]!) <= mono) {
    const slot = throughput.slots[gone]!;
    throughput.rows -= slot.rows;
    throughput.tokens -= slot.tokens;
    throughput.counted -= slot.counted;
    gone += 1;
  }
  if (gone > 0) throughput.slots.splice(0, gone);
  return gone > 0;
}

/** The monotonic moment of the next expiry; null: nothing is in the window. */
export function expiresAt(throughput: Throughput): number | null {
  const first = throughput.slots[0];
  return first === undefined ? null : endOf(throughput, first);
}

/** Tokens a second over the window; null: rows came, and none said. */
export function tokensPerSecond(throughput: Throughput): number | null {
  if (throughput.rows > 0 && throughput.counted === 0) return null;
  return Math.round((throughput.tokens / throughput.windowS) * 100) / 100;
}

/** A slot leaves when its last moment is as old as the window, so a row counts for up to a second longer. */
function endOf({ windowS }: Throughput, slot: { second: number }): number {
  return (slot.second + 1 + windowS) * 1000;
}
