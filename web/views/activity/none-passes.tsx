/** Says that no request passes the filters, and leads on: alone in the list, or above gaps, which might be taken for an answer. */
import type { ReactElement } from 'react';
import { counted } from '../../format/figures.ts';
import { absolute, type Offset } from '../../format/times.ts';
import { useZone } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Empty } from '../../ui/notes.tsx';
import { asksOfRequests, filtersAnything, SPAN_NAMES, type Criteria } from './criteria.ts';

export interface NonePassesProps { criteria: Criteria; gaps: number; showAll: () => void; anyTime: () => void }

export function NonePasses({ criteria, gaps, showAll, anyTime }: NonePassesProps): ReactElement {
  const range = rangeWords(criteria, useZone());
  const filtered = filtersAnything(criteria);
  const title = filtered ? `No request passes these filters${range === '' ? '' : ` ${range}`}` : gaps === 0 ? 'No request yet' : 'No request is on record';
  const ways = filtered ? (
    <div className="flex flex-wrap justify-center gap-2">
      {range === '' || !filtersAnything({ ...criteria, last: null, from: null, to: null }) ? null : <Button onClick={anyTime}>All of the time</Button>}
      <Button onClick={showAll}>Show all</Button>
    </div>
  ) : null;
  if (gaps === 0) return <Empty title={title}>{filtered ? <><p className="mb-3">New ones are shown here as they come.</p>{ways}</> : 'Send one through a host of the fleet: it shows here the moment it ends.'}</Empty>;
  return (
    <div data-none-passes className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-b border-line px-4 py-3">
      <p className="min-w-0"><span className="font-medium">{title}</span><span className="text-soft">; {counted(gaps, 'gap')} below{asksOfRequests(criteria) ? `: what was lost in ${gaps === 1 ? 'it' : 'them'} might have passed` : ''}.</span></p>
      {ways}
    </div>
  );
}

function rangeWords({ last, from, to }: Criteria, offset: Offset): string {
  if (last !== null) return `in the ${SPAN_NAMES[last]}`;
  const moment = (time: string): string => (Number.isNaN(Date.parse(time)) ? time : absolute(Date.parse(time), offset));
  if (from !== null) return to === null ? `since ${moment(from)}` : `from ${moment(from)} to ${moment(to)}`;
  return to === null ? '' : `before ${moment(to)}`;
}
