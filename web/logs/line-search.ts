/** One search in the lines on hand, which come and go. It works in a worker, a batch at a time, and ends when a batch takes too long. */
import { plain } from './ansi-text.ts';
import type { LogLine } from './log-book.ts';
import type { Range, SearchAnswer, SearchOrder } from './log-search.ts';

export interface LineSearch {
  /** The lines that matter now; those that were not looked at yet are. */
  look: (lines: readonly LogLine[]) => void;
  /** Where in the line; null: nowhere, or not looked at yet. */
  found: (line: LogLine) => readonly Range[] | null;
  /** It took too long, and looks no more. */
  tooLong: () => boolean;
  end: () => void;
}

const BATCH_LINES = 2_000;
const BATCH_CHARS = 1_000_000;
const TOO_LONG_MS = 1_500;

/** `changed`: after each batch. */
export function createLineSearch(regex: RegExp, changed: () => void): LineSearch {
  const known = new WeakMap<LogLine, readonly Range[] | null>();
  let wanted: readonly LogLine[] = [];
  let asked: LogLine[] = [];
  let worker: Worker | null = null;
  let ready = false;
  let spent = false;
  let timer: ReturnType<typeof setTimeout> | null = null;

  function start(): Worker {
    const started = new Worker(new URL('./search-worker.ts', import.meta.url), { type: 'module' });
    started.addEventListener('message', ({ data }: MessageEvent<'ready' | SearchAnswer>) => {
      if (started !== worker) return;
      ready = true;
      if (data !== 'ready') {
        asked.forEach((line, at) => known.set(line, data[at] ?? null));
        asked = [];
        changed();
      }
      next();
    });
    return started;
  }

  function next(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (worker === null || !ready || asked.length > 0) return;
    let chars = 0;
    for (const line of wanted) {
      if (line.kind !== 'text' || known.has(line)) continue;
      asked.push(line);
      chars += line.text.length;
      if (asked.length >= BATCH_LINES || chars >= BATCH_CHARS) break;
    }
    if (asked.length === 0) return;
    worker.postMessage({ regex, texts: asked.map(({ text }) => plain(text)) } satisfies SearchOrder);
    timer = setTimeout(() => {
      spent = true;
      end();
      changed();
    }, TOO_LONG_MS);
  }

  function end(): void {
    worker?.terminate();
    worker = null;
    ready = false;
    asked = [];
    if (timer !== null) clearTimeout(timer);
    timer = null;
  }

  return {
    look(lines) {
      wanted = lines;
      if (spent) return;
      worker ??= start();
      if (asked.length === 0) next();
    },
    found: (line) => known.get(line) ?? null,
    tooLong: () => spent,
    end,
  };
}
