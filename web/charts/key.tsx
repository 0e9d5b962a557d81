/** What stands behind the lines of all charts of a page, once. */
import type { ReactElement } from 'react';

export function ChartKey(): ReactElement {
  return (
    <ul aria-label="Key" className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-faint">
      <li className="flex items-center gap-1.5"><span aria-hidden="true" className="h-3 border-l border-dashed border-soft" />restart or new build</li>
      <li className="flex items-center gap-1.5"><span aria-hidden="true" className="h-1 w-3.5 bg-warn/60" />activity lost</li>
      <li className="flex items-center gap-1.5"><span aria-hidden="true" className="h-3 w-3.5 bg-line" />no samples</li>
    </ul>
  );
}
