/** One of several that may be on together: a filter, a host, a metric. */
import type { ReactElement, ReactNode } from 'react';

export function Chip({ on, onToggle, title, children }: { on: boolean; onToggle: () => void; title?: string; children: ReactNode }): ReactElement {
  return <button type="button" aria-pressed={on} title={title} onClick={onToggle} className="inline-flex h-7 shrink-0 items-center gap-1.5 rounded-full border border-line bg-panel px-2.5 text-sm whitespace-nowrap text-soft hover:bg-hover aria-pressed:border-accent aria-pressed:bg-chosen aria-pressed:text-ink">{children}</button>;
}
