/** What a host's answers say. Each reader takes the bytes and gives a closed union; none throws. */
import type { WireRow } from '../../model/activity.ts';
import type { HostFault } from '../../model/liveness.ts';
import type { PerfReading, RunningModel } from '../../model/readings.ts';
import type { HostAnswer } from '../../model/seams.ts';

/** An entry that could not be read; the others could. */
export interface BadEntry { what: string; sample: string }

/** Not what was asked for: `fault.code` is unauthorized, redirect, other_host, http_error or protocol. */
export interface Refused { kind: 'refused'; fault: HostFault }

/** `GET /api/metrics`: generations 1 and 2. `generation` null: an empty list of generation 2 or of unknown shape. `absent`: 404, generation 3. */
export type Ring = { kind: 'ring'; generation: 1 | 2 | null; rows: WireRow[]; bad: BadEntry[] } | { kind: 'absent' } | Refused;

/** `GET /api/metrics/activity`: generation 3. `absent` is generation 1 or 2; `countsTrue` tells v218 and later (true) from before: 404 with text, or empty. */
export type ActivityPage =
  | { kind: 'page'; rows: WireRow[]; bad: BadEntry[]; page: number; limit: number; total: number; totalPages: number }
  | { kind: 'absent'; countsTrue: boolean }
  | Refused;

export type Running = { kind: 'running'; models: RunningModel[]; bad: BadEntry[] } | Refused;

/** `absent`: before v173. */
export type Version = { kind: 'version'; build: { version: string; commit: string } } | { kind: 'absent' } | Refused;

/** `absent`: before v212. `off`: 503, switched off by its owner. */
export type Performance = { kind: 'perf'; reading: PerfReading; bad: BadEntry[] } | { kind: 'absent' } | { kind: 'off' } | Refused;

/** `GET /health`: 200 is well, whatever the body. */
export type Health = { kind: 'well' } | Refused;

export function readRing(_answer: HostAnswer): Ring { throw new Error('to come'); }
export function readActivityPage(_answer: HostAnswer): ActivityPage { throw new Error('to come'); }
export function readRunning(_answer: HostAnswer): Running { throw new Error('to come'); }
export function readVersion(_answer: HostAnswer): Version { throw new Error('to come'); }
export function readPerformance(_answer: HostAnswer): Performance { throw new Error('to come'); }
export function readHealth(_answer: HostAnswer): Health { throw new Error('to come'); }
