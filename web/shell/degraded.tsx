/** Whatever works less well than it should says so: the database away, a page older than its server. */
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { useConnection, useDatabase } from '../state/hooks.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { For } from '../ui/time.tsx';
import { isOutdated } from './start.ts';

const PATIENCE_MS = 1_500;

export function Degraded(): ReactElement | null {
  const postgres = useDatabase();
  const outdated = useConnection(isOutdated);
  const away = useLasting(postgres !== null && postgres.state !== 'ready');
  return (
    <>
      {postgres === null || !away ? null : (
        <Notice>
          <span className="font-medium">The database is {postgres.state}</span>, for <For since={postgres.since} />. What is live goes on; history and settings wait for it, and what the hosts still remember is caught up when it is back.
        </Notice>
      )}
      {outdated ? <Notice action={<Button onClick={() => location.reload()}>Reload</Button>}>Drover has been updated since this page was loaded. It reloads by itself when nobody looks.</Notice> : null}
    </>
  );
}

/** Whether it is so, and has been for a while: a start goes through states that are over before one has read of them. */
function useLasting(so: boolean): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!so) return undefined;
    const timer = setTimeout(() => setLasts(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLasts(false);
    };
  }, [so]);
  return so && lasts;
}

function Notice({ children, action }: { children: ReactNode; action?: ReactElement }): ReactElement {
  return (
    <div role="status" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-warn bg-panel px-4 py-2">
      <Icon name="warning" className="text-warn" /><p className="min-w-0 grow">{children}</p>{action}
    </div>
  );
}
