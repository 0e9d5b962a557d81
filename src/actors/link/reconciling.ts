/** Executes what a host's reconciler decides: reads of the host and of the database, entries for the writers, rows and gaps to show. */
import { readActivityPage, readRing } from '../../io/llama-swap/answers.ts';
import { UPSTREAM } from '../../io/llama-swap/upstream-paths.ts';
import type { ActivityRow } from '../../model/records/activity.ts';
import type { Gap } from '../../model/records/gap.ts';
import type { HostMark } from '../../model/records/batch.ts';
import type { FetchAnswer, FetchTarget, ReconcileEffect, ReconcileInput } from '../../model/reconcile/effects.ts';
import type { Limits } from '../../model/limits.ts';
import { createReconciler } from '../../model/reconcile/reconciler.ts';
import type { Clock, HostAnswer, Store, TimerId } from '../../model/seams.ts';
import type { Generation } from '../../model/host/state.ts';
import { readHostMark } from '../writers/host-mark.ts';
import type { WriterQueue } from '../writers/writer-queue.ts';

export interface ReconcilingDeps {
  hostId: string;
  clock: Clock;
  newId(): string;
  store: Pick<Store, 'readMark'>;
  queue: Pick<WriterQueue, 'offerActivity' | 'ofHost' | 'release' | 'figures'>;
  /** GET of the open connection; null: the answer did not come, or the connection is no more. */
  get(path: string): Promise<HostAnswer | null>;
  /** Grants a turn for what may wait for other hosts; the release is called when it is over. */
  lowPriority(granted: (release: () => void) => void): void;
  retentionDays?: number;
  limits: Limits['ring'];
  /** For the link's memory and the feed. */
  rows(rows: ActivityRow[], origin: 'live' | 'ring'): void;
  gaps(gaps: Gap[]): void;
  totals(mark: HostMark): void;
  boot(bootEpoch: number | null, fresh: boolean, generation: Generation): void;
  wire(wire: { generation?: Generation; countsTrue?: boolean }): void;
  lagged(): void;
  oddity(what: string, upstreamId: number | null): void;
  crash(error: unknown): void;
}

export interface Reconciling {
  input(input: ReconcileInput): void;
  /** All that came at once, such as the events of one read: one step. */
  inputs(inputs: ReconcileInput[]): void;
  /** Nothing comes out any more. */
  close(): void;
}

/** Rows that wait for the writers, of all hosts, up to which an import goes on; else it looks again later. */
const CALM_ROWS = 2_000;
const CALM_MS = 1_000;

export function createReconciling(deps: ReconcilingDeps): Reconciling {
  const { clock, hostId } = deps;
  const reconciler = createReconciler({ hostId, newId: deps.newId, limits: deps.limits, ...(deps.retentionDays === undefined ? {} : { retentionDays: deps.retentionDays }) });
  let inbox: ReconcileInput[] = [];
  let running = false;
  let open = true;
  let timer: TimerId = null;
  /** An entry of this step was refused. */
  let refusing = false;
  /** The latest `fetch` of low priority; of no use any more once the connection is over. */
  let calmFetch: number | null = null;

  /** One step after the other: an effect that brings an input at once puts it into the next. */
  const takeAll = (inputs: ReconcileInput[]): void => {
    if (!open || inputs.length === 0) return;
    for (const { type } of inputs) if (type === 'ended') calmFetch = null;
    if (running) {
      for (const input of inputs) inbox.push(input);
      return;
    }
    running = true;
    try {
      for (let next = inputs; next.length > 0; next = inbox) {
        if (next === inbox) inbox = [];
        refusing = false;
        for (const effect of reconciler.step(next, { wall: clock.now(), mono: clock.monotonic() })) execute(effect);
      }
    } finally {
      running = false;
    }
  };
  const input = (one: ReconcileInput): void => takeAll([one]);
  /** The same from a callback, where a throw would be lost. */
  const later = (late: ReconcileInput): void => {
    try {
      input(late);
    } catch (error) {
      deps.crash(error);
    }
  };

  const execute = (effect: ReconcileEffect): void => {
    switch (effect.type) {
      case 'fetch': {
        const { fetchId, target, priority } = effect;
        const ask = (): Promise<void> => read(target).then((answer) => later({ type: 'fetched', fetchId, answer }));
        if (priority === 'normal') ask().catch(deps.crash);
        else whenCalm(fetchId, ask);
        return;
      }
      case 'read-mark': {
        const { readId, ring } = effect;
        readHostMark(deps.store, deps.queue, hostId, ring).then((read) => later({ type: 'mark', readId, ...read }), deps.crash);
        return;
      }
      case 'enqueue':
        refusing ||= deps.queue.offerActivity(effect.entry) === 'refused';
        if (refusing) input({ type: 'refused', entry: effect.entry });
        return;
      case 'release':
        return deps.queue.release(effect.release);
      case 'publish':
        return deps.rows(effect.rows, effect.origin);
      case 'gaps':
        return deps.gaps(effect.gaps);
      case 'boot':
        return deps.boot(effect.bootEpoch, effect.fresh, effect.generation);
      case 'generation':
        return deps.wire({ generation: effect.generation });
      case 'lagged':
        return deps.lagged();
      case 'totals':
        return deps.totals(effect.mark);
      case 'oddity':
        return deps.oddity(effect.what, effect.upstreamId);
      case 'timer':
        if (timer !== null) clock.clearTimeout(timer);
        timer = null;
        if (effect.at !== null) {
          timer = clock.setTimeout(() => {
            timer = null;
            later({ type: 'tick' });
          }, Math.max(0, Math.ceil(effect.at - clock.monotonic())));
        }
        return;
      default:
        effect satisfies never;
    }
  };

  /** After other hosts, and only while the writers keep up: an import must not take the room of rows that come live. */
  const whenCalm = (fetchId: number, ask: () => Promise<void>): void => {
    calmFetch = fetchId;
    deps.lowPriority((release) => {
      const wanted = (): boolean => open && calmFetch === fetchId;
      if (!wanted()) return release();
      if (deps.queue.figures().queued <= CALM_ROWS) return void ask().catch(deps.crash).finally(release);
      release();
      clock.setTimeout(() => { if (wanted()) whenCalm(fetchId, ask); }, CALM_MS);
    });
  };

  const read = async (target: FetchTarget): Promise<FetchAnswer> => {
    switch (target.kind) {
      case 'page': {
        const answer = await deps.get(UPSTREAM.activity(target.page, target.limit));
        if (answer === null) return { kind: 'failed' };
        const page = readActivityPage(answer);
        if (page.kind === 'absent') deps.wire({ countsTrue: page.countsTrue });
        if (page.kind !== 'page') return { kind: page.kind === 'absent' ? 'absent' : 'failed' };
        for (const bad of page.bad) deps.oddity(bad.what, null);
        return { kind: 'rows', generation: 3, rows: page.rows, total: page.total };
      }
      case 'ring': {
        const answer = await deps.get(UPSTREAM.ring);
        if (answer === null) return { kind: 'failed' };
        const ring = readRing(answer);
        if (ring.kind !== 'ring') return { kind: ring.kind === 'absent' ? 'absent' : 'failed' };
        for (const bad of ring.bad) deps.oddity(bad.what, null);
        return { kind: 'rows', generation: ring.generation, rows: ring.rows, total: null };
      }
      default:
        return target satisfies never;
    }
  };

  return {
    input,
    inputs: takeAll,
    close() {
      open = false;
      if (timer !== null) clock.clearTimeout(timer);
      timer = null;
    },
  };
}
