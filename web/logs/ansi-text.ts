/** Text of a terminal: what of its control sequences is kept, and its colours as the few that the page has. Pure. */
import Anser, { type AnserJsonEntry } from 'anser';

const ESC = String.fromCharCode(27);
const BEL = String.fromCharCode(7);
const SGR = `${ESC}\\[[\\d;]*m`;
const CONTROL = /[^\P{Cc}\t]/u;
/** CSI (also one whose end is still to come), a character set, OSC, two-character escapes, any other control character but the tab. */
const SEQUENCES = new RegExp(`${ESC}\\[[0-?]*[ -/]*(?:[@-~]|$)|${ESC}[()*+][0-9A-Za-z]|${ESC}\\][^${BEL}${ESC}]*(?:${BEL}|${ESC}\\\\)?|${ESC}[ -~]?|[^\\P{Cc}\\t]`, 'gu');
const ONE_SGR = new RegExp(`^${SGR}$`, 'u');
const ALL_SGR = new RegExp(SGR, 'gu');

/** One line as a terminal would leave it: written over from the last carriage return, moved by nothing, coloured. */
export function cleaned(line: string): string {
  if (!CONTROL.test(line)) return line;
  const drawn = line.split('\r').filter((part) => part !== '').at(-1) ?? '';
  return drawn.replaceAll(SEQUENCES, (sequence) => (ONE_SGR.test(sequence) ? sequence : ''));
}

/** Of a cleaned line: what is read and searched. */
export function plain(line: string): string {
  return line.includes(ESC) ? line.replaceAll(ALL_SGR, '') : line;
}

/** A run of text that looks the same. */
export interface Span { text: string; look: string }

/** Of a cleaned line. Their texts joined are `plain`. */
export function spansOf(line: string): Span[] {
  if (!line.includes(ESC)) return levelSpans(line);
  return Anser.ansiToJson(line, { json: true, remove_empty: true, use_classes: true }).map((entry) => ({ text: entry.content, look: lookOf(entry) }));
}

const LEVEL = /^(.{0,40}?)\[?\b(ERROR|FATAL|WARN(?:ING)?)\b\]?/;

/** A log without colours still names its troubles at the beginning of a line. */
function levelSpans(line: string): Span[] {
  const [found, before = '', level = ''] = LEVEL.exec(line) ?? [];
  if (found === undefined) return [{ text: line, look: '' }];
  const spans = [{ text: before, look: '' }, { text: found.slice(before.length), look: level.startsWith('WARN') ? 'text-warn' : 'text-bad' }, { text: line.slice(found.length), look: '' }];
  return spans.filter(({ text }) => text !== '');
}

const TONES: Readonly<Record<string, string>> = {
  black: 'text-faint', red: 'text-bad', green: 'text-good', yellow: 'text-warn', blue: 'text-accent', magenta: 'text-held', cyan: 'text-busy', white: 'text-ink',
};

function lookOf({ fg, bg, fg_truecolor: fgTrue, bg_truecolor: bgTrue, decorations }: AnserJsonEntry): string {
  const looks: string[] = [];
  const text = tone(fg, fgTrue);
  const ground = tone(bg, bgTrue);
  if (ground !== null) looks.push(text === null || text === 'text-faint' ? 'text-ink' : text);
  else if (text !== null) looks.push(text);
  if (ground !== null || decorations.includes('reverse')) looks.push('bg-line');
  if (decorations.includes('bold')) looks.push('font-semibold');
  if (decorations.includes('dim') && text === null) looks.push('text-soft');
  if (decorations.includes('italic')) looks.push('italic');
  if (decorations.includes('underline')) looks.push('underline');
  if (decorations.includes('strikethrough')) looks.push('line-through');
  return looks.join(' ');
}

/** `ansi-red`, `ansi-bright-red`, `ansi-palette-208`, `ansi-truecolor` with `r, g, b`; null: none. */
function tone(name: string | null, trueColour: string | null): string | null {
  if (!name) return null;
  const palette = /^ansi-palette-(\d+)$/.exec(name)?.[1];
  if (palette !== undefined) return nearest(...paletteColour(Number(palette)));
  if (name === 'ansi-truecolor') {
    const [r = 0, g = 0, b = 0] = (trueColour ?? '').split(',').map(Number);
    return nearest(r, g, b);
  }
  const bright = name.startsWith('ansi-bright-');
  const colour = name.slice(bright ? 'ansi-bright-'.length : 'ansi-'.length);
  return TONES[colour] ?? null;
}

/** The page's colour of the same hue: it is the one that can be read on its ground. */
export function nearest(r: number, g: number, b: number): string {
  const [most, least] = [Math.max(r, g, b), Math.min(r, g, b)];
  const range = most - least;
  if (range < 40) return most < 110 ? 'text-faint' : most < 190 ? 'text-soft' : 'text-ink';
  const hue = (60 * (most === r ? (g - b) / range : most === g ? 2 + (b - r) / range : 4 + (r - g) / range) + 360) % 360;
  if (hue < 20 || hue >= 340) return 'text-bad';
  if (hue < 75) return 'text-warn';
  if (hue < 165) return 'text-good';
  if (hue < 255) return 'text-accent';
  return 'text-held';
}

const STEPS = [0, 95, 135, 175, 215, 255];
const BASE: readonly [number, number, number][] = [[0, 0, 0], [205, 0, 0], [0, 205, 0], [205, 205, 0], [0, 0, 238], [205, 0, 205], [0, 205, 205], [229, 229, 229]];

/** xterm's 256: sixteen, a cube of six steps a side, greys. */
function paletteColour(at: number): [number, number, number] {
  if (at < 16) return [...BASE[at % 8] ?? BASE[7]!] as [number, number, number];
  if (at >= 232) return [8 + 10 * (at - 232), 8 + 10 * (at - 232), 8 + 10 * (at - 232)];
  const step = (place: number): number => STEPS[Math.floor((at - 16) / place) % 6] ?? 0;
  return [step(36), step(6), step(1)];
}
