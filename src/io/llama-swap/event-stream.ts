/** Bytes of `GET /api/events` to events: SSE, envelope, inner document, in one step, the same for all three generations. Never throws. */
import { LIMITS } from '../../model/limits.ts';
import type { HostEvent } from '../../model/host-event.ts';

export interface EventDecoderOptions {
  /** Characters of one frame beyond which it is dropped as malformed. Default LIMITS.stream.maxFrameBytes. */
  maxFrameBytes?: number;
}

export interface EventCounters {
  bytes: number;
  /** SSE frames, good or bad. */
  frames: number;
  events: number;
  unknown: number;
  malformed: number;
}

export interface EventDecoder {
  /** One socket read, cut anywhere: the events that it completes. `malformed` ones are among them; a row that is wrong spoils no other. */
  push(bytes: Uint8Array): HostEvent[];
  readonly counters: Readonly<EventCounters>;
}

/** One connection, one decoder. */
export function createEventDecoder(_options: EventDecoderOptions = {}): EventDecoder {
  void LIMITS;
  throw new Error('to come');
}
