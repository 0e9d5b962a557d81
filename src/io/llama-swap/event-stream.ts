/** Bytes of `GET /api/events` to events: SSE, envelope, inner document, in one step, the same for all three generations. Never throws. */
import { createParser } from 'eventsource-parser';
import { LIMITS } from '../../model/limits.ts';
import type { HostEvent } from '../../model/host/host-event.ts';
import { malformed, readFrame } from './event-kinds.ts';

export interface EventDecoderOptions {
  /** Characters of one unfinished frame beyond which it is dropped as malformed. Default LIMITS.stream.maxFrameBytes. */
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
export function createEventDecoder(options: EventDecoderOptions = {}): EventDecoder {
  const maxFrameBytes = options.maxFrameBytes ?? LIMITS.stream.maxFrameBytes;
  const counters: EventCounters = { bytes: 0, frames: 0, events: 0, unknown: 0, malformed: 0 };
  // Strips a BOM, and joins characters that reads cut apart.
  const utf8 = new TextDecoder();
  let out: HostEvent[] = [];
  let overflown = false;
  /** After an overflow: the rest of that frame is dropped up to the blank line; the last character before. */
  let skipping: string | null = null;
  /** Crumbs without a line end wait here, so that a frame that trickles in is no list of millions of pieces. */
  let crumbs: string[] = [];
  let crumbsLength = 0;

  const parser = createParser({
    maxBufferSize: maxFrameBytes,
    onEvent(message) {
      counters.frames += 1;
      readFrame(message.data, out);
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') overflown = true;
    },
  });

  function feed(text: string): void {
    parser.feed(text);
    if (!overflown) return;
    overflown = false;
    counters.frames += 1;
    malformed(out, `a frame of more than ${maxFrameBytes} characters was dropped`, '');
    parser.reset();
    skipping = text.at(-1) ?? '';
  }

  /** What follows the blank line that ends the frame being skipped; null: it has not come. */
  function afterSkipped(text: string): string | null {
    const joined = skipping + text;
    const end = BLANK_LINE.exec(joined);
    if (end !== null) {
      skipping = null;
      return joined.slice(end.index + 2);
    }
    skipping = joined.at(-1) ?? '';
    return null;
  }

  function count(events: readonly HostEvent[]): void {
    counters.events += events.length;
    for (const event of events) {
      if (event.type === 'malformed') counters.malformed += 1;
      else if (event.type === 'unknown') counters.unknown += 1;
    }
  }

  return {
    counters,
    push(bytes) {
      counters.bytes += bytes.length;
      let text: string | null = utf8.decode(bytes, STREAM);
      out = [];
      if (skipping !== null) text = afterSkipped(text);
      if (text === null || text === '') return out;
      if (text.length < CRUMB && !text.includes('\n') && !text.includes('\r')) {
        crumbs.push(text);
        crumbsLength += text.length;
        if (crumbsLength < CRUMB) return out;
        text = '';
      }
      if (crumbs.length > 0) {
        text = crumbs.join('') + text;
        crumbs = [];
        crumbsLength = 0;
      }
      feed(text);
      count(out);
      // Not kept: a quiet host's greeting would stay in memory for as long as it is quiet.
      const done = out;
      out = [];
      return done;
    },
  };
}

const STREAM = { stream: true } as const;
const CRUMB = 1024;
/** Two line ends in a row, in any of SSE's three forms; CR LF alone is none. */
const BLANK_LINE = /\n\n|\r\r|\n\r/;
