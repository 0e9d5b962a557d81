/** A host's liveness over a range as one band, with marks for boots, builds and gaps. The list below says the same in words. */
import { useMemo, type CSSProperties, type ReactElement, type ReactNode } from 'react';
import type { Liveness, LivenessState } from '../../../src/model/host/liveness.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { counted, rounded, span } from '../../format/figures.ts';
import { absolute, clockMinute, day } from '../../format/times.ts';
import { useZone } from '../../state/hooks.ts';
import { LivenessMark } from '../../ui/liveness.tsx';
import { sharesOf, stretchesOf, type Stretch } from './liveness-band.ts';
import { BOOT_WORDS } from './host-words.ts';
import type { BandHistory } from './use-history.ts';

const FILLS: Record<LivenessState, string> = { live: 'fill-good', connecting: 'fill-busy', stale: 'fill-warn', down: 'fill-bad', quarantined: 'fill-held', disabled: 'fill-off' };
/** What is wrong is drawn over what is well, and never thinner than can be seen. */
const LAYERS: readonly LivenessState[] = ['live', 'disabled', 'connecting', 'stale', 'down', 'quarantined'];
const WIDTH = 1_000;
const THIN = 1.2;
/** Marks nearer than this become one. */
const NEAR_PERCENT = 1.1;
/** A part of the band that is wide enough for two words. */
const WORDS_PART = 0.12;
const UNKNOWN_WORDS = { 'not watched': 'Drover did not watch the host then, or was away itself', 'not read': 'what is stored of this time has not been read' } as const;
const HATCH: CSSProperties = { backgroundImage: 'repeating-linear-gradient(135deg, var(--line) 0 3px, transparent 3px 8px)' };

interface Mark { at: number; title: string; kind: 'boot' | 'build' }

