/**
 * Brings the tail its rows: the socket's as they come, history's by pages. One feed for one set of criteria, and for one place: it
 * begins at the newest row, or, anchored, at an older one that somebody came to see. An anchored feed stands still for as long as it
 * lives: its history ends just after that row, so that no hole can lie in it; what comes live waits and is counted; and the way to
 * newer rows is a feed that begins at the newest.
 */
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import type { Gap } from '../../../src/model/records/gap.ts';
import { api, ApiFault, withQuery } from '../../state/api.ts';
import { onRefill, onStream } from '../../state/connection.ts';
import { createDrawing } from '../../state/drawing.ts';
import { activityQuery, gapQuery, instantAfter, sieveOf, upTo, type Criteria } from './criteria.ts';
import { gapTime, isGap, type Entry } from './entries.ts';
import { arrived, EMPTY_TAIL, gapsArrived, newestRead, olderRead, paused, resumed, TAIL_LIMITS, type Tail } from './tail.ts';

export interface FeedState {
  tail: Tail;
  /** `whole`: nothing older exists. `full`: no more is read into memory. */
  history: 'reading' | 'more' | 'whole' | 'full';
  /** Why history could not be read; null: it could. */
  fault: unknown;
}

export interface Feed {
  state: () => FeedState;
  anchored: boolean;
  /** Whether the filters let it through. */
  passes: (entry: Entry) => boolean;
  subscribe: (listener: () => void) => () => void;
  /** Returns its end. */
  start: () => () => void;
  pause: () => void;
  resume: () => void;
  /** The next older page, unless one is under way. */
  older: () => void;
  retry: () => void;
}

interface Page { rows: ActivityRow[]; nextCursor: string | null }

/** Where more is shown, a whole page is read again, so that the list does not shrink under who looks. */
const FIRST_PAGE = 200;
const PAGE = 1_000;
/** A hidden page is drawn by no frame of the screen. */
const HIDDEN_MS = 500;
/** Rows taken in before a frame of the screen shows them. */
const BATCH_ROWS = 1_000;
/** Rows that were on their way to the database when history was read first, or after a hole, are there by then. */
const AGAIN_MS = 2_000;
const RETRY_MS = 5_000;

/**
 * `recent`: rows that came live before this feed began, whatever they are: the newest of them are not in the history yet.
 * `anchor`: the time of the row to begin at; null, or a time that the criteria leave out: the newest.
 */
