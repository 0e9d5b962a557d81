/** One request, or one gap, with all that is known of it. */
import type { ReactElement, ReactNode } from 'react';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import type { Gap } from '../../../src/model/records/gap.ts';
import { msOfTime, timeOfMs } from '../../../src/model/time.ts';
import { counted, duration, UNKNOWN, whole, withUnit } from '../../format/figures.ts';
import { idsWords, lostWords, whyWords } from '../../format/gaps.ts';
import { outputRate, promptRate } from '../../format/rates.ts';
import { absolute } from '../../format/times.ts';
import { shown } from '../../format/shown.ts';
import { useZone } from '../../state/hooks.ts';
import { useNames } from '../../state/names.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Icon } from '../../ui/icon.tsx';
import { HostLink, ModelLink } from '../../ui/links.tsx';
import { statusColour } from '../../ui/status-colour.ts';
import { Ago } from '../../ui/time.tsx';
import { CaptureOf } from './capture.tsx';
import { isGap, type Entry } from './entries.ts';

export interface DetailProps {
  entry: Entry | null;
  phone: boolean;
  onClose: () => void;
  /** The whole address of the entry. */
  link: (entry: Entry) => string;
  /** Brings the list to it; null: it is in sight. */
  onShow: ((entry: Entry) => void) | null;
  /** Whether the filters let it through. */
  passes: (entry: Entry) => boolean;
  /** In place of the entry, where it is not known. */
  children?: ReactNode;
}

/** A panel beside the list; on a phone a sheet over it. */
export function Detail({ entry, phone, onClose, link, onShow, passes, children }: DetailProps): ReactElement {
  const names = useNames();
  const title = entry === null ? 'Request' : isGap(entry) ? `Gap at ${names.host(entry.hostId)}` : `Request ${entry.upstreamId} at ${names.host(entry.hostId)}`;
  const body = (
    <div className="grid gap-4 p-4">
      {entry === null ? children : (
        <>
          <div className="-mx-1.5 -mt-2 flex flex-wrap items-center gap-1">
            <CopyButton label="Copy link" what={isGap(entry) ? 'link to this gap' : 'link to this request'} text={() => link(entry)} />
            <CopyButton label="Copy JSON" what={isGap(entry) ? 'JSON of this gap' : 'JSON of this request'} text={() => JSON.stringify(entry, null, 2)} />
            {onShow === null ? null : <Button look="quiet" className="h-7 px-1.5 text-sm" title={passes(entry) ? 'The list begins at it then' : 'The filters leave it out: they are taken away'} onClick={() => onShow(entry)}><Icon name="table" />Show it in the list</Button>}
          </div>
          {isGap(entry) ? <GapFields gap={entry} /> : <RowFields row={entry} />}
        </>
      )}
    </div>
  );
  if (phone) return <Dialog title={title} onClose={onClose} className="mb-0 h-[85dvh] w-full max-w-full rounded-b-none overflow-y-auto">{body}</Dialog>;
  return (
    <aside aria-label={title} className="panel flex w-[clamp(20rem,38%,36rem)] shrink-0 flex-col">
      <header className="flex min-h-11 items-center justify-between gap-2 border-b border-line py-1.5 pr-2 pl-4">
        <h2 className="truncate text-lg font-medium">{title}</h2>
        <Button look="quiet" onClick={onClose} aria-label="Close" className="px-2"><Icon name="close" /></Button>
      </header>
      <div className="min-h-0 grow overflow-y-auto" tabIndex={0} role="region" aria-label={`${title}, all of it`}>{body}</div>
    </aside>
  );
}

