/** The head of a view: its name, what sums it up, and what can be done in it. */
import type { ReactElement, ReactNode } from 'react';

export function PageHead({ title, summary, children }: { title: ReactNode; summary?: ReactNode; children?: ReactNode }): ReactElement {
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
      <h1 className="text-xl font-semibold">{title}</h1>
      {summary === undefined ? null : <div className="min-w-0 text-soft">{summary}</div>}
      <div className="flex grow flex-wrap items-center justify-end gap-2">{children}</div>
    </header>
  );
}
