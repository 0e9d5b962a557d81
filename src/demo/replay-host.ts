/** Serves a recorded scenario as a live host on a port of its own. */
import type { Clock } from '../model/seams.ts';
import type { Scenario } from './recording.ts';

export interface ReplayOptions {
  clock: Clock;
  /** 0 or absent: any free one. */
  port?: number;
  /** Of several recorded connections of one boot: the number of the one that is played. Default: the one with the most bytes. */
  connection?: number;
}

export interface ReplayHost {
  readonly url: string;
  /** Time of the recording, in ms since its start. */
  readonly nowMs: number;
  readonly endMs: number;
  /** Whether the port listens at `nowMs` (between boots it refuses). */
  readonly up: boolean;
  /** Event streams open now. */
  readonly streams: number;
  /** Plays everything up to `tMs`, at once and in order; resolves when ports are opened or closed and bytes are handed over. */
  advanceTo(tMs: number): Promise<void>;
  /** Plays from now to the end at `factor` times the recorded pace; resolves at the end. */
  play(factor?: number): Promise<void>;
  /** The moments at which something happens, for a follower that steps: boots, ends, ring reads. */
  readonly steps: number[];
  /** Called whenever a stream has been opened by a client. */
  onStream(listener: () => void): void;
  /** Called after every answer to a request that is not the stream, with its path. */
  onAnswer(listener: (path: string) => void): void;
  close(): Promise<void>;
}

export async function startReplay(_scenario: Scenario, _options: ReplayOptions): Promise<ReplayHost> {
  await Promise.resolve();
  throw new Error('not yet');
}
