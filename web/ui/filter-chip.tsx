/** One value to filter by, with how many have it: pressed or not. */
import type { ReactElement, ReactNode } from 'react';

export function FilterChip({ on, onToggle, children }: { on: boolean; onToggle: () => void; children: ReactNode }): ReactElement {
  return <button type="button" aria-pressed={on} onClick={onToggle} className="inline-flex h-7 items-center gap-1.5 rounded-full border border-line bg-panel px-2.5 text-sm text-soft hover:bg-hover aria-pressed:border-accent aria-pressed:bg-chosen aria-pressed:text-ink">{children}</button>;
}