export function createFeed(criteria: Criteria, recent: () => readonly ActivityRow[], anchor: string | null): Feed {
  const bound = anchor === null ? null : upTo(criteria, anchor, Date.now());
  const asked = bound ?? criteria;
  const hasPlace = (gap: Gap): boolean => sieve.gap(gap) && (bound === null || gapTime(gap) < bound.to);
  let state: FeedState = { tail: bound === null ? EMPTY_TAIL : paused(EMPTY_TAIL), history: 'reading', fault: null };
  let sieve = sieveOf(criteria, Date.now());
  let cursor: string | null = null;
  let arriving: ActivityRow[] = [];
  let arrivingGaps: Gap[] = [];
  const drawing = createDrawing(takeIn, HIDDEN_MS);
  let reading: AbortController | null = null;
  /** What failed, to be tried again. */
  let failed: 'newest' | 'older' | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  /** Something may be missing, and is read when the tail goes on. */
  let holed = false;
  /** A page has been shown, so that somebody may be reading it. */
  let begun = false;
  const listeners = new Set<() => void>();

  function set(change: Partial<FeedState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener();
  }

  function takeIn(): void {
    drawing.cancel();
    if (arriving.length === 0 && arrivingGaps.length === 0) return;
    const tail = gapsArrived(arrived(state.tail, arriving), arrivingGaps);
    arriving = [];
    arrivingGaps = [];
    set({ tail, ...(tail.cut && state.history === 'whole' ? { history: 'more' as const } : {}) });
  }

  function soon(): void {
    if (arriving.length >= BATCH_ROWS) takeIn();
    else drawing.soon();
  }

  function wait(ms: number, then: () => void): void {
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(() => {
      timer = null;
      then();
    }, ms);
  }

  /** One reading at a time; `replace`: a newer wish ends the one under way. */
  function read(what: 'newest' | 'older', work: (signal: AbortSignal) => Promise<void>): void {
    reading?.abort();
    const mine = new AbortController();
    reading = mine;
    // Over rows that are shown their newest are read again in silence: what stands at the end would come and go.
    if (what === 'older' || (state.tail.rows.length === 0 && state.history !== 'whole')) set({ history: 'reading' });
    work(mine.signal).catch((error: unknown) => {
      if (mine.signal.aborted) return;
      reading = null;
      failed = what;
      set({ history: 'more', fault: error });
      if (error instanceof ApiFault && (error.status === 0 || error.status >= 500)) wait(RETRY_MS, retry);
    });
  }

  /** Over before it is shown: whoever sees that there is more may ask for it at once. */
  function done(change: Partial<FeedState>): void {
    reading = null;
    failed = null;
    set({ ...change, fault: null });
  }

  function readNewest(): void {
    holed = false;
    read('newest', async (signal) => {
      const now = Date.now();
      sieve = sieveOf(criteria, now);
      const [page, { gaps }] = await Promise.all([
        api<Page>(withQuery('/api/activity', { ...activityQuery(asked, now), limit: state.tail.skipped > 0 || state.tail.rows.length > FIRST_PAGE ? PAGE : FIRST_PAGE }), { signal }),
        api<{ gaps: Gap[] }>(withQuery('/api/gaps', gapQuery(asked, now)), { signal }),
      ]);
      signal.throwIfAborted();
      // Nothing moves under who reads.
      if (state.tail.paused && begun) {
        holed = true;
        done({ history: state.history === 'whole' ? 'whole' : 'more' });
        return;
      }
      begun = true;
      cursor = page.nextCursor;
      takeIn();
      done({ tail: gapsArrived(newestRead(state.tail, page.rows, cursor === null), gaps.filter(hasPlace)), history: cursor === null ? 'whole' : 'more' });
    });
  }

  function readOlder(): void {
    read('older', async (signal) => {
      const { tail } = state;
      const query = activityQuery(asked, Date.now());
      // Where the list was cut there is no cursor; its last time is asked for once more, whole.
      let at: Record<string, string | null> = { cursor };
      const oldest = tail.rows.at(-1);
      if (tail.cut || cursor === null) at = { to: oldest === undefined ? asked.to : instantAfter(oldest.ts) };
      for (;;) {
        const page = await api<Page>(withQuery('/api/activity', { ...query, ...at, limit: PAGE }), { signal });
        signal.throwIfAborted();
        const before = state.tail.rows.length;
        cursor = page.nextCursor;
        const after = olderRead(state.tail, page.rows);
        const full = after.rows.length >= TAIL_LIMITS.rows;
        if (cursor === null || full || after.rows.length > before) {
          done({ tail: after, history: full ? 'full' : cursor === null ? 'whole' : 'more' });
          return;
        }
        at = { cursor };
      }
    });
  }

  function again(): void {
    if (state.tail.paused) holed = true;
    else if (reading === null) readNewest();
    else wait(AGAIN_MS, again);
  }

  function retry(): void {
    if (failed === 'older') readOlder();
    else readNewest();
  }

  return {
    state: () => state,
    anchored: bound !== null,
    passes: (entry) => (isGap(entry) ? sieve.gap(entry) : sieve.row(entry)),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      const endStream = onStream((frame) => {
        if (frame.type === 'activity') for (const row of frame.rows) if (sieve.row(row)) arriving.push(row);
        if (frame.type === 'gap' && hasPlace(frame.gap)) arrivingGaps.push(frame.gap);
        if (arriving.length + arrivingGaps.length > 0) soon();
      });
      const endRefill = onRefill((stream) => {
        if (stream === 'runs') return;
        holed = true;
        if (state.tail.paused) return;
        if (reading === null) readNewest();
        wait(AGAIN_MS, again);
      });
      if (bound === null) arriving = recent().filter(sieve.row);
      takeIn();
      readNewest();
      wait(AGAIN_MS, again);
      return () => {
        endStream();
        endRefill();
        drawing.cancel();
        reading?.abort();
        reading = null;
        if (timer !== null) clearTimeout(timer);
      };
    },
    pause() {
      if (state.tail.paused) return;
      takeIn();
      set({ tail: paused(state.tail) });
    },
    resume() {
      if (!state.tail.paused || bound !== null) return;
      takeIn();
      set({ tail: resumed(state.tail) });
      if (holed || state.tail.skipped > 0) readNewest();
    },
    older() {
      if (reading === null && state.history === 'more' && state.fault === null) readOlder();
    },
    retry() {
      if (reading === null) retry();
    },
  };
}
