/**
 * The lines of logs that are followed, put together from pieces that end anywhere, in the order in which each began. Bounded: the
 * oldest go. Pure but for what it holds; time is passed in.
 */
import { logsTopic } from '../../src/model/frames.ts';
import { msOfTime } from '../../src/model/time.ts';
import { cleaned } from './ansi-text.ts';
import { createLogSeam, type LogPiece, type LogSeam } from './log-seam.ts';

/** As the frames have it. */
export interface LogOf { host: string; model?: string | undefined }

export interface LogLine {
  /** Rises from line to line. */
  readonly id: number;
  /** `live`: what stands above was written before it was followed. `restart`: the host began anew. */
  readonly kind: 'text' | 'dropped' | 'away' | 'live' | 'restart';
  readonly host: string;
  readonly source: string;
  readonly model: string | null;
  /** When it began to come to Drover, ms since 1970; null: before Drover was there. Of a mark: when it was made. */
  readonly at: number | null;
  /** With its colours (SGR sequences alone). */
  readonly text: string;
  /** `text`: more may come of this line. */
  readonly open: boolean;
  /** `dropped`: UTF-8 bytes that were never sent; `away`: ms without a connection; `restart`: the new boot. */
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
  /** Topics of which it is known what was written before. */
  readonly recalled: ReadonlySet<string>;
  /** A frame `log`. */
  append(log: LogOf & LogPiece, now: number): void;
  /** A frame `log.history`. What of it is here already does not come again. */
  recall(log: LogOf & { chunks: readonly LogPiece[] }, now: number): void;
  /** A host whose log is here is in another boot than before. */
  restarted(host: string, boot: number, now: number): void;
  /** Nothing comes any more from now on. */
  parted(now: number): void;
  /** All of a topic goes. */
  leave(topic: string): void;
  clear(): void;
}

type Origin = Pick<LogLine, 'host' | 'source' | 'model'>;
/** `away`: since when nothing comes, until the next text shows whether something is missing. `open`: the line whose end has not come, as it came: a sequence may be cut in two. */
interface Source { origin: Origin; topic: string; seam: LogSeam; away: number | null; open: { id: number; raw: string } | null }

