/** When the connection is lost: why, how old the page is, when the next try comes; and what a proxy in between would need. */
import { useState, type ReactElement } from 'react';
import { connectNow } from '../state/connection.ts';
import { useConnection, useLine } from '../state/hooks.ts';
import { useNow } from '../state/now.ts';
import { span } from '../format/figures.ts';
import { relative } from '../format/times.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

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
        <p className="min-w-0 grow">
          <span className="font-medium">{reason}</span>{' '}
          <span className="text-soft">
            {heardAt === null ? 'Nothing has come yet.' : `What you see is ${span(now - heardAt)} old.`}{' '}
            {nextTryAt === null ? 'Trying …' : `Next try ${relative(nextTryAt, now)}.`}
          </span>
        </p>
        <Button onClick={connectNow} disabled={state !== 'closed'}>Try now</Button>
      </div>
      {blocked ? <ProxyHelp /> : null}
    </div>
  );
}

const PROXIES = {
  nginx: 'location / {\n  proxy_pass http://127.0.0.1:4747;\n  proxy_http_version 1.1;\n  proxy_set_header Upgrade $http_upgrade;\n  proxy_set_header Connection "upgrade";\n  proxy_set_header Host $host;\n  proxy_read_timeout 1h;\n}',
  Caddy: 'drover.example.org {\n  reverse_proxy 127.0.0.1:4747\n}',
  Traefik: 'http:\n  routers:\n    drover: { rule: "Host(`drover.example.org`)", service: drover }\n  services:\n    drover: { loadBalancer: { servers: [{ url: "http://127.0.0.1:4747" }] } }',
} as const;

function ProxyHelp(): ReactElement {
  const [proxy, choose] = useState<keyof typeof PROXIES>('nginx');
  return (
    <details className="text-sm">
      <summary>What a proxy in front of Drover needs</summary>
      <p className="my-2 flex gap-2">
        {(Object.keys(PROXIES) as (keyof typeof PROXIES)[]).map((name) => <Button key={name} look={name === proxy ? 'solid' : 'plain'} aria-pressed={name === proxy} onClick={() => choose(name)}>{name}</Button>)}
      </p>
      <pre className="overflow-x-auto rounded-md border border-line bg-ground p-2 font-mono" tabIndex={0}>{PROXIES[proxy]}</pre>
      <p className="mt-1 text-soft">And tell Drover the address that browsers use: <code className="font-mono">DROVER_PUBLIC_URL=https://drover.example.org</code></p>
    </details>
  );
}
