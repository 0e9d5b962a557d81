/** The end of a log as it was passed on, for readers who come later. Bounded for each of its sources, so that a loud one takes nothing from the others. */
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

interface Kept { order: number; chunk: LogChunk }

export function createLogMemory(limits: LogMemoryLimits): LogMemory {
  const sources = new Map<string, { kept: Kept[]; chars: number }>();
  let order = 0;
  return {
    add(chunk) {
      const held = sources.get(chunk.source) ?? { kept: [], chars: 0 };
      if (held.kept.length === 0 && !sources.has(chunk.source)) {
        if (sources.size >= SOURCES) return;
        sources.set(chunk.source, held);
      }
      const text = copied(endOf(chunk.text, limits.keptChars));
      // Nothing stays ahead of what was cut: it would look as if it went on there.
      if (text.length < chunk.text.length) Object.assign(held, { kept: [], chars: 0 });
      held.kept.push({ order: order++, chunk: { ...chunk, text } });
      held.chars += text.length;
      let out = Math.max(0, held.kept.length - limits.keptChunks);
      for (const { chunk: gone } of held.kept.slice(0, out)) held.chars -= gone.text.length;
      for (; held.chars > limits.keptChars; out += 1) held.chars -= held.kept[out]!.chunk.text.length;
      if (out > 0) held.kept.splice(0, out);
    },
    chunks: () => [...sources.values()].flatMap(({ kept }) => kept).sort((a, b) => a.order - b.order).map(({ chunk }) => chunk),
  };
}
