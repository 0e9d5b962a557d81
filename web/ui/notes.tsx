/** What stands where data would: nothing yet, an error, still on its way. Each says what to do next. */
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import { actorAddress } from '../format/addresses.ts';
import { ApiFault } from '../state/api.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

export function Empty({ title, children }: { title: string; children?: ReactNode }): ReactElement {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] justify-items-center gap-2 px-4 py-12 text-center wrap-anywhere">
      <p className="text-lg font-medium">{title}</p>
      <div className="max-w-prose text-soft">{children}</div>
    </div>
  );
}

/** `onClose`: of something that was done and failed, for whoever has read it. */
export function Fault({ error, retry, onClose }: { error: unknown; retry?: () => void; onClose?: () => void }): ReactElement {
  const [message, hint] = error instanceof ApiFault ? [error.message, cureOf(error)] : [error instanceof Error ? error.message : String(error), null];
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md border border-bad px-3 py-2">
      <Icon name="warning" className="text-bad" />
      <p className="min-w-0 grow basis-48 wrap-anywhere"><span className="font-medium">{message}</span> {hint === null ? null : <span className="text-soft">{hint}</span>}</p>
      {retry === undefined ? null : <Button onClick={retry}>Try again</Button>}
      {onClose === undefined ? null : <Button look="quiet" aria-label="Close" className="h-7 px-1.5" onClick={onClose}><Icon name="close" /></Button>}
    </div>
  );
}

/** The API's own hints are for those who write programs; where they name a path, people get the view. */
function cureOf({ code, hint }: ApiFault): ReactNode {
  switch (code) {
    case 'database_away': return <>What is live goes on without it: <Link href={actorAddress('drover/database/postgres')} className="underline">what it is doing</Link>.</>;
    case 'no_such_host': return <>It may have been removed: <Link href="/settings" className="underline">the hosts</Link>.</>;
    case 'no_such_actor': return <>It may have ended: <Link href="/actors" className="underline">the tree</Link>.</>;
    default: return hint;
  }
}

export function Waiting({ what }: { what: string }): ReactElement {
  return <p role="status" className="px-4 py-12 text-center wrap-anywhere text-soft">Waiting for {what} …</p>;
}
