/** Erlang terms as JSON: an atom is a string, a tuple an array, a process a Pid. The core speaks in them, so its answers are OTP's. */

/** One start attempt of a child. Compared by identity. */
export interface Pid {
  /** Its path. */
  readonly child: string;
  /** The number of the start attempt at that path, from 1. */
  readonly n: number;
}

export type Term = string | number | boolean | null | Pid | readonly Term[] | { readonly [key: string]: Term | undefined };

/** Why a process ended. `normal`, `shutdown` and `['shutdown', …]` are ends in good order; `killed` was cut off. */
export type Reason = Term;

/** An end after which a transient child is left alone. */
export function isNormal(reason: Reason): boolean {
  return reason === 'normal' || reason === 'shutdown' || (Array.isArray(reason) && reason.length === 2 && reason[0] === 'shutdown');
}
