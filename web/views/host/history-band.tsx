/** A host's liveness over a range as one band, with marks for boots, builds and gaps. The list below says the same in words. */
import { useMemo, type CSSProperties, type ReactElement, type ReactNode } from 'react';
import type { Liveness, LivenessState } from '../../../src/model/host/liveness.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { counted, rounded, span } from '../../format/figures.ts';
import { absolute, clockMinute, day, type Offset } from '../../format/times.ts';
import { useZone } from '../../state/hooks.ts';
import { LivenessMark } from '../../ui/liveness.tsx';
import { cellsOf, layersOf, type Cell } from './band-cells.ts';
import { sharesOf, stretchesOf, type Stretch } from './liveness-band.ts';
import { BOOT_WORDS } from './host-words.ts';
import type { BandHistory } from './use-history.ts';

const FILLS: Record<LivenessState, string> = { live: 'fill-good', connecting: 'fill-busy', stale: 'fill-warn', down: 'fill-bad', quarantined: 'fill-held', disabled: 'fill-off' };
/** The band moves on by whole cells, so that each keeps its time. */
const CELLS = 288;
const WIDTH = 1_000;
const HEIGHT = 24;
const GAP_HEIGHT = 4;
const GAP_WIDTH = 2.4;
/** Marks nearer than this become one. */
const NEAR_PERCENT = 1.1;
/** A part of the band that is wide enough for two words. */
const WORDS_PART = 0.12;
const UNKNOWN_WORDS = { 'not watched': 'Drover did not watch the host then, or was away or stood still itself', 'not read': 'what is stored of this time has not been read' } as const;
const HATCH: CSSProperties = { backgroundImage: 'repeating-linear-gradient(135deg, var(--line) 0 3px, transparent 3px 8px)' };

interface Mark { at: number; title: string; kind: 'boot' | 'build' }

export function HistoryBand({ host, history, liveness, rangeMs, now, unread }: { host: string; history: BandHistory; /** null: it was removed. */ liveness: Liveness | null; rangeMs: number; now: number; unread: boolean }): ReactElement {
  const zone = useZone(host);
  const { events, gaps, readFrom } = history;
  const end = Math.ceil(now / (rangeMs / CELLS)) * (rangeMs / CELLS);
  const from = end - rangeMs;
  const stretches = useMemo(() => stretchesOf(events, liveness, { from, to: end, readFrom: unread ? Math.min(end, liveness === null ? end : msOfTime(liveness.since)) : readFrom }), [events, liveness, from, end, readFrom, unread]);
  const cells = useMemo(() => cellsOf(stretches, { from, to: end }, CELLS), [stretches, from, end]);
  const shares = sharesOf(stretches, now);
  const marks = useMemo(() => events.flatMap(({ kind, ts, from: before, to: after }): Mark[] => (kind === 'boot' || kind === 'build' ? [{ at: msOfTime(ts), kind, title: `${absolute(msOfTime(ts), zone)}: ${kind} ${after ?? ''}${before === null ? '' : `, before ${before}`}` }] : [])), [events, zone]);
  const x = (at: number): number => (Math.min(end, Math.max(from, at)) - from) / rangeMs;
  const unwatched = stretches.filter(({ state }) => state === null);
  const ending = liveness === null ? REMOVED : AWAY;
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
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" style={HATCH} className="block h-7 w-full rounded-sm bg-ground">
          {cells.flatMap((cell) => layersOf(cell).map(({ state, sure, y, height }) => (
            <rect key={`${cell.from} ${state} ${sure}`} data-state={state} x={x(cell.from) * WIDTH} y={y * HEIGHT} width={(x(cell.to) - x(cell.from)) * WIDTH} height={height * HEIGHT} shapeRendering="crispEdges" className={FILLS[state]} opacity={sure ? 1 : 0.35}>
              <title>{cellWords(cell, now, zone, ending)}</title>
            </rect>
          )))}
          {gaps.map(({ id, fromTs, toTs, detectedAt }) => {
            const [left, right] = [x(fromTs === null ? msOfTime(detectedAt) : msOfTime(fromTs)), x(toTs === null ? msOfTime(detectedAt) : msOfTime(toTs))];
            return <rect key={id} data-gap x={left * WIDTH} y="0" width={Math.max(GAP_WIDTH, (right - left) * WIDTH)} height={GAP_HEIGHT} className="fill-warn"><title>{`a gap, found ${absolute(msOfTime(detectedAt), zone)}`}</title></rect>;
          })}
        </svg>
        {unwatched.filter((one) => (one.to - one.from) * CELLS >= rangeMs).map((one) => (
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
      <Axis from={from} to={end} label={(at) => (rangeMs > 2 * DAY_MS ? day(at, zone).slice(5) : clockMinute(at, zone))} />
      <figcaption className="flex flex-wrap items-center gap-x-4 gap-y-1 text-sm text-soft">
        {shares.map(([state, part]) => <span key={state} className="inline-flex items-center gap-1.5"><LivenessMark state={state} className={state === 'connecting' ? '[&_*]:animate-none' : ''} />{state} {share(part)}</span>)}
        {shares.length > 0 && (unsure || unwatched.length > 0) ? <span className="text-faint">of the time watched</span> : null}
        <span className="grow" />
        {kinds.map((words) => <span key={words} title={UNKNOWN_WORDS[words]} className="inline-flex items-center gap-1.5"><span aria-hidden="true" className="size-3 border border-line bg-ground" style={HATCH} />{words}</span>)}
        {unsure ? <span title={ending.title} className="inline-flex items-center gap-1.5"><span aria-hidden="true" className="size-3 bg-good opacity-35" />{ending.legend}</span> : null}
        <Legend path="M6 1.5 10.5 10h-9Z" className="fill-soft" title={BOOT_WORDS}>boot</Legend>
        <Legend path="M6 1 11 6 6 11 1 6Z" className="fill-accent" title="another build of llama-swap answers there">build</Legend>
        <Legend path="M0 4h12v4H0Z" className="fill-warn" title="requests that are lost, or may be">gap</Legend>
      </figcaption>
    </figure>
  );
}

const DAY_MS = 86_400_000;
/** Why a stretch's end is not known. */
const AWAY = { of: 'Drover itself was away for the end of it, nobody knows how long', legend: 'Drover away for some of it', title: 'Drover was away itself at the end of it: what the host was then, nobody knows' } as const;
const REMOVED = { of: 'then nobody watched any more: Drover was away, or the host was removed', legend: 'not watched for some of it', title: 'The host was removed, or Drover was away, at some time of it: what the host was then, nobody knows' } as const;

function cellWords({ from, to, stretch, parts }: Cell, now: number, zone: Offset, { of }: typeof AWAY | typeof REMOVED): string {
  if (stretch === null) return `${absolute(from, zone)} to ${absolute(Math.min(to, now), zone)}: ${parts.toReversed().map(({ state, part, sure }) => `${state ?? 'not known'} ${share(part)}${sure ? '' : ', not for sure'}`).join(', ')}`;
  const until = Math.min(stretch.to, now);
  return `${stretch.state} for ${span(until - stretch.from)}, ${absolute(stretch.from, zone)} to ${absolute(until, zone)}${stretch.sure ? '' : `; ${of}`}`;
}

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
