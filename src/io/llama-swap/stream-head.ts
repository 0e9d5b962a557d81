/** The head of an answer: is it what was asked for? */
import type { HostFault } from '../../model/liveness.ts';

type Head = { status: number; headers: Readonly<Record<string, string>> };

/** null: 200 and `text/event-stream`. Else why this is no event stream of llama-swap, for people. */
export function streamFault(_head: Head): HostFault | null { throw new Error('to come'); }

/** null: 200. Else why not. */
export function statusFault(_head: Head): HostFault | null { throw new Error('to come'); }
