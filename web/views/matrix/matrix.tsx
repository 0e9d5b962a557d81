/** Host × model. One cell has the focus; the arrow keys move it, Enter opens what it stands on. */
import { memo, useMemo, useRef, useState, type CSSProperties, type KeyboardEvent, type ReactElement } from 'react';
import { Link } from 'wouter';
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import type { ModelState } from '../../../src/model/host/state.ts';
import { hostAddress, modelAddress } from '../../format/addresses.ts';
import { counted, rounded, withUnit } from '../../format/figures.ts';
import { rowNames } from '../../format/peer-key.ts';
import { shown } from '../../format/shown.ts';
import { useParams } from '../../state/address.ts';
import { useNames } from '../../state/names.ts';
import { speedOf, speedWords, type HostSpeeds, type Speed } from '../../state/speed-book.ts';
import { useSpeeds } from '../../state/speeds.ts';
import { Button } from '../../ui/button.tsx';
import { InFlight } from '../../ui/in-flight.tsx';
import { LivenessMark } from '../../ui/liveness.tsx';
import { TtlRing } from '../../ui/meter.tsx';
import { isUp, modelColour, modelWord } from '../../ui/model-word.ts';
import { Empty, Fault } from '../../ui/notes.tsx';
import { hostsOf, modelsOf, type HostRow, type ModelHead } from './cells.ts';

const NOTHING = {};

export function Matrix({ fleet, q }: { fleet: ReadonlyMap<string, HeldHost>; q: string }): ReactElement {
  const [params, setParams] = useParams();
  const model = params.get('model') ?? '';
  const loaded = params.get('loaded') === '1';
  const { byHost, error, reload } = useSpeeds(NOTHING);
  const names = useNames();
  const hosts = useMemo(() => hostsOf(fleet, q), [fleet, q]);
  const heads = useMemo(() => modelsOf(hosts, { model, loaded }, names), [hosts, model, loaded, names]);
  // The same list until a column comes or goes, so that a host's row is drawn again for its own changes alone.
  const key = JSON.stringify(heads.map((head) => head.key));
  const keys = useMemo(() => JSON.parse(key) as string[], [key]);
  const grid = useRef<HTMLDivElement>(null);
  const [active, activate] = useState('0 0');
  const move = (event: KeyboardEvent): void => moveFocus(event, grid.current);

  return (
    <div className="grid gap-3">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-1 text-soft">
        <label className="inline-flex items-center gap-2"><input type="checkbox" checked={loaded} onChange={({ target }) => setParams({ loaded: target.checked ? '1' : null }, 'step')} />only models that are loaded somewhere</label>
        <span className="text-sm text-faint">{counted(hosts.length, 'host')} × {counted(heads.length, 'model')}; tokens/s is the median of the last requests of the model at the host</span>
      </div>
      {error === null ? null : <Fault error={error} retry={reload} />}
      {hosts.length === 0 || heads.length === 0 ? (
        <Empty title={hosts.length === 0 ? 'No host passes the filter' : loaded && model === '' ? 'No model is loaded anywhere' : 'No model passes the filter'}><Button onClick={() => setParams({ q: null, model: null, loaded: null })}>Show all</Button></Empty>
      ) : (
        <div
          ref={grid} role="grid" aria-label="Hosts and models" aria-rowcount={hosts.length + 1} aria-colcount={keys.length + 1} tabIndex={-1} onKeyDown={move}
          onFocus={({ target }) => { const at = target instanceof HTMLElement ? target.dataset['at'] : undefined; if (at !== undefined) activate(at); }}
          className="panel max-h-[calc(100dvh-8.5rem)] overflow-auto" style={{ '--columns': `minmax(6.5rem,min(11rem,30vw)) repeat(${keys.length},minmax(7rem,1fr))` } as CSSProperties}
        >
          <div className="w-max min-w-full">
            <div role="row" className="sticky top-0 z-2 grid grid-cols-(--columns) border-b border-line bg-panel text-sm">
              <div role="columnheader" className="sticky left-0 z-2 bg-panel px-3 py-2 text-soft">Host</div>
              {heads.map(({ key: id, name, hosts: here, loadedAt }, column) => <Head key={id} id={id} name={name} hosts={here} loadedAt={loadedAt} at={`0 ${column + 1}`} tabIndex={active === `0 ${column + 1}` ? 0 : -1} />)}
            </div>
            {hosts.map((host, index) => <Row key={host.id} {...host} keys={keys} speeds={byHost.get(host.id)} row={index + 1} active={rowOf(active) === index + 1 || (active === '0 0' && index === 0) ? active : null} />)}
          </div>
        </div>
      )}
    </div>
  );
}

const rowOf = (at: string): number => Number(at.split(' ')[0]);
/** `at`: row and column. */
interface Place { at: string; tabIndex: number }
const LINK = 'outline-offset-[-2px] hover:bg-hover';

