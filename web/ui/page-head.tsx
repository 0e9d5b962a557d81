/** The head of a view: its name, what sums it up, and what can be done in it. */
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import { Icon } from './icon.tsx';

/** `above`: the view that this one is a part of, as the way back. */
export interface PageHeadProps { title: ReactNode; above?: { href: string; name: string }; summary?: ReactNode; children?: ReactNode }

export function PageHead({ title, above, summary, children }: PageHeadProps): ReactElement {
  return (
    <header className="flex min-h-12 shrink-0 flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2">
      <div className="flex min-w-0 items-baseline gap-1.5">
        {above === undefined ? null : <><Link href={above.href} className="text-soft hover:text-accent hover:underline">{above.name}</Link><Icon name="right" className="mt-2 size-3 self-start text-faint" /></>}
        <h1 className="min-w-0 text-xl font-semibold wrap-anywhere">{title}</h1>
      </div>
      {summary === undefined ? null : <div className="min-w-0 text-soft">{summary}</div>}
      <div className="flex grow flex-wrap items-center justify-end gap-2">{children}</div>
    </header>
  );
}
