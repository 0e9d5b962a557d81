/** When the connection is lost: why, how old the page is, when the next try comes; and what a proxy in between would need. */
import type { ReactElement } from 'react';
import { connectNow, type Line } from '../state/connection.ts';
import { useConnection, useLine } from '../state/hooks.ts';
import { useNow } from '../state/now.ts';
import { span } from '../format/figures.ts';
import { relative } from '../format/times.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { ProxyHelp } from './proxy-help.tsx';
import { PublicUrl } from './public-url.tsx';

/** A reconnect of a moment is not worth a banner: what is shown is no older than usual. */
const PATIENCE_MS = 1_500;

export function ConnectionBanner(): ReactElement | null {
  const { state, since, reason, nextTryAt, heardAt, blocked } = useLine();
  const held = useConnection(({ client }) => client.fleet.phase !== 'none');
  const now = useNow();
  if (state === 'open' || reason === null || (now - since < PATIENCE_MS && held)) return null;
  return (
    <div role="alert" className="grid gap-2 border-b border-bad bg-panel px-4 py-2">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Icon name="warning" className="text-bad" />
        <p className="min-w-0 grow basis-48">
          <span className="font-medium">{reason}</span>{' '}
          {/* On a phone a line each: figures that grow would else move what stands below. */}
          <span aria-live="off" className="text-soft max-sm:block">{heardAt === null ? 'Nothing has come yet.' : `What you see is ${span(now - heardAt)} old.`}</span>{' '}
          <span aria-live="off" className="text-soft max-sm:block">{nextTryAt === null ? 'Trying …' : `Next try ${relative(nextTryAt, now)}.`}</span>
        </p>
        <Button onClick={connectNow} disabled={state !== 'closed'}>Try now</Button>
      </div>
      <Help blocked={blocked} />
    </div>
  );
}

function Help({ blocked }: Pick<Line, 'blocked'>): ReactElement | null {
  switch (blocked) {
    case null: return null;
    case 'socket': return <ProxyHelp />;
    case 'origin': return (
      <div className="grid gap-2 text-sm">
        <p className="text-soft">A proxy in front of Drover may give it another Host name than the one that you opened. Set this where Drover runs, and start it again:</p>
        <PublicUrl />
      </div>
    );
    default: return blocked satisfies never;
  }
}