function RowFields({ row }: { row: ActivityRow }): ReactElement {
  const names = useNames();
  const { ts, durationMs, status, draftTokens, draftAcceptedTokens, metadata } = row;
  return (
    <>
      {row.error === null ? null : <p role="note" className="rounded-md border border-bad px-3 py-2"><span className="font-medium text-bad">Error:</span> <bdi className="wrap-anywhere">{shown(row.error)}</bdi></p>}
      <Fields>
        <Field name="Ended"><Moment ts={ts} host={row.hostId} /> <span className="text-faint">(<Ago at={ts} host={row.hostId} />)</span></Field>
        <Field name="Began">{durationMs === null ? UNKNOWN : <Moment ts={timeOfMs(msOfTime(ts) - durationMs)} host={row.hostId} />}</Field>
        <Field name="Took">{duration(durationMs)}{durationMs === null || durationMs < 1_000 ? null : <span className="text-faint"> ({whole(durationMs)} ms)</span>}</Field>
        <Field name="Status"><span className={statusColour(status)}>{status ?? UNKNOWN}</span></Field>
        <Field name="Host"><Both id={row.hostId} name={names.host(row.hostId)}><HostLink id={row.hostId} className={LINK} /></Both></Field>
        <Field name="Model"><Both id={row.model} name={names.model(row.model)}><ModelLink id={row.model} className={LINK} /></Both></Field>
        <Field name="Path"><span className="break-all">{row.reqPath === null ? UNKNOWN : shown(row.reqPath)}</span></Field>
        <Field name="Input">{tokens(row.inputTokens)}</Field>
        <Field name="Cached">{tokens(row.cachedTokens)}</Field>
        <Field name="Output">{tokens(row.outputTokens)}</Field>
        <Field name="Drafted">{draftTokens === null ? UNKNOWN : `${tokens(draftTokens)}, ${whole(draftAcceptedTokens)} accepted`}</Field>
        <Field name="Prompt speed">{withUnit(promptRate(row), 'tokens/s')}</Field>
        <Field name="Output speed">{withUnit(outputRate(row), 'tokens/s')}</Field>
        <Field name="Boot, id">{row.bootEpoch === null ? 'not decided yet' : whole(row.bootEpoch)}, {row.upstreamId}</Field>
      </Fields>
      {metadata === null || Object.keys(metadata).length === 0 ? null : (
        <section className="grid gap-2">
          <h3 className="font-medium">Metadata</h3>
          <Fields>{Object.entries(metadata).map(([name, value]) => <Field key={name} name={shown(name)}><bdi className="break-all">{shown(typeof value === 'string' ? value : JSON.stringify(value))}</bdi></Field>)}</Fields>
        </section>
      )}
      <CaptureOf key={`${row.hostId} ${row.bootEpoch} ${row.upstreamId}`} row={row} />
    </>
  );
}

const tokens = (value: number | null): string => (value === null ? UNKNOWN : counted(value, 'token'));

function GapFields({ gap }: { gap: Gap }): ReactElement {
  const names = useNames();
  return (
    <>
      <p className={`font-medium ${gap.lostMax === 0 ? 'text-soft' : 'text-warn'}`}>{lostWords(gap)}</p>
      <Fields>
        <Field name="Cause">{gap.cause}: {whyWords(gap)}</Field>
        <Field name="Ids">{idsWords(gap) ?? UNKNOWN}</Field>
        <Field name="Boot">{whole(gap.bootEpoch)}</Field>
        <Field name="Ended after"><Moment ts={gap.fromTs} host={gap.hostId} /></Field>
        <Field name="Ended before"><Moment ts={gap.toTs} host={gap.hostId} /></Field>
        <Field name="Found out"><Moment ts={gap.detectedAt} host={gap.hostId} /></Field>
        <Field name="Host"><Both id={gap.hostId} name={names.host(gap.hostId)}><HostLink id={gap.hostId} className={LINK} /></Both></Field>
      </Fields>
    </>
  );
}

const LINK = 'wrap-anywhere text-accent hover:underline';

/** A name, and the id where it is another. */
function Both({ id, name, children }: { id: string; name: string; children: ReactNode }): ReactElement {
  return <>{children}{shown(id) === name ? null : <span className="wrap-anywhere text-faint"> (<bdi>{shown(id)}</bdi>)</span>}</>;
}

function Fields({ children }: { children: ReactNode }): ReactElement {
  return <dl className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">{children}</dl>;
}

function Field({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return <div className="contents"><dt className="truncate text-soft" title={name}>{name}</dt><dd className="min-w-0">{children}</dd></div>;
}

function Moment({ ts, host }: { ts: string | null; host: string }): ReactElement {
  const zone = useZone(host);
  return ts === null ? <>{UNKNOWN}</> : <time dateTime={ts} title={ts}>{absolute(msOfTime(ts), zone)}</time>;
}
