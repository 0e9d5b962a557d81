/** The whole fleet at once: host × model with state and speed, or one metric of every host over the last minutes. */
import { useDeferredValue, type ReactElement } from 'react';
import { Link } from 'wouter';
import { useParams } from '../../state/address.ts';
import { counted } from '../../format/figures.ts';
import { useFleet, useLine } from '../../state/hooks.ts';
import { SearchField, Segments } from '../../ui/field.tsx';
import { Empty, Waiting } from '../../ui/notes.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Matrix } from './matrix.tsx';
import { Multiples } from './multiples.tsx';

const SHOWS = [{ value: 'models', label: 'Host × model' }, { value: 'multiples', label: 'One metric' }] as const;

export function MatrixView(): ReactElement {
  // Thousands of cells are drawn in pieces, between which the page answers.
  const fleet = useDeferredValue(useFleet());
  const { state: line } = useLine();
  const [params, setParams] = useParams();
  const show = params.get('show') === 'multiples' ? 'multiples' : 'models';
  const q = params.get('q') ?? '';
  return (
    <>
      <PageHead title="Matrix" summary={fleet === null ? undefined : counted(fleet.size, 'host')}>
        <SearchField label="Host or tag" value={q} onChange={(event) => setParams({ q: event.target.value })} className="min-w-0 grow basis-32 sm:w-44 sm:grow-0 sm:basis-auto" />
        {show === 'models' ? <SearchField label="Model" value={params.get('model') ?? ''} onChange={(event) => setParams({ model: event.target.value })} className="min-w-0 grow basis-32 sm:w-44 sm:grow-0 sm:basis-auto" /> : null}
        <Segments label="Show" value={show} options={SHOWS} onChange={(value) => setParams({ show: value === 'models' ? null : value }, 'step')} />
      </PageHead>
      <div className={`px-4 pb-6 ${line === 'open' ? '' : 'opacity-60 grayscale'}`} data-stale={line !== 'open'}>
        {fleet === null ? <Waiting what="the fleet" />
          : fleet.size === 0 ? <Empty title="No host yet"><Link href="/settings?add=1" className="text-accent underline">Add a host</Link></Empty>
          : show === 'multiples' ? <Multiples fleet={fleet} q={q} /> : <Matrix fleet={fleet} q={q} />}
      </div>
    </>
  );
}
