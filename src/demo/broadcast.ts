/** The open event streams of one host, and everything that can go wrong between a frame and its readers. */
import { releaseNumber, sendBuffer, type Release } from './releases.ts';
import type { DropOptions } from './sim-types.ts';
import { frameText, type Frame } from './stream-mouth.ts';
import type { Sink } from './wire.ts';

export interface BroadcastHooks {
  release(): Release;
  /** Writes a line into the host's own log, which is a frame again. */
  warn(): void;
  /** The host answers nothing from now on, or answers again. */
  wedge(on: boolean): void;
}

interface Held {
  text: string;
  went(): void;
}

export function createBroadcast(hooks: BroadcastHooks) {
  const streams = new Set<Sink>();
  /** Readers that overflowed on a release that hangs until they have gone. */
  const wedging = new Set<Sink>();
  let drops: { left: number; kinds: string[] | null; aftermath: boolean } | null = null;
  let doubles = 0;
  let reversed: { left: number; held: Held[] } | null = null;
  let split: number | null = null;
  let warning = false;
  let mute = false;

  function write(sink: Sink, bytes: Uint8Array): void {
    if (split === null) return sink.chunk(bytes);
    for (let at = 0; at < bytes.length; at += split) sink.chunk(bytes.subarray(at, at + split));
  }

  function dropped(sinks: Iterable<Sink>): void {
    const n = releaseNumber(hooks.release());
    if (n <= 217) return;
    if (n <= 232) {
      for (const sink of sinks) wedging.add(sink);
      hooks.wedge(true);
    } else if (!warning) {
      // A real host logs each drop, that of a warning too, and storms; one line a drop keeps a test readable.
      warning = true;
      hooks.warn();
      warning = false;
    }
  }

  function out(text: string): boolean {
    const bytes = Buffer.from(text);
    const full: Sink[] = [];
    const limit = sendBuffer(hooks.release());
    for (const sink of streams) {
      if (sink.backlog() >= limit) full.push(sink);
      else write(sink, bytes);
    }
    if (full.length > 0) dropped(full);
    return full.length < streams.size;
  }

  return {
    streams,
    /** `went`: called when it has gone out to somebody. A frame that is held back may never do so. */
    emit(frame: Frame, went: () => void = () => {}): void {
      if (streams.size === 0 || mute || wedging.size > 0) return;
      if (drops !== null && !warning && (drops.kinds === null || drops.kinds.includes(frame.kind))) {
        drops.left -= 1;
        const { aftermath } = drops;
        if (drops.left <= 0) drops = null;
        if (aftermath) dropped([...streams]);
        return;
      }
      const text = frameText(frame);
      if (reversed !== null) {
        reversed.held.push({ text, went });
        reversed.left -= 1;
        if (reversed.left > 0) return;
        const { held } = reversed;
        reversed = null;
        for (const one of held.reverse()) if (out(one.text)) one.went();
        return;
      }
      if (doubles > 0) {
        doubles -= 1;
        out(text);
      }
      if (out(text)) went();
    },
    /** Frames for one reader that has just come. */
    greet(sink: Sink, frames: Frame[]): void {
      for (const frame of frames) write(sink, Buffer.from(frameText(frame)));
      streams.add(sink);
    },
    leave(sink: Sink): void {
      streams.delete(sink);
      if (wedging.delete(sink) && wedging.size === 0) hooks.wedge(false);
    },
    endAll(how: 'cut' | 'complete'): void {
      const all = [...streams];
      const wedged = wedging.size > 0;
      streams.clear();
      wedging.clear();
      reversed = null;
      if (wedged) hooks.wedge(false);
      for (const sink of all) {
        if (how === 'cut') sink.cut();
        else sink.end();
      }
    },
    inject(bytes: Uint8Array | string): void {
      const raw = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
      for (const sink of streams) write(sink, raw);
    },
    dropNext(count: number, { kinds, aftermath = true }: DropOptions = {}): void {
      drops = count > 0 ? { left: count, kinds: kinds ?? null, aftermath } : null;
    },
    doubleNext(count: number): void { doubles = count; },
    reverseNext(count: number): void { reversed = count > 1 ? { left: count, held: [] } : null; },
    splitStreams(bytes: number | null): void { split = bytes; },
    mute(on: boolean): void { mute = on; },
  };
}

export type Broadcast = ReturnType<typeof createBroadcast>;
