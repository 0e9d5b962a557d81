/** How a host has been: a band of its liveness over a range, and what happened, page by page. */
import type { ReactElement } from 'react';
import type { HostState } from '../../../src/model/host/state.ts';
import type { HostEventKind } from '../../../src/model/records/history.ts';
import { useParams } from '../../state/address.ts';
import { useNow } from '../../state/now.ts';
import { Button } from '../../ui/button.tsx';
import { Segments } from '../../ui/field.tsx';
import { HistoryFault } from '../../ui/history-fault.tsx';
import { Section } from '../../ui/section.tsx';
import { EventList } from './event-list.tsx';
import { HistoryBand } from './history-band.tsx';
import { useBandHistory, useEventPages } from './use-history.ts';

const RANGES = [{ value: '1h', label: '1 h', ms: 3_600_000 }, { value: '24h', label: '24 h', ms: 86_400_000 }, { value: '7d', label: '7 d', ms: 7 * 86_400_000 }, { value: '30d', label: '30 d', ms: 30 * 86_400_000 }] as const;
const USUAL: readonly HostEventKind[] = ['liveness', 'boot', 'build'];
const ALL: readonly HostEventKind[] = [];

export function HostHistory({ id, state }: { id: string; /** null: there is no such host any more. */ state: HostState | null }): ReactElement {
  const [params, setParams] = useParams();
  const { value: range, ms: rangeMs } = RANGES.find(({ value }) => value === params.get('range')) ?? RANGES[1];
  const withModels = params.get('events') === 'all';
  const revision = state === null ? '' : revisionOf(state);
  const band = useBandHistory(id, rangeMs, revision);
  // Of models alone every change of state would be one.
  const pages = useEventPages(id, withModels ? ALL : USUAL, withModels && state !== null ? `${revision} ${Object.values(state.models).map((model) => model.state).join(' ')}` : revision);
  const now = useNow();
  const error = band.error ?? pages.error;
  return (
    <div id="history" className="scroll-mt-4">
      <Section
        title="History" flush
        actions={<Segments label="Range" value={range} options={RANGES} onChange={(value) => setParams({ range: value === '24h' ? null : value }, 'step')} />}
      >
        {error === null ? null : <div className="p-4 pb-0"><HistoryFault error={error} retry={() => { band.reload(); pages.reload(); }}>The history lies in the database. What is live does not need it and goes on.</HistoryFault></div>}
        <HistoryBand host={id} history={band} liveness={state?.liveness ?? null} rangeMs={rangeMs} now={now} unread={band.readFrom === Infinity} />
        <div className="flex flex-wrap items-center gap-4 px-4 py-2">
          <label className="inline-flex items-center gap-2 text-soft"><input type="checkbox" checked={withModels} onChange={({ target }) => setParams({ events: target.checked ? 'all' : null }, 'step')} />models too</label>
        </div>
        {/* As high before it is read as after. */}
        <div className="h-80 overflow-y-auto border-t border-line" tabIndex={0} role="group" aria-label="What happened">
          {pages.events.length + pages.gaps.length > 0 ? <EventList events={pages.events} gaps={pages.gaps} />
            : <p className="p-4 text-soft">{pages.loading ? 'Reading the history …' : error !== null ? 'Nothing was read.' : state === null ? 'Nothing is stored of a host of this id.' : 'Nothing has happened to this host yet.'}</p>}
          {pages.hasOlder ? <p className="border-t border-line p-2 text-center"><Button look="quiet" disabled={pages.loading} onClick={pages.older}>Older</Button></p> : null}
        </div>
      </Section>
    </div>
  );
}

/** Changes when something may have happened to the host. */
function revisionOf({ liveness, bootEpoch, build, gaps }: HostState): string {
  return `${liveness.state} ${liveness.since} ${bootEpoch ?? ''} ${build?.version ?? ''} ${build?.commit ?? ''} ${gaps.count}`;
}
