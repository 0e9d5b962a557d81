/** What each message from outside makes of a host's memory. Nothing here fails, waits or reads a clock. */
import type { WireRow } from './activity.ts';
import type { GapTotals } from './gap.ts';
import type { HostEvent } from './host-event.ts';
import type { HostFace, HostMemory } from './host-memory.ts';
import type { Liveness } from './liveness.ts';
import type { PerfReading, RunningModel } from './readings.ts';
import type { Generation } from './state.ts';
import type { Moment } from './time.ts';

/** One event of the stream. Rows are not counted here: which of them are new is the link's knowledge (`rowsArrived`). */
export function applyEvent(_memory: HostMemory, _event: HostEvent, _at: Moment): void { throw new Error('to come'); }

/** Rows that are new to Drover. 'live': ended while we listened, they count for the throughput; 'ring': caught up, they only tell a model's last end. */
export function rowsArrived(_memory: HostMemory, _rows: readonly WireRow[], _origin: 'live' | 'ring', _at: Moment): void { throw new Error('to come'); }

/** What the answer of `/api/metrics/activity`, the shape of rows or `GET /api/metrics` said of the wire. `countsTrue`: see HostMemory. */
export function applyWire(_memory: HostMemory, _wire: { generation?: Generation; countsTrue?: boolean }): void { throw new Error('to come'); }

/** The answer of /running. `askedAt`: `memory.modelsSeen` when it was asked; an older answer tells only ttl. */
export function applyRunning(_memory: HostMemory, _running: readonly RunningModel[], _askedAt: number, _at: Moment): void { throw new Error('to come'); }

export function applyPerf(_memory: HostMemory, _reading: PerfReading): void { throw new Error('to come'); }

export function applyVersion(_memory: HostMemory, _build: { version: string; commit: string } | null): void { throw new Error('to come'); }

export function applyFace(_memory: HostMemory, _face: HostFace): void { throw new Error('to come'); }

export function setGaps(_memory: HostMemory, _gaps: GapTotals): void { throw new Error('to come'); }

/** The boot is decided. Another than before: what is known of models' times ended with the old one. */
export function setBoot(_memory: HostMemory, _bootEpoch: number): void { throw new Error('to come'); }

/** `lastContactAt` is `contacted`'s. */
export function setLiveness(_memory: HostMemory, _liveness: Omit<Liveness, 'lastContactAt'>): void { throw new Error('to come'); }

/** Bytes or an answer came. Cheap: call it for each. */
export function contacted(_memory: HostMemory, _at: Moment): void { throw new Error('to come'); }

/** A stream's 200 has come: the next list of models makes the state present again (`asOf: null`), and the wire is learnt anew. */
export function streamOpened(_memory: HostMemory, _at: Moment): void { throw new Error('to come'); }

/** The stream is over: in-flight requests, rates, perf and profile are forgotten, the rest is remembered `asOf` the last contact. */
export function streamEnded(_memory: HostMemory, _at: Moment): void { throw new Error('to come'); }
