/** What a proxy in front of Drover needs to let the WebSocket through, with this page's own name filled in. */
import { useState, type ReactElement } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';
import { Segments } from '../ui/field.tsx';
import { PublicUrl } from './public-url.tsx';

type Proxy = 'nginx' | 'Caddy' | 'Traefik';
const PROXIES: readonly { value: Proxy; label: Proxy }[] = [{ value: 'nginx', label: 'nginx' }, { value: 'Caddy', label: 'Caddy' }, { value: 'Traefik', label: 'Traefik' }];

function linesOf(proxy: Proxy, { host, hostname }: { host: string; hostname: string }): string {
  switch (proxy) {
    case 'nginx': return `location / {
  proxy_pass http://127.0.0.1:4747;
  proxy_http_version 1.1;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Connection "upgrade";
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-Proto $scheme;
  proxy_read_timeout 1h;
}`;
    case 'Caddy': return `${host} {
  reverse_proxy 127.0.0.1:4747
}`;
    case 'Traefik': return `http:
  routers:
    drover:
      rule: "Host(\`${hostname}\`)"
      service: drover
  services:
    drover:
      loadBalancer:
        servers:
          - url: "http://127.0.0.1:4747"`;
    default: return proxy satisfies never;
  }
}

export function ProxyHelp(): ReactElement {
  const [proxy, choose] = useState<Proxy>('nginx');
  const lines = linesOf(proxy, location);
  return (
    <details className="text-sm">
      <summary>What a proxy in front of Drover needs</summary>
      <div className="mt-2 grid gap-2">
        <p className="flex flex-wrap items-center gap-2"><Segments label="Proxy" value={proxy} options={PROXIES} onChange={choose} /><CopyButton what={`the lines for ${proxy}`} text={() => lines} /></p>
        <pre aria-label={`For ${proxy}`} className="max-h-64 overflow-auto rounded-md border border-line bg-ground p-2 font-mono" tabIndex={0}>{lines}</pre>
        <p className="text-soft">127.0.0.1:4747 is where Drover listens by default, on the proxy's own machine. And tell Drover the address that browsers use:</p>
        <PublicUrl />
      </div>
    </details>
  );
}
