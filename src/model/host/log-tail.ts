/**
 * What of a log's history is new: a host sends it again on every connect (at most 100 KiB a source, perhaps cut inside a line),
 * and nobody wants to read it twice.
 */
import { copied } from './log-text.ts';

/** Characters kept to find the place again: more than any run of equal lines that a host writes by itself. */
const TAIL = 4_096;

export interface LogTail {
  /** The first text of a source on a connection. Returns what has not been passed on before. */
  history(source: string, text: string): string;
  /** Any later text. */
  append(source: string, text: string): void;
}

export function createLogTail(): LogTail {
  const tails = new Map<string, string>();
  const append = (source: string, text: string): void => {
    if (text === '') return;
    tails.set(source, text.length >= TAIL ? copied(text.slice(-TAIL)) : ((tails.get(source) ?? '') + text).slice(-TAIL));
  };
  return {
    append,
    history(source, text) {
      const tail = tails.get(source) ?? '';
      // Another process begins with lines of its own, and a history that has moved on by 100 KiB lacks the tail: both are new whole.
      const at = tail === '' ? -1 : text.lastIndexOf(tail);
      const fresh = at === -1 ? text : text.slice(at + tail.length);
      append(source, fresh);
      return fresh;
    },
  };
}
