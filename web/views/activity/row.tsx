/** One line of the list: a request, or a gap. Plain elements without hooks or timers: thousands go by when one scrolls. */
import { memo, type ReactElement } from 'react';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import type { Gap } from '../../../src/model/records/gap.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { absolute, clockTime, day, type Offset } from '../../format/times.ts';
import { shown } from '../../format/shown.ts';
import { duration, rounded, UNKNOWN, whole } from '../../format/figures.ts';
import { idsWords, lostWords, whyWords } from '../../format/gaps.ts';
import { outputRate } from '../../format/rates.ts';
import { statusColour } from '../../ui/status-colour.ts';
import { entryKey, isGap, timeOf, type Entry } from './entries.ts';

/** By the width of the list. `lines`: two lines a row, as on a phone. */
export type Layout = 'all' | 'few' | 'lines';
/** Pixels; every row of a layout is as high as the others. */
export const ROW_HEIGHT: Readonly<Record<Layout, number>> = { all: 32, few: 32, lines: 52 };

export const GRID: Readonly<Record<Layout, string>> = {
  all: 'grid grid-cols-[7.5rem_minmax(5rem,0.8fr)_minmax(8rem,1.4fr)_minmax(8rem,2fr)_3rem_4rem_4rem_4.5rem_4.5rem] gap-x-4',
  few: 'grid grid-cols-[7.5rem_minmax(4rem,0.8fr)_minmax(6rem,1.4fr)_3rem_4rem_4.5rem_4.5rem] gap-x-3',
  lines: 'grid grid-cols-[minmax(0,1fr)_auto] content-center gap-x-3',
};
const BOX = 'scroll-mt-9 items-center border-b border-line px-4 outline-offset-[-2px]';

/** The clock of today; with the day before it for other days. */
export function rowTime(ts: string, offset: Offset, today: string): string {
  const ms = msOfTime(ts);
  const date = day(ms, offset);
  return date === today ? clockTime(ms, offset) : `${date.slice(5)} ${clockTime(ms, offset)}`;
}

/** `today`: the day that it is in the row's offset. */
export interface RowProps { entry: Entry; layout: Layout; hostName: string; modelName: string; offset: Offset; today: string; chosen: boolean; /** The filters ask what nobody knows of a lost request. */ unsure: boolean }

export const Row = memo(function Row({ entry, layout, hostName, modelName, offset, today, chosen, unsure }: RowProps): ReactElement {
  const ts = timeOf(entry);
  return (
    <div
      role="row" data-row data-key={entryKey(entry)} tabIndex={-1} aria-selected={chosen} style={{ height: ROW_HEIGHT[layout] }} title={absolute(msOfTime(ts), offset)}
      className={`${BOX} ${GRID[layout]} ${chosen ? 'bg-chosen' : isGap(entry) ? 'bg-ground hover:bg-hover' : 'hover:bg-hover'}`}
    >
      {isGap(entry) ? <GapCells gap={entry} unsure={unsure} layout={layout} hostName={hostName} time={rowTime(ts, offset, today)} />
        : layout === 'lines' ? <Lines row={entry} hostName={hostName} modelName={modelName} time={rowTime(ts, offset, today)} />
        : <Cells row={entry} all={layout === 'all'} hostName={hostName} modelName={modelName} time={rowTime(ts, offset, today)} />}
    </div>
  );
});

interface Named { hostName: string; modelName: string; time: string }

function Cells({ row, all, hostName, modelName, time }: Named & { row: ActivityRow; all: boolean }): ReactElement {
  return (
    <>
      <div role="cell" className="whitespace-nowrap text-soft">{time}</div>
      <div role="cell" className="truncate" title={row.hostId}>{hostName}</div>
      <div role="cell" className="truncate font-medium" title={shown(row.model)}>{modelName}</div>
      {all ? <div role="cell" className="truncate text-soft">{row.reqPath === null ? UNKNOWN : shown(row.reqPath)}{row.error === null ? null : <bdi className="text-bad"> {shown(row.error)}</bdi>}</div> : null}
      <div role="cell" className={`figure ${statusColour(row.status)}`}>{row.status ?? UNKNOWN}</div>
      {all ? <div role="cell" className="figure">{whole(row.inputTokens)}</div> : null}
      <div role="cell" className="figure">{whole(row.outputTokens)}</div>
      <div role="cell" className="figure">{rounded(outputRate(row))}</div>
      <div role="cell" className="figure">{duration(row.durationMs)}</div>
    </>
  );
}

function Lines({ row, hostName, modelName, time }: Named & { row: ActivityRow }): ReactElement {
  const rate = outputRate(row);
  return (
    <>
      <div role="cell" className="truncate font-medium" title={shown(row.model)}>{modelName}</div>
      <div role="cell" className="figure"><span className={statusColour(row.status)}>{row.status ?? UNKNOWN}</span><span className="ml-2">{duration(row.durationMs)}</span></div>
      <div role="cell" className="truncate text-sm text-soft">{time} · <bdi title={row.hostId}>{hostName}</bdi>{row.error === null ? null : <bdi className="text-bad"> {shown(row.error)}</bdi>}</div>
      <div role="cell" className="figure text-sm text-soft">{row.outputTokens === null ? UNKNOWN : `${whole(row.outputTokens)} tok`}{rate === null ? '' : ` · ${rounded(rate)} tok/s`}</div>
    </>
  );
}

function GapCells({ gap, unsure, layout, hostName, time }: { gap: Gap; unsure: boolean; layout: Layout; hostName: string; time: string }): ReactElement {
  const ids = idsWords(gap);
  const why = unsure ? ' · might have passed these filters' : '';
  const lost = <span className={`font-medium ${gap.lostMax === 0 ? 'text-soft' : 'text-warn'}`}>{lostWords(gap)}</span>;
  if (layout === 'lines') {
    return <div role="cell" className="col-span-full min-w-0"><p className="truncate">{lost}<span className="text-sm text-soft">{why}</span></p><p className="truncate text-sm text-soft">{time} · <bdi title={gap.hostId}>{hostName}</bdi> · {gap.cause}{ids === null ? '' : ` · ${ids}`}</p></div>;
  }
  return (
    <>
      <div role="cell" className="whitespace-nowrap text-soft">{time}</div>
      <div role="cell" className="truncate" title={gap.hostId}>{hostName}</div>
      <div role="cell" className="col-span-full col-start-3 truncate">{lost}<span className="text-soft">{why} · gap ({gap.cause}): {whyWords(gap)}{ids === null ? '' : ` · ${ids}`}</span></div>
    </>
  );
}
