/** A model on a host: its state by colour and word, its requests in flight, the ring of its time to live. */
import type { ReactElement } from 'react';
import { Link } from 'wouter';
import type { ModelState } from '../../src/model/host/state.ts';
import { modelAddress } from '../format/addresses.ts';
import { TtlRing } from './meter.tsx';

const COLOURS: Readonly<Record<string, string>> = { ready: 'text-good', starting: 'text-busy', stopping: 'text-warn', shutdown: 'text-bad' };
export const modelColour = (state: string): string => COLOURS[state] ?? 'text-off';
/** A peer's model has no state of its own here. */
export const modelWord = ({ state, peerId }: ModelState): string => (state === '' ? (peerId === null ? 'unknown' : `at ${peerId}`) : state);

/** Loaded or on its way: what a host's row shows of its models. */
export const isUp = ({ state }: ModelState): boolean => state === 'ready' || state === 'starting' || state === 'stopping';

export function ModelChip({ id, model }: { id: string; model: ModelState }): ReactElement {
  const { unloadAt, ttlS, inflight } = model;
  const name = model.name === '' ? id : model.name;
  return (
    <Link href={modelAddress(id)} title={`${id}: ${modelWord(model)}`} className={`inline-flex max-w-full items-center gap-1.5 rounded-md border border-line px-1.5 py-0.5 text-sm hover:bg-hover ${modelColour(model.state)}`}>
      <span className="truncate text-ink">{name}</span>
      {model.state === 'ready' ? <span className="sr-only">ready</span> : <span>{modelWord(model)}</span>}
      {inflight === null || inflight === 0 ? null : <span className="font-medium text-accent" title={`${inflight} in flight`}>{inflight}▸</span>}
      {model.state === 'ready' && (unloadAt === null || ttlS === null || ttlS <= 0) ? <span aria-hidden="true" className="size-1.5 rounded-full bg-current" /> : <TtlRing unloadAt={unloadAt} ttlS={ttlS} />}
    </Link>
  );
}