const Head = memo(function Head({ id, name, hosts, loadedAt, at, tabIndex }: Omit<ModelHead, 'key' | 'upAt'> & Place & { id: string }): ReactElement {
  return (
    <div role="columnheader" aria-label={name} className="min-w-0">
      <Link href={modelAddress(id)} data-at={at} tabIndex={tabIndex} title={name === shown(id) ? name : `${name}: ${shown(id)}`} className={`block px-2 py-2 ${LINK}`}>
        <span className="block w-max max-w-44 min-w-full truncate font-medium">{name}</span>
        <span className="block truncate text-faint">{loadedAt} of {hosts} loaded</span>
      </Link>
    </div>
  );
});

/** Those out of sight are not laid out. */
const Row = memo(function Row({ id, held: { state }, keys, speeds, row, active }: HostRow & { keys: readonly string[]; speeds: HostSpeeds | undefined; row: number; active: string | null }): ReactElement {
  const place = (column: number): Place => ({ at: `${row} ${column}`, tabIndex: active === `${row} ${column}` || (active === '0 0' && column === 0) ? 0 : -1 });
  const { at, tabIndex } = place(0);
  const name = useNames().host(id);
  return (
    <div role="row" data-row data-host={id} data-liveness={state.liveness.state} className="grid grid-cols-(--columns) border-b border-line [contain-intrinsic-size:auto_3rem] [content-visibility:auto] last:border-0">
      <div role="rowheader" className="sticky left-0 z-1 min-w-0 border-r border-line bg-panel">
        <Link href={hostAddress(id)} data-at={at} tabIndex={tabIndex} title={name === shown(id) ? name : `${name}: ${shown(id)}`} className={`flex h-full items-center gap-2 px-3 py-1.5 ${LINK}`}>
          <LivenessMark state={state.liveness.state} /><span className="sr-only">{state.liveness.state}</span><span className="truncate font-medium">{name}</span>
        </Link>
      </div>
      {keys.map((key, index) => (
        <div key={key} role="gridcell" data-model={key} className={`min-w-0 ${state.asOf === null ? '' : 'grayscale'}`}>
          <Cell id={key} model={Object.hasOwn(state.models, key) ? state.models[key] : undefined} speed={speedOf(speeds, rowNames(key, state.models))} {...place(index + 1)} />
        </div>
      ))}
    </div>
  );
});

/** Drawn again when its own model, or the speed of it, has changed: a fleet has thousands. */
const Cell = memo(function Cell({ id, model, speed, at, tabIndex }: Place & { id: string; model: ModelState | undefined; speed: Speed | undefined }): ReactElement {
  if (model === undefined) return <span data-at={at} tabIndex={tabIndex} className="block h-full outline-offset-[-2px]"><span className="sr-only">not here</span></span>;
  const { state, unloadAt, ttlS } = model;
  const [up, word] = [isUp(model), modelWord(model)];
  const failed = !up && (speed?.failure ?? null) !== null;
  const tokens = speed?.tokens ?? null;
  return (
    <Link href={modelAddress(id)} data-at={at} tabIndex={tabIndex} className={`block h-full w-0 min-w-full px-2 py-1.5 ${LINK}`} title={speedWords(speed, ({ rows, tokens, prompt }) => `median of ${counted(rows, 'request')}: ${withUnit(tokens, 'tokens/s')}, prompt ${withUnit(prompt, 'tokens/s')}`)}>
      <span className={`flex items-center gap-1.5 text-sm ${up ? `font-medium ${modelColour(word)}` : 'text-faint'}`}>
        <span aria-hidden="true" className={`size-1.5 shrink-0 rounded-full ${up ? 'bg-current' : 'border border-current'}`} /><span className="truncate">{word}</span>
        {state === 'ready' ? <TtlRing unloadAt={unloadAt} ttlS={ttlS} /> : null}
        <InFlight model={model} />
      </span>
      <span className="block truncate text-sm text-soft">
        {failed && tokens === null ? null : rounded(tokens)}{tokens === null ? '' : <span className="text-faint"> tok/s</span>}
        {failed ? <span className="text-bad">{tokens === null ? 'last failed' : ' failed'}</span> : null}
      </span>
    </Link>
  );
});

function moveFocus(event: KeyboardEvent, grid: HTMLElement | null): void {
  const at = event.target instanceof HTMLElement ? event.target.dataset['at']?.split(' ').map(Number) : undefined;
  if (grid === null || at === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
  const [row = 0, column = 0] = at;
  const to = ((): [number, number] | null => {
    switch (event.key) {
      case 'ArrowUp': return [row - 1, column];
      case 'ArrowDown': return [row + 1, column];
      case 'ArrowLeft': return [row, column - 1];
      case 'ArrowRight': return [row, column + 1];
      case 'Home': return [row, row === 0 ? 1 : 0];
      case 'End': return [row, grid.querySelectorAll('[role=columnheader]').length - 1];
      default: return null;
    }
  })();
  if (to === null) return;
  event.preventDefault();
  const target = grid.querySelector<HTMLElement>(`[data-at="${to[0]} ${to[1]}"]`);
  target?.focus({ preventScroll: true });
  target?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}