export function createLogBook(limits: LogBookLimits = LOG_BOOK): LogBook {
  let lines: LogLine[] = [];
  let nextId = 1;
  let chars = 0;
  let gone = 0;
  const sources = new Map<string, Source>();
  const recalled = new Set<string>();
  /** By topic: the mark under what was written before, or null once something came behind it. */
  const marks = new Map<string, number | null>();

  const sourceOf = ({ host, model }: LogOf, source: string): Source => {
    const topic = logsTopic(host, model ?? null);
    const key = `${topic}\n${source}`;
    const held = sources.get(key) ?? { origin: { host, source, model: model ?? null }, topic, seam: createLogSeam(), away: null, open: null };
    sources.set(key, held);
    return held;
  };
  /** Its place, or -1: it has gone. */
  const placeOf = (id: number): number => {
    let [low, high] = [0, lines.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const found = lines[middle]!.id;
      if (found === id) return middle;
      if (found < id) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  };
  const push = (line: Omit<LogLine, 'id'>): number => {
    lines.push({ id: nextId, ...line });
    chars += line.text.length;
    nextId += 1;
    return nextId - 1;
  };
  const write = (id: number | null, line: Omit<LogLine, 'id'>): number => {
    const place = id === null ? -1 : placeOf(id);
    const before = lines[place];
    if (before === undefined) return push(line);
    chars += line.text.length - before.text.length;
    lines[place] = { ...line, id: before.id, at: before.at };
    return before.id;
  };
  /** More of the line that stands open, or of a new one; `whole`: this was its end. */
  const add = (source: Source, at: number | null, piece: string, whole: boolean): void => {
    const base = { ...source.origin, kind: 'text', at, amount: 0 } as const;
    let { id, raw } = source.open ?? { id: null, raw: '' };
    raw += piece;
    if (raw === '' && !whole) return;
    for (; raw.length > limits.lineChars; id = null, raw = raw.slice(limits.lineChars)) write(id, { ...base, text: cleaned(raw.slice(0, limits.lineChars)), open: false });
    const written = write(id, { ...base, text: cleaned(raw), open: !whole });
    source.open = whole ? null : { id: written, raw };
  };
  const mark = (kind: 'dropped' | 'away', source: Source, at: number, amount: number): void => {
    source.open = null;
    push({ ...source.origin, kind, at, text: '', open: false, amount });
  };
  const put = (source: Source, { at, text, dropped = 0 }: LogPiece, now: number): void => {
    if (dropped > 0) mark('dropped', source, now, dropped);
    const ms = at === null ? null : msOfTime(at);
    for (let from = 0; from <= text.length;) {
      const end = text.indexOf('\n', from);
      add(source, ms, text.slice(from, end === -1 ? undefined : end), end !== -1);
      from = end === -1 ? text.length + 1 : end + 1;
    }
  };
  const remove = (unwanted: (line: LogLine) => boolean): void => {
    lines = lines.filter((line) => !unwanted(line));
    chars = lines.reduce((sum, { text }) => sum + text.length, 0);
  };
  const trim = (): void => {
    let out = Math.max(0, lines.length - limits.lines);
    for (const { text } of lines.slice(0, out)) chars -= text.length;
    for (; chars > limits.chars && out < lines.length - 1; out += 1) chars -= lines[out]!.text.length;
    if (out > 0) lines.splice(0, out);
    gone += out;
  };
  /** What was written before: it stands above the topic's mark, as long as nothing live has come. */
  const before = (log: LogOf, pieces: readonly LogPiece[], now: number): void => {
    const topic = logsTopic(log.host, log.model ?? null);
    const fresh: { place: number; source: Source; piece: LogPiece }[] = [];
    for (const name of new Set(pieces.map((piece) => piece.source))) {
      const source = sourceOf(log, name);
      const places = pieces.flatMap((piece, place) => (piece.source === name ? [place] : []));
      const { fresh: own, joined } = source.seam.again(places.map((place) => pieces[place]!));
      for (const [at, piece] of own.entries()) fresh.push({ place: places[places.length - own.length + at]!, source, piece });
      if (!joined && source.away !== null) mark('away', source, now, now - source.away);
      else if (!joined) source.open = null;
      source.away = null;
    }
    if (fresh.length === 0) return;
    const held = marks.get(topic);
    if (typeof held === 'number') remove(({ id }) => id === held);
    for (const { source, piece } of fresh.sort((a, b) => a.place - b.place)) put(source, piece, now);
    if (held !== null) marks.set(topic, push({ host: log.host, model: log.model ?? null, source: '', kind: 'live', at: now, text: '', open: false, amount: 0 }));
    trim();
  };

  return {
    get lines() { return lines; },
    get nextId() { return nextId; },
    get gone() { return gone; },
    get chars() { return chars; },
    recalled,
    append(log, now) {
      if (log.at === null && log.text !== '') return before(log, [log], now);
      const source = sourceOf(log, log.source);
      if (source.away !== null) mark('away', source, now, now - source.away);
      source.away = null;
      source.seam.live(log);
      marks.set(source.topic, null);
      put(source, log, now);
      trim();
    },
    recall(log, now) {
      recalled.add(logsTopic(log.host, log.model ?? null));
      before(log, log.chunks, now);
    },
    restarted(host, boot, now) {
      const of = [...sources.values()].find(({ origin }) => origin.host === host);
      if (of === undefined) return;
      push({ host, model: of.origin.model, source: '', kind: 'restart', at: now, text: '', open: false, amount: boot });
      trim();
    },
    parted(now) {
      for (const source of sources.values()) source.away ??= now;
    },
    leave(topic) {
      for (const [key, source] of sources) if (source.topic === topic) sources.delete(key);
      recalled.delete(topic);
      marks.delete(topic);
      remove(({ host, model }) => logsTopic(host, model) === topic);
    },
    clear() {
      gone = 0;
      lines = [];
      chars = 0;
      for (const source of sources.values()) source.open = null;
    },
  };
}
