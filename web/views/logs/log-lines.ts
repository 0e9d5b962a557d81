/**
 * The lines of logs that are followed, put together from chunks that end anywhere, in the order in which each began. Bounded: the
 * oldest go. Pure but for what it holds; time is passed in.
 */
import { cleaned } from './ansi-text.ts';

export interface LogChunk { host: string; source: string; text: string; dropped?: number | undefined; model?: string | undefined }

export interface LogLine {
  /** Rises by one a line; the place in the book is `id` less the first one's. */
  readonly id: number;
  readonly kind: 'text' | 'dropped' | 'away';
  readonly host: string;
  readonly source: string;
  readonly model: string | null;
  /** When it began to come to this page, ms since 1970. */
  readonly at: number;
  /** With its colours (SGR sequences alone). */
  readonly text: string;
  /** `text`: more may come of this line. */
  readonly open: boolean;
  /** `dropped`: UTF-8 bytes that were never sent; `away`: ms without a connection. */
  readonly amount: number;
}

export interface LogBookLimits {
  lines: number;
  /** UTF-16 units of all lines together. */
  chars: number;
  /** A line without an end is cut there and goes on in the next. */
  lineChars: number;
}
/** About 8 MB of text in memory. */
export const LOG_BOOK: LogBookLimits = { lines: 20_000, chars: 4_000_000, lineChars: 256_000 };

export interface LogBook {
  /** Changed in place: who wants it to stay takes a copy. */
  readonly lines: readonly LogLine[];
  /** The id that the next line gets. */
  readonly nextId: number;
  /** Lines that have gone. */
  readonly gone: number;
  readonly chars: number;
  append(chunk: LogChunk, at: number): void;
  /** The connection was away for so many ms: what was written meanwhile is not here. */
  away(ms: number, at: number): void;
  clear(): void;
}

export function createLogBook(limits: LogBookLimits = LOG_BOOK): LogBook {
  let lines: LogLine[] = [];
  let nextId = 1;
  let chars = 0;
  let gone = 0;
  /** Lines whose end has not come, by log, as they came: a sequence may be cut in two. */
  const open = new Map<string, { id: number; raw: string }>();

  const write = (id: number | undefined, line: Omit<LogLine, 'id'>): number => {
    const before = id === undefined || lines[0] === undefined ? undefined : lines[id - lines[0].id];
    chars += line.text.length - (before?.text.length ?? 0);
    if (before !== undefined) {
      lines[before.id - lines[0]!.id] = { ...line, id: before.id, at: before.at };
      return before.id;
    }
    lines.push({ id: nextId, ...line });
    nextId += 1;
    return nextId - 1;
  };
  /** More of the line that stands open, or of a new one; `whole`: this was its end. */
  const add = (key: string, base: Pick<LogLine, 'host' | 'source' | 'model' | 'at'>, piece: string, whole: boolean): void => {
    let { id, raw } = open.get(key) ?? { id: undefined, raw: '' };
    raw += piece;
    if (raw === '' && !whole) return;
    for (; raw.length > limits.lineChars; id = undefined, raw = raw.slice(limits.lineChars)) write(id, { ...base, kind: 'text', text: cleaned(raw.slice(0, limits.lineChars)), open: false, amount: 0 });
    const written = write(id, { ...base, kind: 'text', text: cleaned(raw), open: !whole, amount: 0 });
    if (whole) open.delete(key);
    else open.set(key, { id: written, raw });
  };
  const mark = (kind: 'dropped' | 'away', base: Pick<LogLine, 'host' | 'source' | 'model' | 'at'>, amount: number): void => {
    write(undefined, { ...base, kind, text: '', open: false, amount });
  };
  const trim = (): void => {
    let out = Math.max(0, lines.length - limits.lines);
    for (const { text } of lines.slice(0, out)) chars -= text.length;
    for (; chars > limits.chars && out < lines.length - 1; out += 1) chars -= lines[out]!.text.length;
    if (out > 0) lines.splice(0, out);
    gone += out;
  };

  return {
    get lines() { return lines; },
    get nextId() { return nextId; },
    get gone() { return gone; },
    get chars() { return chars; },
    append({ host, source, text, dropped = 0, model = null }, at) {
      const key = `${host}\n${source}\n${model ?? ''}`;
      const base = { host, source, model, at };
      if (dropped > 0) {
        open.delete(key);
        mark('dropped', base, dropped);
      }
      for (let from = 0; from <= text.length;) {
        const end = text.indexOf('\n', from);
        add(key, base, text.slice(from, end === -1 ? undefined : end), end !== -1);
        from = end === -1 ? text.length + 1 : end + 1;
      }
      trim();
    },
    away(ms, at) {
      open.clear();
      mark('away', { host: '', source: '', model: null, at }, ms);
      trim();
    },
    clear() {
      gone = 0;
      lines = [];
      chars = 0;
      open.clear();
    },
  };
}
