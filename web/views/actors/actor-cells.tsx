/** What a row of the tree shows of an actor. The detail is made of the same words. */
import type { ReactElement } from 'react';
import { exitWords, type ActorStatus } from '../../../src/model/status.ts';
import type { ActorSort } from '../../../src/model/actor-tree.ts';
import { isCrash } from '../../format/exits.ts';
import { counted, UNKNOWN, whole } from '../../format/figures.ts';
import { Icon } from '../../ui/icon.tsx';
import { Ago, For } from '../../ui/time.tsx';
import { COLUMN_WORDS, exitTitle, stateWords } from './actor-words.ts';

const TONES: readonly (readonly [RegExp, string])[] = [
  [/^(?:running|ready|live|serving|holding|keeping|listening|idle|open\.live)$/, 'text-good'],
  [/^(?:down|away|refused|failed|crashed)/, 'text-bad'],
  [/^(?:resting|broken|closed|stopping|draining)|stale/, 'text-warn'],
  [/^(?:queued|opening|greeting|starting|connecting|migrating|gathering|making|passing|writing|flushing)/, 'text-busy'],
];

/** By what the word says: an actor is free to have states of its own. */
export function stateTone(state: string): string {
  return TONES.find(([pattern]) => pattern.test(state))?.[1] ?? 'text-soft';
}

export function StateWord({ state }: { state: string }): ReactElement {
  return <span className={`flex min-w-0 items-center gap-1.5 ${stateTone(state)}`}><span aria-hidden="true" className="size-1.5 shrink-0 rounded-full bg-current" /><span className="truncate" title={stateWords(state)}>{state}</span></span>;
}

/** A supervisor's window, and how often the actor itself was started again. */
export function Restarts({ restarts: { count, intensity, periodS, total } }: Pick<ActorStatus, 'restarts'>): ReactElement {
  const close = intensity !== null && count > 0 && count >= intensity;
  return (
    <>
      {intensity === null ? null : <span className={close ? 'text-bad' : count > 0 ? 'text-warn' : 'text-faint'} title={`${counted(count, 'crash', 'crashes')} of its children in the last ${whole(periodS)} s, each followed by a restart; at more than ${intensity} it gives up and ends itself. Restarts by hand do not count here.`}>{count}/{intensity} in {periodS} s</span>}
      {intensity !== null && total === 0 ? null : <span className={total > 0 ? 'text-ink' : 'text-faint'} title={`itself started again ${timesWords(total)}, restarts by hand among them`}>{intensity === null ? '' : ' · '}{whole(total)}</span>}
    </>
  );
}

/** "never", "once", "3 times". */
export const timesWords = (times: number): string => (times === 0 ? 'never' : times === 1 ? 'once' : counted(times, 'time'));

/** The whole reason on hover: it may be long. */
export function LastExit({ lastExit }: Pick<ActorStatus, 'lastExit'>): ReactElement {
  if (lastExit === null) return <span className="text-faint" title="it has never ended">none</span>;
  const crash = isCrash(lastExit);
  const words = exitWords(lastExit);
  return (
    <span className={`flex min-w-0 items-center gap-1.5 ${crash ? 'text-bad' : 'text-soft'}`}>
      {crash ? <Icon name="warning" className="size-3.5" /> : null}
      <span className="truncate" title={exitTitle(words)}>{words}</span>
      <span className="shrink-0 text-sm text-faint"><Ago at={lastExit.at} /></span>
    </span>
  );
}

export interface ActorColumn { id: keyof typeof COLUMN_WORDS; name: string; sort: ActorSort; right: boolean; /** When there is room for it. */ shown: string; cell: (status: ActorStatus, counters: Pick<ActorStatus, 'queued' | 'handled'>) => ReactElement }

/** Widths of what is shown: `gridOf` below. */
export const COLUMNS: readonly ActorColumn[] = [
  { id: 'state', name: 'State', sort: 'state', right: false, shown: '', cell: ({ state }) => <StateWord state={state} /> },
  { id: 'since', name: 'For', sort: 'since', right: true, shown: 'hidden @2xl:block', cell: ({ since }) => <For since={since} /> },
  { id: 'queued', name: 'Queued', sort: 'queued', right: true, shown: 'hidden @4xl:block', cell: (_, { queued }) => (queued === null ? <span className="text-faint" title="it has no queue of its own">{UNKNOWN}</span> : <>{whole(queued)}</>) },
  { id: 'handled', name: 'Handled', sort: 'handled', right: true, shown: 'hidden @4xl:block', cell: (_, { handled }) => <>{whole(handled)}</> },
  { id: 'incarnation', name: 'Incarnation', sort: 'incarnation', right: true, shown: 'hidden @4xl:block', cell: ({ incarnation }) => <span className={incarnation > 1 ? '' : 'text-faint'} title={incarnation > 1 ? `life ${whole(incarnation)} at this place in the tree` : 'its first life'}>#{whole(incarnation)}</span> },
  { id: 'restarts', name: 'Restarts', sort: 'restarts', right: true, shown: 'hidden @2xl:block', cell: ({ restarts }) => <Restarts restarts={restarts} /> },
  { id: 'lastExit', name: 'Last exit', sort: 'lastExit', right: false, shown: 'hidden @lg:block', cell: ({ lastExit }) => <LastExit lastExit={lastExit} /> },
];

/** Where there is no room for the column that the order is by, it stands instead of the state: nobody sees else what the order is of. */
export function shownOf({ id, sort, shown }: Pick<ActorColumn, 'id' | 'sort' | 'shown'>, order: ActorSort | null): string {
  if (sort === order) return '';
  return id === 'state' ? COLUMNS.find((column) => column.sort === order)?.shown ?? shown : shown;
}

const WIDTHS = '@lg:grid-cols-[minmax(0,1fr)_7rem_minmax(0,1fr)] @2xl:grid-cols-[minmax(0,1.2fr)_7rem_5.5rem_8rem_minmax(0,1fr)] @4xl:grid-cols-[minmax(0,1.2fr)_7rem_5.5rem_4rem_5rem_5rem_8rem_minmax(0,1.2fr)]';
/** How an actor ended takes words. */
export const gridOf = (order: ActorSort | null): string => `grid gap-x-4 px-3 ${order === 'lastExit' ? 'grid-cols-[minmax(0,2fr)_minmax(0,3fr)]' : 'grid-cols-[minmax(0,1fr)_7rem]'} ${WIDTHS}`;
