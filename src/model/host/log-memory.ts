/** The end of a log as it was passed on, for readers who come later. Bounded for each of its sources, so that a loud one takes nothing from the others. */
import { msOfTime, timeOfMs } from '../time.ts';
import { copied, endOf } from './log-text.ts';

/** A piece of a log, of one source. It ends anywhere. */
export interface LogChunk {
  source: string;
  /** When Drover received it; null: the host remembered it and does not say when it was written. */
  at: string | null;
  text: string;
  /** UTF-8 bytes that were lost before it. */
  dropped: number;
}

export interface LogMemory {
  add(chunk: LogChunk): void;
  /** In the order in which they were added. */
  chunks(): LogChunk[];
}

/** Of one source: `keptChars` UTF-16 units, in `keptChunks` pieces at most. */
export interface LogMemoryLimits { keptChars: number; keptChunks: number }

/** A host has two, and Drover a word of its own; what names more of them is broken. */
const SOURCES = 3;

/** One source's end: its text in one piece, and of each chunk only numbers. A chunk as an object of its own would cost more than a line of text. */
interface Tail {
  text: string;
  /** By place, oldest first: of all sources' chunks the how-manieth, ms since 1970 (NaN: unknown), UTF-16 units, bytes lost before. */
  order: number[];
  at: number[];
  chars: number[];
  dropped: number[];
  /** Pieces that hang on the text unjoined. */
  loose: number;
}

const NO_TAIL = (): Tail => ({ text: '', order: [], at: [], chars: [], dropped: [], loose: 0 });
/** Joined after so many: until then each piece lies in memory as it came. */
const LOOSE = 32;

export function createLogMemory(limits: LogMemoryLimits): LogMemory {
  const sources = new Map<string, Tail>();
  let order = 0;
  return {
    add({ source, at, text, dropped }) {
      const held = sources.get(source);
      if (held === undefined && sources.size >= SOURCES) return;
      const end = endOf(text, limits.keptChars);
      // Nothing stays ahead of what was cut: it would look as if it went on there.
      const tail = held === undefined || end.length < text.length ? NO_TAIL() : held;
      sources.set(source, tail);
      tail.text += copied(end);
      tail.order.push(order++);
      tail.at.push(at === null ? Number.NaN : msOfTime(at));
      tail.chars.push(end.length);
      tail.dropped.push(dropped);
      tail.loose += 1;
      cut(tail, limits);
    },
    chunks: () => [...sources].flatMap(([source, tail]) => chunksOf(source, tail)).sort((a, b) => a.order - b.order).map(({ chunk }) => chunk),
  };
}

/** Takes the oldest out, and joins what is left where that is worth it. */
function cut(tail: Tail, { keptChars, keptChunks }: LogMemoryLimits): void {
  let out = 0;
  let chars = 0;
  for (; tail.order.length - out > keptChunks || tail.text.length - chars > keptChars; out += 1) chars += tail.chars[out]!;
  if (out > 0) for (const list of [tail.order, tail.at, tail.chars, tail.dropped]) list.splice(0, out);
  if (chars > 0) tail.text = tail.text.slice(chars);
  if (tail.loose < LOOSE) return;
  tail.text = copied(tail.text);
  tail.loose = 0;
}

function chunksOf(source: string, { text, order, at, chars, dropped }: Tail): { order: number; chunk: LogChunk }[] {
  let from = 0;
  return order.map((place, index) => {
    const to = from + chars[index]!;
    const chunk = { source, at: Number.isNaN(at[index]) ? null : timeOfMs(at[index]!), text: text.slice(from, to), dropped: dropped[index]! };
    from = to;
    return { order: place, chunk };
  });
}
