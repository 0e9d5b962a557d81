/**
 * Is the process the one of before? A host sends its log's history on every connect: a process that went on still has the lines
 * that we saw last.
 */

/** What a connection tells of the process behind it. */
export type ProcessKnown = 'same' | 'new' | 'unknown';

/** Lines remembered a source. */
const REMEMBERED = 20;
/** A host keeps that many bytes of history a source: a fuller one may have pushed our lines out. */
const HISTORY_BYTES = 100 * 1024;
/** The lines of a start repeat from boot to boot: two or fewer in common prove nothing (recordings: 0 to 2 over a restart). */
const PROOF_LINES = 3;/** Lines that may have come twice around a connect: live and in the history. */
const DOUBLED = 2;
/** The source whose lines name times and requests. Those of the model servers repeat with every load. */
const PROXY = 'proxy';
/** Texts wait until so many lines, or characters, are there: of a busy log hardly a line is ever hashed. */
const TAIL_LINES = 2 * REMEMBERED;
const TAIL_CHARS = 8_192;
/** Characters kept of a line whose end has not come. */
const REST_CHARS = 65_536;

export interface LogLines {
  /** `decided`: the boot was, on the connection before; else its process is nobody's, and what was known before it stays. */
  connected(decided: boolean): void;
  /** Every `logData`; the first of a source on a connection is its history, but a live line may come before that. */
  text(source: string, text: string): void;
  /** Has any history come on this connection? */
  heard(): boolean;
  /** About the process of the last connection that was decided, from all that came until the first call: then the history is forgotten. */
  verdict(): ProcessKnown;
  /** The last decision is taken back: the lines prove nothing, on this connection too. */
  forget(): void;
}

interface Source {
  /** Hashes of the last complete lines, oldest first. */
  last: number[];
  /** Lines of this connection in all, and of its longest text: the history. */
  lines: number;
  longest: number;
  /** Hashes that this connection has shown; only until the verdict is given. */
  shown: Set<number> | null;
  rest: string;
  bytes: number;
  /** After the verdict: texts that are not taken apart yet, enough for the last lines. */
  tail: { texts: string[]; ends: number[]; lines: number; chars: number; cut: boolean };
}

export function createLogLines(): LogLines {
  let before = new Map<string, { lines: readonly number[]; seen: number }>();
  let now = new Map<string, Source>();
  let given: ProcessKnown | null = null;

  const judge = (): ProcessKnown => {
    let proof = 0;
    let lacking = false;
    for (const [name, { lines, seen }] of before) {
      const source = now.get(name);
      if (source === undefined || source.shown === null) {
        lacking = true;
        continue;
      }
      const short = source.bytes < HISTORY_BYTES - 1024;
      if (!holdsAll(source.shown, lines)) {
        if (short) return 'new';
        lacking = true;
        continue;
      }
      // Polls make alike lines in every process; but one that has just begun has not made as many.
      if (short && source.longest < seen - DOUBLED) lacking = true;
      if (name === PROXY) proof = new Set(lines).size;
    }
    return !lacking && proof >= PROOF_LINES ? 'same' : 'unknown';
  };

  return {
    connected(decided) {
      for (const source of now.values()) fold(source);
      if (decided && now.size > 0) before = new Map([...now].filter(([, { last }]) => last.length > 0).map(([name, { last, lines }]) => [name, { lines: last, seen: lines }]));
      now = new Map();
      given = null;
    },
    text(name, text) {
      let source = now.get(name);
      if (source === undefined) {
        if (now.size >= 8) return;
        source = { last: [], lines: 0, longest: 0, shown: new Set(), rest: '', bytes: 0, tail: emptyTail() };
        now.set(name, source);
      }
      if (source.shown === null) return later(source, text);
      source.bytes += utf8Bytes(text);
      const lines = (source.rest + text).split('\n');
      source.longest = Math.max(source.longest, lines.length - 1);
      source.rest = (lines.pop() ?? '').slice(-REST_CHARS);
      for (const each of lines) {
        const line = each.trim();
        if (line === '') continue;
        const hash = hashLine(line);
        source.lines += 1;
        source.shown.add(hash);
        source.last.push(hash);
        if (source.last.length > REMEMBERED) source.last.shift();
      }
      if (source.bytes > 2 * HISTORY_BYTES) source.shown = null;
    },
    heard: () => now.size > 0,
    verdict() {
      given ??= judge();
      for (const source of now.values()) source.shown = null;
      return given;
    },
    forget() {
      before = new Map();
      given = 'unknown';
    },
  };
}

/** A text after the verdict: what is older than the last lines goes unread. */
function later(source: Source, text: string): void {
  const { tail } = source;
  const lines = lineEnds(text);
  source.lines += lines;
  tail.texts.push(text);
  tail.ends.push(lines);
  tail.lines += lines;
  tail.chars += text.length;
  while (tail.texts.length > 1) {
    const ends = tail.ends[0]!;
    if (tail.lines - ends < TAIL_LINES) break;
    tail.lines -= ends;
    tail.chars -= tail.texts[0]!.length;
    tail.texts.shift();
    tail.ends.shift();
    tail.cut = true;
  }
  if (tail.chars > TAIL_CHARS) fold(source);
}

/** Hashes the last lines of what waits. */
function fold(source: Source): void {
  const { tail } = source;
  if (tail.texts.length === 0) return;
  let text = (tail.cut ? '' : source.rest) + tail.texts.join('');
  let { cut } = tail;
  source.tail = emptyTail();
  if (text.length > REST_CHARS) {
    text = text.slice(-REST_CHARS);
    cut = true;
  }
  const lines = text.split('\n');
  source.rest = lines.pop() ?? '';
  // What stands before the first line's end may be a part of it; what was known before is too old then.
  if (cut) {
    lines.shift();
    source.last = [];
  }
  const hashes: number[] = [];
  for (let i = lines.length - 1; i >= 0 && hashes.length < REMEMBERED; i--) {
    const line = lines[i]!.trim();
    if (line !== '') hashes.push(hashLine(line));
  }
  source.last = [...source.last, ...hashes.reverse()].slice(-REMEMBERED);
}

const emptyTail = (): Source['tail'] => ({ texts: [], ends: [], lines: 0, chars: 0, cut: false });

function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Each at least once: a line that is written while we connect comes live and in the history. */
function holdsAll(shown: ReadonlySet<number>, lines: readonly number[]): boolean {
  return lines.every((line) => shown.has(line));
}

/** FNV-1a over UTF-16 units, twice with different seeds, as one number of 53 bits: no line is kept, and no two are confused by chance. */
function hashLine(line: string): number {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < line.length; i++) {
    const unit = line.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193);
    b = Math.imul(b ^ unit, 0x5bd1e995);
  }
  return (a >>> 0) * 0x200000 + ((b >>> 0) & 0x1fffff);
}

function utf8Bytes(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) bytes += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return bytes;
}
