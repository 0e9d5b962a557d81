/** How an actor ends with a reason of its own, and how any error becomes a reason. */
import type { Reason, Term } from './term.ts';

/** As an actor's error, or as a machine's output: the actor ends with this reason, as a process of Erlang does by `exit(Reason)`. */
export interface Exit {
  readonly type: 'exit';
  readonly reason: Reason;
}

export const exitWith = (reason: Reason): Exit => ({ type: 'exit', reason });

export function isExit(value: unknown): value is Exit {
  return typeof value === 'object' && value !== null && (value as Partial<Exit>).type === 'exit' && 'reason' in value;
}

/** What was thrown, as a reason. A crash is `['error', 'TypeError: …']`; its stack stays with the error. */
export function toReason(error: unknown): Reason {
  if (isExit(error)) return error.reason;
  if (error instanceof Error) return ['error', `${error.name}: ${error.message}`];
  if (typeof error === 'string' || typeof error === 'number' || typeof error === 'boolean' || Array.isArray(error)) return error as Term;
  return ['error', error === undefined || error === null ? 'no reason given' : JSON.stringify(error)];
}

/** A reason for people: `TypeError: x is not a function`, `shutdown`, `failed to start postgres: no space left`. */
export function reasonText(reason: Reason): string {
  if (typeof reason === 'string') return reason;
  if (Array.isArray(reason)) {
    const [tag, detail, inner] = reason as readonly Term[];
    if (tag === 'error' && typeof detail === 'string' && reason.length === 2) return detail;
    if (tag === 'shutdown' && detail !== undefined && reason.length === 2) return reasonText(detail);
    if (tag === 'failed_to_start_child' && typeof detail === 'string' && inner !== undefined) return `failed to start ${detail}: ${reasonText(inner)}`;
  }
  return JSON.stringify(reason);
}
