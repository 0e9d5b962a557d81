/** That a host does not stay up, in amber: it leads to what happened. Nothing of one that does, or of which that is not known. */
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { hostAddress } from '../../format/addresses.ts';
import { unsteadyTitle, unsteadyWords, type Unsteady } from './unsteady.ts';

/** `short`: where there is no room for the time that it is of. */
export function UnsteadyLink({ id, unsteady, short = false }: { id: string; unsteady: Unsteady | null; short?: boolean }): ReactElement | null {
  if (unsteady === null) return null;
  return <Link data-unsteady href={`${hostAddress(id)}?range=1h#history`} title={unsteadyTitle(unsteady)} className={`text-sm text-warn hover:underline ${short ? 'shrink-0' : 'min-w-0 truncate'}`}>{unsteadyWords(unsteady)}{short ? null : <span className="max-xl:hidden"> in the last hour</span>}</Link>;
}
