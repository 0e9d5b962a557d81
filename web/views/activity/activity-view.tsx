/** What the hosts serve, as it comes and as it was. */
import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { useParams } from '../../state/address.ts';
import { useLine } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { HistoryFault } from '../../ui/history-fault.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { usePhone } from '../../ui/use-phone.ts';
import { addressOf, isAt, linkTo } from './address.ts';
import { asksOfRequests, filtersAnything } from './criteria.ts';
import { Detail } from './detail.tsx';
import { entryKey, timeOf, type Entry } from './entries.ts';
import { Export } from './export.tsx';
import { Filters, NO_FILTERS } from './filters.tsx';
import { List } from './list.tsx';
import { BEFORE, ListEnd } from './list-end.tsx';
import { NewerAbove, NoneOlder } from './newer-above.tsx';
import { NonePasses } from './none-passes.tsx';
import { TailButton, TailMark } from './tail-control.tsx';
import { useChosenEntry } from './use-chosen-entry.ts';
import { useEntries } from './use-entries.ts';
import { useFeed } from './use-feed.ts';
import { useFocusBack } from './use-focus-back.ts';
import { useTailKeys } from './use-tail-keys.ts';

export function ActivityView(): ReactElement {
  const [params, setParams] = useParams();
  /** The time of the row at which the list begins: of the one that the page was opened with, or that was asked for since. */
  const [anchor, setAnchor] = useState(() => (params.get('row') === null ? null : params.get('at')));
  const { feed, state: { tail, history, fault }, criteria } = useFeed(params, anchor);
  const entries = useEntries(tail, history);
  const { address, entry, looking, error, retry, know } = useChosenEntry(params, entries);
  const { state: line } = useLine();
  const phone = usePhone();
  const [unfolded, unfold] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);

  /** Why the tail stands still, beside being scrolled away from: by hand, or because somebody is at a row. */
  const [held, hold] = useState<'hand' | 'row' | null>(null);
  const [away, setAway] = useState(false);
  const still = held !== null || away || feed.anchored;
  useEffect(() => {
    if (still) feed.pause();
    else feed.resume();
  }, [feed, still]);
  const resume = useCallback(() => {
    setAnchor(null);
    hold(null);
    setAway(false);
    scroller.current?.scrollTo({ top: 0 });
  }, []);
  const pause = useCallback(() => hold('hand'), []);

  const isOpen = address !== null;
  const openKey = entry === null ? null : entryKey(entry);
  const release = useCallback(() => hold((before) => (before === 'row' ? null : before)), []);
  const open = useCallback((opened: Entry) => {
    know(opened);
    // From row to row it is the same detail.
    setParams({ ...addressOf(opened) }, isOpen ? undefined : 'step');
    hold((before) => before ?? 'row');
  }, [know, setParams, isOpen]);
  const close = useCallback(() => {
    setParams({ row: null, at: null });
    release();
  }, [setParams, release]);
  /** The open row stands where one can see it, or soon may. */
  const [seen, setSeen] = useState(false);
  const shown = seen || fault !== null || (entries.length === 0 && history === 'reading');
  const seek = useCallback((sought: Entry) => {
    setAnchor(timeOf(sought));
    setAway(false);
    scroller.current?.scrollTo({ top: 0 });
    if (!feed.passes(sought)) setParams(NO_FILTERS, 'step');
    // The sheet lies over the list.
    if (phone) close();
  }, [feed, setParams, phone, close]);
  useFocusBack(scroller, openKey, release);
  const reach = useCallback((reached: Entry) => {
    if (isOpen && !phone) open(reached);
    else hold((before) => before ?? 'row');
  }, [isOpen, phone, open]);
  useTailKeys({ toggle: tail.paused ? resume : pause, leave: close });
  const rowsOnHand = useCallback(() => feed.state().tail.rows, [feed]);
  const showAll = useCallback(() => setParams(NO_FILTERS, 'step'), [setParams]);

  const anyTime = useCallback(() => setParams({ last: null, from: null, to: null }, 'step'), [setParams]);
  const filtered = filtersAnything(criteria);
  const none = (gaps: number): ReactElement => feed.anchored ? <NoneOlder filtered={filtered} /> : <NonePasses criteria={criteria} gaps={gaps} showAll={showAll} anyTime={anyTime} />;
  return (
    <div className="flex min-h-96 grow basis-0 flex-col">
      <PageHead title="Activity" summary={phone ? undefined : <span className="flex items-center gap-3">{line !== 'open' ? 'not connected' : tail.paused ? 'paused' : 'live'}<TailMark tail={tail} onResume={resume} /></span>}>
        {phone ? <Button aria-expanded={unfolded} aria-label={filtered ? 'Filters, some are on' : 'Filters'} onClick={() => unfold(!unfolded)}>{filtered ? 'Filters ●' : 'Filters'}</Button> : null}
        <TailButton tail={tail} short={phone} onPause={pause} onResume={resume} />
        <Export criteria={criteria} entries={entries} requests={tail.rows.length} />
      </PageHead>
      {!phone || unfolded ? <Filters criteria={criteria} setParams={setParams} rows={rowsOnHand} /> : null}
      {fault !== null && entries.length > 0 ? <div className="px-4 pb-3"><HistoryFault error={fault} retry={feed.retry}>{BEFORE}</HistoryFault></div> : null}
      <div className="flex min-h-0 grow gap-3 px-4 pb-4">
        <div className="flex min-w-0 grow">
          <List
            scroller={scroller} entries={entries} chosen={entry === null || address === null || !isAt(entry, address) ? null : entryKey(entry)} stale={line !== 'open'} unsure={asksOfRequests(criteria)}
            onOpen={open} onReach={reach} onAway={setAway} onSeen={setSeen} onOlder={feed.older}
            start={feed.anchored ? <NewerAbove onJump={resume} /> : tail.rows.length === 0 && entries.length > 0 ? none(entries.length) : null}
            end={<ListEnd empty={entries.length === 0} live={!feed.anchored} none={none(0)} history={history} fault={fault} retry={feed.retry} />}
          />
        </div>
        {address === null ? null : (
          <Detail entry={entry} phone={phone} onClose={close} link={(linked) => new URL(linkTo(linked, criteria, Date.now()), location.href).href} onShow={shown ? null : seek} passes={feed.passes}>
            {error !== null ? <HistoryFault error={error} retry={retry}>This request is not among those on hand: it can be read when the database is back.</HistoryFault> : <p role="status" className="text-soft">{looking || history === 'reading' ? 'Looking for this request …' : 'This request is not on hand: it is not in the history, or lies outside what was read of it.'}</p>}
          </Detail>
        )}
      </div>
    </div>
  );
}
