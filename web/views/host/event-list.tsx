/** What happened to a host, newest first, in words. */
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import { LIVENESS_STATES } from '../../../src/model/host/liveness.ts';
import type { Gap } from '../../../src/model/records/gap.ts';
import type { HostEventRow } from '../../../src/model/records/history.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { modelAddress } from '../../format/addresses.ts';
import { UNKNOWN } from '../../format/figures.ts';
import { lostWords, whyWords } from '../../format/gaps.ts';
import { absolute } from '../../format/times.ts';
import { useZone } from '../../state/hooks.ts';
import { LivenessWord } from '../../ui/liveness.tsx';
import { modelColour } from '../../ui/model-word.ts';
import { Ago } from '../../ui/time.tsx';
import { BOOT_WORDS } from './host-words.ts';
import { eventKey } from './use-history.ts';

/** Gaps stand where they end. */
export function EventList({ events, gaps }: { events: readonly HostEventRow[]; gaps: readonly Gap[] }): ReactElement {
  const items = [
    ...events.map((event) => ({ key: eventKey(event), ts: event.ts, kind: event.kind as string, words: <EventWords event={event} />, host: event.hostId })),
    ...gaps.map((gap) => ({ key: gap.id, ts: gap.toTs ?? gap.detectedAt, kind: 'gap', words: <GapWords gap={gap} />, host: gap.hostId })),
  ].sort((a, b) => (a.ts < b.ts ? 1 : a.ts > b.ts ? -1 : 0));
  return (
    <ol aria-label="Events">
      {items.map(({ key, ts, kind, words, host }) => (
        <li key={key} data-row tabIndex={-1} data-event={kind} className="grid grid-cols-[6.5rem_minmax(0,1fr)] gap-x-3 border-b border-line px-4 py-1.5 last:border-0 hover:bg-hover sm:grid-cols-[10rem_4.5rem_minmax(0,1fr)]">
          <EventTime at={ts} host={host} /><span className="text-faint max-sm:hidden">{kind}</span><div className="min-w-0">{words}</div>
        </li>
      ))}
    </ol>
  );
}

function EventTime({ at, host }: { at: string; host: string }): ReactElement {
  const zone = useZone(host);
  return <span className="text-soft"><span className="max-sm:hidden">{absolute(msOfTime(at), zone)}</span><span className="sm:hidden"><Ago at={at} host={host} /></span></span>;
}

function EventWords({ event: { kind, from, to, reason } }: { event: HostEventRow }): ReactElement {
  switch (kind) {
    case 'liveness': return <p>{from === null ? <span className="mr-2 text-soft" title="Drover was started, or the host was added or enabled">Drover begins to watch</span> : <Word>{from}</Word>}<span className="mr-2 text-faint">→</span><Word>{to}</Word>{reason === null ? null : <span className="text-soft">{sentence(reason)}</span>}</p>;
    case 'boot': return <p title={BOOT_WORDS}>Boot {to ?? UNKNOWN}: <span className="text-soft">{from === null ? 'the first that Drover met' : `another process, or its configuration was read anew; its request ids began again after boot ${from}`}</span></p>;
    case 'build': return <p>Build {to ?? UNKNOWN}{from === null ? '' : <span className="text-soft">, before {from}</span>}</p>;
    case 'model': return <p><Link href={modelAddress(reason ?? '')} className="hover:text-accent hover:underline">{reason}</Link> <span className="text-faint">{from === null ? '' : `${from} → `}</span><span className={modelColour(to ?? '')}>{to ?? UNKNOWN}</span></p>;
    default: return kind satisfies never;
  }
}

/** Still: this is what was, nothing turns any more. */
function Word({ children }: { children: string | null }): ReactNode {
  const state = LIVENESS_STATES.find((one) => one === children);
  return state === undefined ? null : <span className="mr-2 [&_*]:animate-none"><LivenessWord state={state} /></span>;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
/** "refused: The port refuses the connection" → its sentence. */
const sentence = (reason: string): string => /^[a-z_]+: (.+)$/s.exec(reason)?.[1] ?? reason;

function GapWords({ gap }: { gap: Gap }): ReactElement {
  const { hostId, fromTs, toTs, lostMax } = gap;
  const zone = useZone(hostId);
  const when = fromTs === null || toTs === null ? '' : ` Between ${absolute(msOfTime(fromTs), zone)} and ${absolute(msOfTime(toTs), zone)}.`;
  return <p><span className={lostMax === 0 ? 'text-soft' : 'text-warn'}>{capital(lostWords(gap))}</span><span className="text-soft">: {whyWords(gap)}.{lostMax === 0 ? '' : when}</span></p>;
}
