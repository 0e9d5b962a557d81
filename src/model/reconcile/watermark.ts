/** Which ids of a boot are settled: sets of ids as sorted ranges, and the mark that follows from them. */

/** First and last id, inclusive. */
export type IdRange = readonly [from: number, to: number];

/** A set of ids, kept as disjoint ranges in order: ids rise by one, so that a boot's whole life is a few of them. */
export interface IdSet {
  has(id: number): boolean;
  add(from: number, to?: number): void;
  remove(from: number, to?: number): void;
  /** The first id from `from` on that is not in the set. */
  nextFree(from: number): number;
  /** What of [from, to] is not in the set, ascending. */
  missing(from: number, to: number): IdRange[];
  highest(): number | null;
  /** As they are now: not to be kept. */
  ranges(): readonly IdRange[];
}

export function idSet(initial: Iterable<IdRange> = []): IdSet {
  return new Ranges(initial);
}

/** A class, since each host has ten of them: with closures a set took 600 bytes, most of them for methods that are now shared. */
class Ranges implements IdSet {
  readonly #held: [number, number][] = [];

  constructor(initial: Iterable<IdRange>) {
    for (const [from, to] of initial) this.add(from, to);
  }

  has(id: number): boolean {
    const range = this.#held[this.#find(id)];
    return range !== undefined && range[0] <= id;
  }

  add(from: number, to = from): void {
    if (to < from) return;
    const held = this.#held;
    // Ids mostly come in order: the last range grows.
    const last = held[held.length - 1];
    if (last !== undefined && from >= last[0] && from <= last[1] + 1) {
      if (to > last[1]) last[1] = to;
      return;
    }
    const first = this.#find(from - 1);
    let start = from;
    let end = to;
    let past = first;
    for (; past < held.length && held[past]![0] <= to + 1; past++) {
      start = Math.min(start, held[past]![0]);
      end = Math.max(end, held[past]![1]);
    }
    held.splice(first, past - first, [start, end]);
  }

  remove(from: number, to = from): void {
    if (to < from) return;
    const held = this.#held;
    const first = this.#find(from);
    const rest: [number, number][] = [];
    let past = first;
    for (; past < held.length && held[past]![0] <= to; past++) {
      const [start, end] = held[past]!;
      if (start < from) rest.push([start, from - 1]);
      if (end > to) rest.push([to + 1, end]);
    }
    held.splice(first, past - first, ...rest);
  }

  nextFree(from: number): number {
    const range = this.#held[this.#find(from)];
    return range !== undefined && range[0] <= from ? range[1] + 1 : from;
  }

  missing(from: number, to: number): IdRange[] {
    const held = this.#held;
    const gaps: IdRange[] = [];
    let at = from;
    for (let i = this.#find(from); i < held.length && at <= to; i++) {
      const [start, end] = held[i]!;
      if (start > to) break;
      if (start > at) gaps.push([at, start - 1]);
      at = Math.max(at, end + 1);
    }
    if (at <= to) gaps.push([at, to]);
    return gaps;
  }

  highest(): number | null {
    return this.#held[this.#held.length - 1]?.[1] ?? null;
  }

  ranges(): readonly IdRange[] {
    return this.#held;
  }

  /** Index of the first range that ends at `id` or above it. */
  #find(id: number): number {
    const held = this.#held;
    const last = held[held.length - 1];
    if (last === undefined || last[1] < id) return held.length;
    let low = 0;
    let high = held.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (held[middle]![1] < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** How many ids the ranges hold. */
export function countIds(ranges: Iterable<IdRange>): number {
  let count = 0;
  for (const [from, to] of ranges) count += to - from + 1;
  return count;
}

/** A boot's mark as it grows: `next` is the first id from `floor` on that is not settled. Never max(id): events overtake each other. */
export interface GrowingMark {
  settle(from: number, to?: number): void;
  /** The backward import has come so far. Does nothing upwards. */
  lower(floor: number): void;
  readonly floor: number;
  readonly next: number;
  readonly settled: IdSet;
}

export function growingMark(begin: { floor: number; next: number; settledAbove?: Iterable<number> }): GrowingMark {
  let floor = begin.floor;
  let wanted = begin.floor;
  const settled = idSet(begin.next > begin.floor ? [[begin.floor, begin.next - 1]] : []);
  for (const id of begin.settledAbove ?? []) settled.add(id);
  return {
    settle: (from, to = from) => settled.add(from, to),
    lower(to) {
      wanted = Math.min(wanted, to);
    },
    get floor() {
      // Only as far as all between is settled: a floor must not jump over rows that are still on their way.
      if (wanted < floor) {
        const unsettled = settled.missing(wanted, floor - 1);
        floor = (unsettled[unsettled.length - 1]?.[1] ?? wanted - 1) + 1;
      }
      return floor;
    },
    get next() {
      return settled.nextFree(this.floor);
    },
    settled,
  };
}
