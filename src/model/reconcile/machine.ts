/** What a host's reconciler remembers between inputs. Owned by one reconciler, changed in place: rows are the hot path. */
import { LIMITS, type Limits } from '../limits.ts';
import type { Generation } from '../host/state.ts';
import type { Moment } from '../time.ts';
import { timeOfMs } from '../time.ts';
import type { Connection } from './connection.ts';
import type { GapPen } from './draft-gaps.ts';
import type { ReconcileEffect } from './effects.ts';
import type { LiveBoot } from './live-boot.ts';
import type { LogLines } from './log-lines.ts';
import { createLogLines } from './log-lines.ts';
import type { HeldMemory } from './release-held.ts';
import type { IdSet } from './watermark.ts';

export interface ReconcilerOptions {
  hostId: string;
  /** Draws ids of gaps (Random.id). */
  newId(): string;
  /** Days after which a row counts as settled without being stored. Default LIMITS.retentionDays.activity. */
  retentionDays?: number;
  /** Default LIMITS.ring. */
  limits?: Limits['ring'];
}

export interface Machine {
  readonly hostId: string;
  readonly newId: () => string;
  readonly retentionMs: number;
  readonly limits: Limits['ring'];
  readonly logs: LogLines;
  /** Boots under a number that the database has yet to decide. */
  readonly held: Map<number, HeldMemory>;
  /** Effects of the step that runs, and its moment. */
  out: ReconcileEffect[];
  at: Moment;
  conn: Connection | null;
  boot: LiveBoot | null;
  /** The boot was decided on the last connection. */
  decided: boolean;
  /** Requests under way when the last connection ended cleanly. */
  inflight: number | null;
  /** The queue refused something: what is missing is asked for when it has room. */
  behind: boolean;
  totalsKnown: boolean;
  /** The database is being asked. `since`: ids settled meanwhile. */
  reading: { id: number; for: 'boot' | 'catch-up'; since: IdSet } | null;
  catchUpWanted: boolean;
  /** Of fetches and reads. */
  lastId: number;
}

const DAY_MS = 86_400_000;

export function createMachine({ hostId, newId, retentionDays, limits = LIMITS.ring }: ReconcilerOptions): Machine {
  return {
    hostId,
    newId: () => newId(),
    retentionMs: (retentionDays ?? LIMITS.retentionDays.activity) * DAY_MS,
    limits,
    logs: createLogLines(),
    held: new Map(),
    out: [],
    at: { wall: 0, mono: 0 },
    conn: null,
    boot: null,
    decided: false,
    inflight: null,
    behind: false,
    totalsKnown: false,
    reading: null,
    catchUpWanted: false,
    lastId: 0,
  };
}

export function pen(m: Machine): GapPen {
  return { hostId: m.hostId, newId: m.newId, detectedAt: timeOfMs(m.at.wall) };
}

export function retentionEdge(m: Machine): string {
  return timeOfMs(m.at.wall - m.retentionMs);
}

/** Between 1 and 2 an empty ring can't tell; their ids begin alike. */
export function generationOf(connection: Connection): Generation {
  return connection.generation ?? 2;
}

export function noteGeneration(m: Machine, connection: Connection, generation: Generation | null): void {
  if (generation === null || connection.generation === generation) return;
  connection.generation = generation;
  m.out.push({ type: 'generation', generation });
}
