/** The setting that tells Drover under which address browsers reach it, with this page's own filled in. */
import type { ReactElement } from 'react';
import { CopyButton } from '../ui/copy-button.tsx';

export function PublicUrl(): ReactElement {
  const setting = `DROVER_PUBLIC_URL=${location.origin}`;
  return <p className="flex flex-wrap items-center gap-2"><code className="rounded-md border border-line bg-ground px-2 py-1 font-mono wrap-anywhere">{setting}</code><CopyButton what="the setting" text={() => setting} /></p>;
}
