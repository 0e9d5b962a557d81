/** What hosts and their models write, as it comes. */
import { useCallback, useMemo, useState, type ReactElement } from 'react';
import { bytes, counted, whole } from '../../format/figures.ts';
import { useChosen, useParams } from '../../state/address.ts';
import { useFleet, useLine } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Segments } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Waiting } from '../../ui/notes.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { plain } from '../../logs/ansi-text.ts';
import { FollowChoice } from './follow-choice.tsx';
import { Followed } from './followed.tsx';
import { HostsAway } from './hosts-away.tsx';
import { followedLogs, modelName, SOURCES, type FollowedLog, type Source } from './log-choice.ts';
import { LogList } from './log-list.tsx';
import { nextMatch } from '../../logs/log-search.ts';
import { Nothing } from './nothing.tsx';
import { Offer } from './offer.tsx';
import { Refusals } from './refusals.tsx';
import { SearchBar } from './search-bar.tsx';
import { useFinder } from '../../logs/use-finder.ts';
import { useLogBook, type LogPage } from '../../logs/use-log-book.ts';

export function LogsView(): ReactElement {
  const fleet = useFleet();
  const { state: line } = useLine();
  const [params, setParams] = useParams();
  const hosts = useChosen(params, 'host');
  const models = useChosen(params, 'model');
  const source = SOURCES.find((one) => one === params.get('source')) ?? null;
  const only = params.has('only');
  const wrap = params.has('wrap');
  const times = params.get('time') !== 'off';
  const q = params.get('q') ?? '';

  const logs = useMemo(() => (fleet === null ? [] : followedLogs(hosts, models, fleet)), [hosts, models, fleet]);
  const topics = useMemo(() => logs.filter(({ known }) => known).map(({ topic }) => topic), [logs]);
  const { page: newest, clear, retry } = useLogBook(topics);
  const [cleared, setCleared] = useState(false);
  const [paused, pause] = useState<LogPage | null>(null);
  const page = paused ?? newest;
  const own = useMemo(() => {
    const lines = page.lines.filter(({ kind, source: its, model }) => source === null || kind === 'live' || kind === 'restart' || model !== null || its === source);
    // Nothing stands above it.
    return lines[0]?.kind === 'live' ? lines.slice(1) : lines;
  }, [page, source]);
  const finder = useFinder(q, own);
  const matches = useMemo(() => (finder.on ? own.filter((one) => finder.found(one) !== null) : null), [own, finder]);
  const shown = only && matches !== null ? matches : own;
  const [current, stand] = useState<{ id: number; index: number } | null>(null);

  const onStep = (by: 1 | -1): void => {
    const id = nextMatch((matches ?? []).map((one) => one.id), current?.id ?? null, by);
    if (id === null) return;
    if (paused === null) pause(newest);
    stand({ id, index: shown.findIndex((one) => one.id === id) });
  };
  const onPause = useCallback(() => pause((before) => before ?? newest), [newest]);
  const onNewest = useCallback(() => {
    pause(null);
    stand(null);
  }, []);
  const onLeave = ({ host, model }: FollowedLog): void => setParams(model === null ? { host: [...hosts].filter((one) => one !== host) } : { model: [...models].filter((one) => one !== modelName(host, model)) }, 'step');
  const text = (): string => shown.filter(({ kind }) => kind === 'text').map((one) => `${logs.length > 1 ? `${one.host} ${one.model ?? one.source}\t` : ''}${plain(one.text)}\n`).join('');
  const fresh = paused === null ? 0 : newest.nextId - paused.nextId;

  if (fleet === null) return <><PageHead title="Logs" /><Waiting what="the fleet" /></>;
  return (
    <div className="flex h-[calc(100dvh-3.5rem)] min-h-96 flex-col sm:absolute sm:inset-0 sm:h-auto sm:min-h-0">
      <PageHead title="Logs" summary={logs.length === 0 ? undefined : <OnHand page={newest} />}>
        {logs.length === 0 ? null : (
          <>
            <Button aria-pressed={paused !== null} className="aria-pressed:border-accent aria-pressed:bg-chosen" onClick={paused === null ? onPause : onNewest}><Icon name={paused === null ? 'pause' : 'play'} />{paused === null ? 'Pause' : 'Paused'}</Button>
            <Segments label="Source" value={source ?? 'both'} onChange={(next) => setParams({ source: next === 'both' ? null : next }, 'step')} options={[{ value: 'both', label: 'Both' }, { value: 'proxy', label: 'Proxy' }, { value: 'upstream', label: 'Upstream' }] satisfies { value: Source | 'both'; label: string }[]} />
            <label className="flex h-8 cursor-pointer items-center gap-1.5"><input type="checkbox" checked={wrap} onChange={({ target }) => setParams({ wrap: target.checked ? '1' : null })} />Wrap</label>
            <label className="flex h-8 cursor-pointer items-center gap-1.5"><input type="checkbox" checked={times} onChange={({ target }) => setParams({ time: target.checked ? null : 'off' })} />Time</label>
            <CopyButton what="the lines shown" text={text} />
            <Button look="quiet" title="Save the lines shown as a file" onClick={() => save(text())}><Icon name="download" />Save</Button>
            <Button look="quiet" onClick={() => { clear(); setCleared(true); onNewest(); }}>Clear</Button>
          </>
        )}
        <FollowChoice fleet={fleet} hosts={hosts} models={models} onChange={(change) => setParams(change, 'step')} />
      </PageHead>
      <Refusals logs={logs} onLeave={onLeave} onRetry={retry} />
      <HostsAway logs={logs} fleet={fleet} />
      {logs.length === 0 ? <Offer fleet={fleet} /> : (
        <>
          <div className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 pb-3">
            <SearchBar
              text={q} onText={(next) => { setParams({ q: next }); stand(null); }} fault={finder.fault} found={matches?.length ?? null} only={only} onOnly={(on) => setParams({ only: on ? '1' : null })} onStep={onStep}
              at={current === null || matches === null ? null : matches.findIndex(({ id }) => id === current.id) + 1 || null}
            />
            <Followed logs={logs} fleet={fleet} onLeave={onLeave} />
          </div>
          <div className={`flex min-h-0 grow flex-col px-4 pb-4 ${line === 'open' ? '' : 'opacity-60 grayscale'}`} data-stale={line !== 'open'}>
            <div className="panel relative flex min-h-0 grow flex-col overflow-hidden" data-paused={paused !== null}>
              {shown.length === 0 ? <Nothing logs={logs} fleet={fleet} recalled={page.recalled} hidden={page.lines.length === 0 ? null : own.length > 0 ? 'search' : 'source'} cleared={cleared} source={source} onShowAll={() => setParams(own.length > 0 ? { only: null } : { source: null })} /> : <LogList lines={shown} gone={page.gone} following={paused === null} onLeave={onPause} onEnd={onNewest} wrap={wrap} times={times} found={finder.found} current={current} origin={logs.length > 1 ? 'host' : source === null && models.size === 0 ? 'source' : 'none'} />}
              {paused === null ? null : <Button look="solid" className="absolute bottom-3 left-1/2 -translate-x-1/2 shadow-lg" onClick={onNewest}><Icon name="play" />Jump to the newest{fresh === 0 ? '' : `: ${counted(fresh, 'new line')}`}</Button>}
            </div>
          </div>
        </>
      )}
    </div>
  );
}

function OnHand({ page: { lines, gone, chars } }: { page: LogPage }): ReactElement {
  const texts = useMemo(() => lines.reduce((sum, { kind }) => sum + (kind === 'text' ? 1 : 0), 0), [lines]);
  return <p data-lines={lines.length}>{counted(texts, 'line')}, {bytes(chars)} on hand{gone === 0 ? '' : `, ${whole(gone)} older gone`}</p>;
}

function save(text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = `logs-${new Date(Date.now()).toISOString().slice(0, 19).replaceAll(':', '')}.log`;
  link.click();
  URL.revokeObjectURL(url);
}
