/** The live actor tree: who runs, since when, how often it was started again, how it last ended. */
import { useCallback, useMemo, useRef, type ReactElement } from 'react';
import { ACTOR_SORTS, selectActors, type ActorSort } from '../../../src/model/actor-tree.ts';
import { toggled, useChosen, useParams } from '../../state/address.ts';
import { useActors, useFleet, useLine } from '../../state/hooks.ts';
import { useNow } from '../../state/now.ts';
import { Button } from '../../ui/button.tsx';
import { SearchField } from '../../ui/field.tsx';
import { Chip } from '../../ui/chip.tsx';
import { Empty, Waiting } from '../../ui/notes.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { ActorDetail } from './actor-detail.tsx';
import { stateTone } from './actor-cells.tsx';
import { ActorGrid } from './actor-grid.tsx';
import { rowsOf, treeOf, type ActorRow, type Folding } from './actor-rows.ts';
import { Summary } from './actors-summary.tsx';
import { useCounters } from './counters.ts';
import { flashesAt } from './ends.ts';
import { useEnds } from './use-ends.ts';

export function ActorsView(): ReactElement {
  const actors = useActors();
  const { state: line } = useLine();
  const counters = useCounters();
  const now = useNow();
  const [params, setParams] = useParams();
  const states = useChosen(params, 'state');
  const flipped = useChosen(params, 'flip');
  const q = params.get('q') ?? '';
  const all = params.get('tree');
  const sort = ACTOR_SORTS.find((one) => one === params.get('sort')) ?? null;
  const descending = params.get('order') === 'desc';
  const chosen = params.get('actor');
  const open = chosen !== null;
  const quarantined = useQuarantined();
  const ends = useEnds(actors, quarantined, now);

  const list = useMemo(() => Object.values(actors ?? {}), [actors]);
  const tree = useMemo(() => treeOf(list), [list]);
  const filtered = q !== '' || states.size > 0;
  const folding = useMemo((): Folding => ({ all: all === 'open' || all === 'hosts' ? all : null, flipped }), [all, flipped]);
  const rows = useMemo(() => {
    // What counts is counted now, not with the last delta.
    const fresh = sort === 'queued' || sort === 'handled' ? list.map((status) => counters?.byPath.get(status.path) ?? status) : list;
    const { actors: found } = selectActors(fresh, { q, states: [...states], sort: sort ?? undefined, order: sort !== null && descending ? 'desc' : undefined });
    if (sort === null) return rowsOf(tree, folding, filtered ? new Set(found.map(({ path }) => path)) : null);
    return found.map(({ path }, at): ActorRow => ({ status: tree.byPath.get(path)!, depth: 0, open: null, found: true, place: at + 1, places: found.length, below: 0 }));
  }, [list, tree, folding, filtered, q, states, sort, descending, counters]);
  const flashes = useMemo(() => flashesAt(ends, new Set(rows.map(({ status }) => status.path))), [ends, rows]);
  const counts = useMemo(() => countStates(list.map(({ state }) => state)), [list]);

  const onFold = useCallback((path: string) => setParams({ flip: toggled(flipped, path) }), [setParams, flipped]);
  const onChoose = useCallback((path: string) => setParams({ actor: path }, open ? undefined : 'step'), [setParams, open]);
  const onSort = useCallback((next: ActorSort) => {
    // Once: the most, the newest or the first by name on top; twice: the other way; then the tree again.
    const first = next === 'path' || next === 'state' ? 'asc' : 'desc';
    const now = sort !== next ? first : (descending ? 'desc' : 'asc') === first ? (first === 'asc' ? 'desc' : 'asc') : null;
    setParams({ sort: now === null ? null : next, order: now === 'desc' ? 'desc' : null });
  }, [setParams, sort, descending]);
  const view = useRef<HTMLDivElement>(null);
  const onClose = useCallback(() => {
    setParams({ actor: null });
    view.current?.querySelector<HTMLElement>('[role=row][tabindex="0"]')?.focus();
  }, [setParams]);

  if (actors === null) return <><PageHead title="Actors" /><Waiting what="the actor tree" /></>;
  return (
    <div ref={view} className="flex h-[calc(100dvh-3.5rem)] min-h-96 flex-col sm:absolute sm:inset-0 sm:h-auto sm:min-h-0">
      <PageHead title="Actors" summary={<Summary actors={actors} quarantined={quarantined.size} />}>
        {sort === null ? (
          <>
            <Button look="quiet" onClick={() => setParams({ tree: 'open', flip: null })}>Unfold all</Button>
            <Button look="quiet" onClick={() => setParams({ tree: 'hosts', flip: null })}>Fold hosts</Button>
          </>
        ) : <p className="flex items-center gap-2 text-soft">A list of all, sorted: <Button onClick={() => setParams({ sort: null, order: null })}>Back to the tree</Button></p>}
        <SearchField label="Part of a path" value={q} onChange={({ target }) => setParams({ q: target.value })} className="w-full sm:w-56" />
      </PageHead>
      <div className="flex flex-wrap items-center gap-1.5 px-4 pb-3" role="group" aria-label="Filters">
        {[...new Set([...counts.keys(), ...states])].map((state) => (
          <Chip key={state} on={states.has(state)} onToggle={() => setParams({ state: toggled(states, state) }, 'step')}><span aria-hidden="true" className={`size-1.5 rounded-full bg-current ${stateTone(state)}`} />{counts.get(state) ?? 0} {state}</Chip>
        ))}
        {filtered ? <Button look="quiet" onClick={() => setParams({ state: null, q: null })}>Show all</Button> : null}
      </div>
      <div className={`flex min-h-0 grow gap-3 px-4 pb-4 ${line === 'open' ? '' : 'opacity-60 grayscale'}`} data-stale={line !== 'open'}>
        <div className={`min-h-0 min-w-0 grow ${chosen === null ? 'flex' : 'hidden lg:flex'}`}>
          {rows.length === 0 ? <div className="grow"><Empty title="No actor passes these filters"><Button onClick={() => setParams({ state: null, q: null })}>Show all</Button></Empty></div>
            : <ActorGrid rows={rows} sort={sort} descending={descending} onSort={onSort} onFold={onFold} chosen={chosen} onChoose={onChoose} flashes={flashes} counters={counters} />}
        </div>
        {chosen === null ? null : <ActorDetail key={chosen} path={chosen} live={actors[chosen] ?? null} counters={counters} onChoose={onChoose} onClose={onClose} />}
      </div>
    </div>
  );
}

/** Hosts whose tree gave up: they have no actors until it comes back. The same set until it changes. */
function useQuarantined(): ReadonlySet<string> {
  const fleet = useFleet();
  const key = [...(fleet ?? [])].filter(([, { state }]) => state.liveness.state === 'quarantined').map(([id]) => id).join(' ');
  return useMemo(() => new Set(key === '' ? [] : key.split(' ')), [key]);
}

/** By number, the most common last, so that what is out of the ordinary stands first. */
function countStates(states: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return new Map([...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
}
