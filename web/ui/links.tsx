/** A host or a model by its name, as a way to its page; the id on hover. */
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import { hostAddress, modelAddress } from '../format/addresses.ts';
import { shown } from '../format/shown.ts';
import { useNames } from '../state/names.ts';

const LOOK = 'hover:text-accent hover:underline';

export function HostLink({ id, className = LOOK }: { id: string; className?: string }): ReactElement {
  return <Link href={hostAddress(id)} title={shown(id)} className={className}>{useNames().host(id)}</Link>;
}

export function ModelLink({ id, className = LOOK }: { id: string; className?: string }): ReactElement {
  return <Link href={modelAddress(id)} title={shown(id)} className={className}>{useNames().model(id)}</Link>;
}