export function HistoryBand({ host, history, liveness, rangeMs, now, unread }: { host: string; history: BandHistory; liveness: Liveness; rangeMs: number; now: number; unread: boolean }): ReactElement {
  const zone = useZone(host);
  const { events, gaps, readFrom } = history;
  const from = now - rangeMs;
  const stretches = useMemo(() => stretchesOf(events, liveness, { from, to: now, readFrom: unread ? Math.min(now, msOfTime(liveness.since)) : readFrom }), [events, liveness, from, now, readFrom, unread]);
  const shares = sharesOf(stretches);
  const marks = useMemo(() => events.flatMap(({ kind, ts, from: before, to: after }): Mark[] => (kind === 'boot' || kind === 'build' ? [{ at: msOfTime(ts), kind, title: `${absolute(msOfTime(ts), zone)}: ${kind} ${after ?? ''}${before === null ? '' : `, before ${before}`}` }] : [])), [events, zone]);
  const x = (at: number): number => (Math.min(now, Math.max(from, at)) - from) / rangeMs;
  const unwatched = stretches.filter(({ state }) => state === null);
  const unsure = stretches.some(({ state, sure }) => state !== null && !sure);
  const unknownWords = (one: Stretch): keyof typeof UNKNOWN_WORDS => (unread || one.from < readFrom ? 'not read' : 'not watched');
  const kinds = [...new Set(unwatched.map(unknownWords))];
  const summary = [
    ...shares.map(([state, part]) => `${state} ${share(part)}`),
    ...(['boot', 'build'] as const).flatMap((kind) => {
      const { length } = marks.filter((mark) => mark.kind === kind && mark.at >= from);
      return length === 0 ? [] : [counted(length, kind)];
    }),
    ...(gaps.length === 0 ? [] : [counted(gaps.length, 'gap')]),
    ...kinds,
  ];
  return (
    <figure className="grid gap-1 px-4 pt-4 pb-2" data-band>
      <div role="img" aria-label={`Liveness over ${span(rangeMs)}: ${summary.join(', ')}`} className="relative pb-4">
        <svg viewBox={`0 0 ${WIDTH} 24`} preserveAspectRatio="none" style={HATCH} className="block h-7 w-full rounded-sm bg-ground">
          {LAYERS.flatMap((layer) => stretches.filter(({ state }) => state === layer).map((one) => (
            <rect key={`${layer} ${one.from}`} data-state={layer} x={x(one.from) * WIDTH} y="0" width={Math.max(layer === 'live' ? 0 : THIN, (x(one.to) - x(one.from)) * WIDTH)} height="24" className={FILLS[layer]} opacity={one.sure ? 1 : 0.35}>
              <title>{`${layer} for ${span(one.to - one.from)}, ${absolute(one.from, zone)} to ${absolute(one.to, zone)}${one.sure ? '' : '; Drover itself was away for the end of it, nobody knows how long'}`}</title>
            </rect>
          )))}
          {gaps.map(({ id, fromTs, toTs, detectedAt }) => {
            const [begin, end] = [x(fromTs === null ? msOfTime(detectedAt) : msOfTime(fromTs)), x(toTs === null ? msOfTime(detectedAt) : msOfTime(toTs))];
            return <rect key={id} data-gap x={begin * WIDTH} y="18" width={Math.max(THIN * 2, (end - begin) * WIDTH)} height="6" className="fill-warn"><title>{`a gap, found ${absolute(msOfTime(detectedAt), zone)}`}</title></rect>;
          })}
        </svg>
        {unwatched.map((one) => (
          <span key={one.from} data-unknown={unknownWords(one)} title={`${unknownWords(one)}: ${UNKNOWN_WORDS[unknownWords(one)]}`} className="absolute top-0 grid h-7 place-items-center text-sm text-soft" style={{ left: `${x(one.from) * 100}%`, width: `${(x(one.to) - x(one.from)) * 100}%` }}>
            {x(one.to) - x(one.from) < WORDS_PART ? null : <span className="rounded-sm bg-ground px-1.5">{unknownWords(one)}</span>}
          </span>
        ))}
        {thinned(marks, x).map(({ mark: { kind, title, at }, more }) => (
          <span key={`${kind} ${at}`} data-mark={kind} title={more === 0 ? title : `${title}, and ${more} more close by`} className="absolute bottom-0 size-3 -translate-x-1/2 text-soft" style={{ left: `${x(at) * 100}%` }}>
            <svg viewBox="0 0 12 12" aria-hidden="true" className="size-3"><path d={kind === 'boot' ? 'M6 1.5 10.5 10h-9Z' : 'M6 1 11 6 6 11 1 6Z'} className={kind === 'boot' ? 'fill-soft' : 'fill-accent'} /></svg>
          </span>
        ))}
      </div>
      <Axis from={from} to={now} label={(at) => (rangeMs > 2 * DAY_MS ? day(at, zone).slice(5) : clockMinute(at, zone))} />
      <figcaption className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-soft">
        {shares.map(([state, part]) => <span key={state} className="inline-flex items-center gap-1.5"><LivenessMark state={state} className={state === 'connecting' ? '[&_*]:animate-none' : ''} />{state} {share(part)}</span>)}
        {shares.length > 0 && (unsure || unwatched.length > 0) ? <span className="text-faint">of the time watched</span> : null}
        <span className="grow" />
        {kinds.map((words) => <span key={words} title={UNKNOWN_WORDS[words]} className="inline-flex items-center gap-1.5"><span aria-hidden="true" className="size-3 border border-line bg-ground" style={HATCH} />{words}</span>)}
        {unsure ? <span title="Drover was away itself at the end of it: what the host was then, nobody knows" className="inline-flex items-center gap-1.5"><span aria-hidden="true" className="size-3 bg-good opacity-35" />Drover away for some of it</span> : null}
        <Legend path="M6 1.5 10.5 10h-9Z" className="fill-soft" title={BOOT_WORDS}>boot</Legend>
        <Legend path="M6 1 11 6 6 11 1 6Z" className="fill-accent" title="another build of llama-swap answers there">build</Legend>
        <Legend path="M0 4h12v4H0Z" className="fill-warn" title="requests that are lost, or may be">gap</Legend>
      </figcaption>
    </figure>
  );
}

const DAY_MS = 86_400_000;
const share = (part: number): string => `${part > 0 && part < 0.001 ? '< 0.1' : part === 1 ? '100' : part > 0.999 ? '> 99.9' : rounded(part * 100)} %`;

function Legend({ path, className, title, children }: { path: string; className: string; title: string; children: ReactNode }): ReactElement {
  return <span title={title} className="inline-flex items-center gap-1.5"><svg viewBox="0 0 12 12" aria-hidden="true" className="size-3"><path d={path} className={className} /></svg>{children}</span>;
}

const TICKS = 6;

function Axis({ from, to, label }: { from: number; to: number; label: (at: number) => string }): ReactElement {
  return (
    <div aria-hidden="true" className="flex justify-between text-xs text-faint">
      {Array.from({ length: TICKS + 1 }, (_, i) => <span key={i} className={i % 2 === 1 ? 'max-sm:hidden' : ''}>{i === TICKS ? 'now' : label(from + (to - from) * i / TICKS)}</span>)}
    </div>
  );
}

/** Newest first, one of a crowd: a host that restarts all day would else have marks over marks. */
function thinned(marks: readonly Mark[], x: (at: number) => number): { mark: Mark; more: number }[] {
  const kept: { mark: Mark; more: number }[] = [];
  for (const mark of marks) {
    const near = kept.findLast((one) => one.mark.kind === mark.kind);
    if (near !== undefined && (x(near.mark.at) - x(mark.at)) * 100 < NEAR_PERCENT) near.more += 1;
    else kept.push({ mark, more: 0 });
  }
  return kept;
}
