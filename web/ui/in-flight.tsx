/** How many requests a model has in flight, where it stands among others. Nothing for none or unknown. */
import type { ReactElement } from 'react';
import type { ModelState } from '../../src/model/host/state.ts';
import { inFlightWords } from './model-word.ts';

export function InFlight({ model }: { model: ModelState }): ReactElement | null {
  if (model.inflight === null || model.inflight === 0) return null;
  const words = inFlightWords(model);
  return <span data-inflight={model.inflight} title={words} className="rounded-sm bg-chosen px-1 text-xs font-medium text-accent"><span aria-hidden="true">{model.inflight}</span><span className="sr-only">{words}</span></span>;
}
