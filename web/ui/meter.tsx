/** How much of something is used: a bar for memory, a ring for the time until a model unloads. */
import type { ReactElement } from 'react';
import { msOfTime } from '../../src/model/time.ts';
import { span } from '../format/figures.ts';
import { useAsOfNow } from '../state/now.ts';

/** `full`: said and shown in amber. `value` of `max`; null: not known, and drawn as an empty, hatched bar. `label` is what a screen reader says. */
export function Bar({ value, max, label, full = false, className = 'h-1.5 w-full' }: { value: number | null; max: number | null; label: string; full?: boolean; className?: string }): ReactElement {
  const part = value === null || max === null || max <= 0 ? null : Math.min(1, Math.max(0, value / max));
  return (
    <span role="img" aria-label={label} title={label} className={`relative block overflow-hidden rounded-full bg-line ${className}`}>
      {part === null ? null : <span className={`absolute inset-y-0 left-0 rounded-full ${full ? 'bg-warn' : 'bg-accent'}`} style={{ width: `${part * 100}%` }} />}
    </span>
  );
}

const ROUND = 2 * Math.PI * 6;
/** Part of the whole that can be seen to be missing: a fleet has hundreds of these. */
const FINEST = 0.01;

/** The rest of a model's time to live, in the colour of what is ready. Draws nothing for one that stays. */
export function TtlRing({ unloadAt, ttlS }: { unloadAt: string | null; ttlS: number | null }): ReactElement | null {
  const stepMs = Math.max(1_000, (ttlS ?? 0) * 1_000 * FINEST);
  const leftMs = useAsOfNow((now) => (unloadAt === null ? 0 : Math.ceil(Math.max(0, msOfTime(unloadAt) - now) / stepMs) * stepMs));
  if (unloadAt === null || ttlS === null || ttlS <= 0) return null;
  const part = Math.min(1, leftMs / (ttlS * 1_000));
  const label = `unloads in ${span(leftMs)}`;
  return (
    <svg viewBox="0 0 16 16" role="img" aria-label={label} className="size-3.5 shrink-0 -rotate-90 text-good">
      <title>{label}</title>
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2.5" opacity="0.25" />
      <circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" strokeWidth="2.5" strokeDasharray={`${part * ROUND} ${ROUND}`} />
    </svg>
  );
}
