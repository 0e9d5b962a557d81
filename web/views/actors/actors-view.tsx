/** The live actor tree. */
import type { ReactElement } from 'react';
import { useActors } from '../../state/hooks.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { Waiting } from '../../ui/notes.tsx';

export function ActorsView(): ReactElement {
  const actors = useActors();
  return <><PageHead title="Actors" />{actors === null ? <Waiting what="the actor tree" /> : <ul className="px-4">{Object.values(actors).map(({ path, state }) => <li key={path}>{path} {state}</li>)}</ul>}</>;
}
