/** A titled panel of a view. */
import type { ReactElement, ReactNode } from 'react';

/** `flush`: what it holds has its own spacing, such as a table. */
export function Section({ title, actions, flush = false, children }: { title: string; actions?: ReactNode; flush?: boolean; children: ReactNode }): ReactElement {
  return (
    <section aria-label={title} className="panel min-w-0">
      <header className="flex min-h-11 items-center justify-between gap-4 border-b border-line px-4 py-1.5"><h2 className="text-lg font-medium">{title}</h2>{actions}</header>
      <div className={flush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}
