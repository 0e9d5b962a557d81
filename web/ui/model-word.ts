/** A model's state at a host, in words and a colour. */
import type { ModelState } from '../../src/model/host/state.ts';
import { counted } from '../format/figures.ts';
import { shown } from '../format/shown.ts';

const COLOURS: Readonly<Record<string, string>> = { ready: 'text-good', starting: 'text-busy', waiting: 'text-warn', stopping: 'text-warn', shutdown: 'text-bad' };
/** Of a state or of a model's word. */
export const modelColour = (state: string): string => COLOURS[state] ?? 'text-off';

/** Stopped, and asked for: its requests wait until it can be loaded. */
export const isWaiting = ({ state, inflight }: ModelState): boolean => state === 'stopped' && inflight !== null && inflight > 0;
/** Its state in a word. A peer's model has none of its own here. */
export function modelWord(model: ModelState): string {
  if (model.state === '') return model.peerId === null ? 'unknown' : `at ${shown(model.peerId)}`;
  return isWaiting(model) ? 'waiting' : model.state;
}

/** Loaded, or on its way in or out. */
export const isLoaded = ({ state }: ModelState): boolean => state === 'ready' || state === 'starting' || state === 'stopping';
/** What a host's row shows of its models. */
export const isUp = (model: ModelState): boolean => isLoaded(model) || isWaiting(model);

/** "6 requests wait until it is loaded", "2 requests in flight". */
export function inFlightWords(model: ModelState): string {
  const count = model.inflight ?? 0;
  return isWaiting(model) || model.state === 'starting' ? `${counted(count, 'request')} ${count === 1 ? 'waits' : 'wait'} until it is loaded` : `${counted(count, 'request')} in flight`;
}
