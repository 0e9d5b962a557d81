/** A model's state at a host, where there is room for words. */
import type { ReactElement } from 'react';
import type { ModelState } from '../../src/model/host/state.ts';
import { msOfTime } from '../../src/model/time.ts';
import { UNKNOWN } from '../format/figures.ts';
import { relative } from '../format/times.ts';
import { useNow } from '../state/now.ts';
import { TtlRing } from './meter.tsx';
import { inFlightWords, isUp, isWaiting, modelColour, modelWord } from './model-word.ts';

export function ModelStateWord({ model }: { model: ModelState }): ReactElement {
  const word = modelWord(model);
  const waiting = isWaiting(model);
  return <span title={waiting ? inFlightWords(model) : word} className={`inline-flex max-w-32 items-baseline gap-1.5 font-medium ${modelColour(word)}`}><span aria-hidden="true" className={`size-1.5 shrink-0 self-center rounded-full bg-current ${waiting || model.state === 'starting' || model.state === 'stopping' ? 'breathe' : ''}`} /><span className="min-w-0 truncate">{word}</span></span>;
}

/** Of a model that rests: how its newest request failed, where that is known. */
export function LastFailed({ model, failure }: { model: ModelState; failure: string | null }): ReactElement | null {
  return failure === null || isUp(model) ? null : <p className="max-w-48 truncate text-sm text-bad max-sm:max-w-32" title={`last failed: ${failure}`}>last failed: {failure}</p>;
}

/** When it unloads if nobody asks. */
export function Unloads({ model }: { model: ModelState }): ReactElement {
  const now = useNow();
  const { state, unloadAt, ttlS, inflight } = model;
  if (state !== 'ready') return <span className="text-faint">{UNKNOWN}</span>;
  if (ttlS !== null && ttlS <= 0) return <span className="text-faint">stays</span>;
  if (unloadAt === null) return <span className="text-faint">{inflight !== null && inflight > 0 ? 'not while in use' : UNKNOWN}</span>;
  return <span className="inline-flex items-baseline gap-1.5 text-soft"><span className="self-center"><TtlRing unloadAt={unloadAt} ttlS={ttlS} /></span><span>{msOfTime(unloadAt) <= now ? 'due' : relative(msOfTime(unloadAt), now)}</span></span>;
}
