/** From stretches of time to what can be drawn of them: a range in equal cells, each filled by how much of it each state took. */
import type { LivenessState } from '../../../src/model/host/liveness.ts';
import type { Stretch } from './liveness-band.ts';

/** Of a cell's height or, `y` from its top, 0 to 1. */
export interface Layer { state: LivenessState; sure: boolean; y: number; height: number }
export interface Part { state: LivenessState | null; sure: boolean; /** Of the cell's time. */ part: number }
/** Cells side by side that lie in one stretch are one; it then has one part. Times are ms since 1970. */
export interface Cell { from: number; to: number; /** The one that it lies in; null: it is mixed. */ stretch: Stretch | null; /** Worst last. */ parts: readonly Part[] }

/** From what is well to the worst. */
export const BY_HARM: readonly LivenessState[] = ['live', 'disabled', 'connecting', 'stale', 'down', 'quarantined'];
const harm = ({ state }: { state: LivenessState | null }): number => (state === null ? -1 : BY_HARM.indexOf(state));
const FIRST_HARM = BY_HARM.indexOf('connecting');
/** The worst of a cell is never lower than can be seen, however short it was. */
const LEAST = 0.25;

/** `stretches`: one after the other, without a hole. */
export function cellsOf(stretches: readonly Stretch[], { from, to }: { from: number; to: number }, count: number): Cell[] {
  const cells: Cell[] = [];
  const width = (to - from) / count;
  let first = 0;
  for (let i = 0; i < count; i++) {
    const [begin, end] = [from + i * width, from + (i + 1) * width];
    while (first < stretches.length && stretches[first]!.to <= begin) first += 1;
    const inside: Stretch[] = [];
    for (let at = first; at < stretches.length && stretches[at]!.from < end; at++) inside.push(stretches[at]!);
    const [one, another] = inside;
    if (one === undefined) continue;
    const last = cells.at(-1);
    if (another !== undefined) cells.push({ from: begin, to: end, stretch: null, parts: partsOf(inside, begin, end) });
    else if (last?.stretch === one) last.to = end;
    else cells.push({ from: begin, to: end, stretch: one, parts: [{ state: one.state, sure: one.sure, part: 1 }] });
  }
  return cells;
}

function partsOf(inside: readonly Stretch[], begin: number, end: number): Part[] {
  const parts = new Map<string, Part>();
  for (const { state, sure, from, to } of inside) {
    const key = `${state ?? ''} ${sure}`;
    const part = (Math.min(to, end) - Math.max(from, begin)) / (end - begin);
    parts.set(key, { state, sure, part: part + (parts.get(key)?.part ?? 0) });
  }
  return [...parts.values()].sort((a, b) => harm(a) - harm(b));
}

/** One upon the other, the worst at the bottom; of what is not known the cell stays empty. */
export function layersOf({ parts }: Pick<Cell, 'parts'>): Layer[] {
  const worst = parts.at(-1);
  const raised = worst !== undefined && harm(worst) >= FIRST_HARM && worst.part < LEAST ? worst : null;
  const shrink = raised === null ? 1 : (1 - LEAST) / (1 - raised.part);
  const layers: Layer[] = [];
  let y = 0;
  for (const one of parts) {
    const height = one === raised ? LEAST : one.part * shrink;
    if (one.state !== null) layers.push({ state: one.state, sure: one.sure, y, height });
    y += height;
  }
  return layers;
}
