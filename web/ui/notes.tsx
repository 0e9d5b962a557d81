/** What stands where data would: nothing yet, an error, still on its way. Each says what to do next. */
import type { ReactElement, ReactNode } from 'react';
import { ApiFault } from '../state/api.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

export function Empty({ title, children }: { title: string; children?: ReactNode }): ReactElement {
  return (
    <div className="grid justify-items-center gap-2 px-4 py-12 text-center">
      <p className="text-lg font-medium">{title}</p>
      <div className="max-w-prose text-soft">{children}</div>
    </div>
  );
}

export function Fault({ error, retry }: { error: unknown; retry?: () => void }): ReactElement {
  const [message, hint] = error instanceof ApiFault ? [error.message, error.hint] : [error instanceof Error ? error.message : String(error), null];
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-bad px-3 py-2">
      <Icon name="warning" className="text-bad" />
      <p className="min-w-0 grow"><span className="font-medium">{message}</span> {hint === null ? null : <span className="text-soft">{hint}</span>}</p>
      {retry === undefined ? null : <Button onClick={retry}>Try again</Button>}
    </div>
  );
}

export function Waiting({ what }: { what: string }): ReactElement {
  return <p role="status" className="px-4 py-12 text-center text-soft">Waiting for {what} …</p>;
}
