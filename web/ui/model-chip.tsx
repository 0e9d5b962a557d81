/** A model on a host: its state by colour and word, its requests in flight, the ring of its time to live. */
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { ModelState } from '../../src/model/host/state.ts';
import { modelAddress } from '../format/addresses.ts';
import { shown } from '../format/shown.ts';
import { useNames } from '../state/names.ts';
import { InFlight } from './in-flight.tsx';
import { TtlRing } from './meter.tsx';
import { inFlightWords, isWaiting, modelColour, modelWord } from './model-word.ts';

export function ModelChip({ id, model }: { id: string; model: ModelState }): ReactElement {
  const word = modelWord(model);
  return (
    <Link href={modelAddress(id)} title={`${shown(id)}: ${isWaiting(model) ? inFlightWords(model) : word}`} className={`inline-flex max-w-full items-center gap-1.5 rounded-md border border-line px-1.5 text-sm hover:bg-hover ${modelColour(word)}`}>
      <span className="truncate text-ink">{useNames().model(id)}</span>
      {model.state === 'ready' ? <span className="sr-only">ready</span> : <span className="min-w-8 truncate">{word}</span>}
      <span className="inline-flex min-w-4 shrink-0 justify-center"><Mark model={model} /></span>
    </Link>
  );
}

/** In one place, so that a chip stays as wide as it is while requests come and go: how many are in flight, else how long it stays, else its colour. */
function Mark({ model }: { model: ModelState }): ReactElement {
  const { state, inflight, unloadAt, ttlS } = model;
  if (inflight !== null && inflight > 0) return <InFlight model={model} />;
  return state === 'ready' && unloadAt !== null && ttlS !== null && ttlS > 0 ? <TtlRing unloadAt={unloadAt} ttlS={ttlS} /> : <span aria-hidden="true" className="size-1.5 self-center rounded-full bg-current" />;
}
