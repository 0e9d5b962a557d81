/** The followed logs as they come in: gathered at once, shown once a frame of the screen. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { logsTopic } from '../../../src/model/frames.ts';
import { onStream } from '../../state/connection.ts';
import { useLine, useTopics } from '../../state/hooks.ts';
import { createLogBook, type LogLine } from './log-lines.ts';

/** A moment of the book; it does not change any more. */
export interface LogPage { lines: readonly LogLine[]; nextId: number; gone: number; chars: number }

const HIDDEN_MS = 1_000;

export interface FollowedBook { page: LogPage; clear: () => void; /** Of a topic that was refused. */ retry: (topic: string) => void }

export function useLogBook(topics: readonly string[]): FollowedBook {
  const [book] = useState(createLogBook);
  const [page, setPage] = useState<LogPage>({ lines: [], nextId: 1, gone: 0, chars: 0 });
  const due = useRef<(() => void) | null>(null);
  const show = useCallback(() => {
    if (due.current !== null) return;
    const draw = (): void => {
      due.current = null;
      const { lines, nextId, gone, chars } = book;
      setPage({ lines: lines.slice(), nextId, gone, chars });
    };
    if (document.visibilityState === 'visible') {
      const frame = requestAnimationFrame(draw);
      due.current = () => cancelAnimationFrame(frame);
    } else {
      const timer = setTimeout(draw, HIDDEN_MS);
      due.current = () => clearTimeout(timer);
    }
  }, [book]);
  useEffect(() => {
    // A frame that was asked for and never came, because the page was hidden in between.
    const turned = (): void => {
      if (due.current === null) return;
      due.current();
      due.current = null;
      show();
    };
    document.addEventListener('visibilitychange', turned);
    return () => {
      document.removeEventListener('visibilitychange', turned);
      due.current?.();
      due.current = null;
    };
  }, [show]);

  const [left, leave] = useState<string | null>(null);
  useTopics(topics.filter((topic) => topic !== left));
  const retry = useCallback((topic: string) => {
    leave(topic);
    setTimeout(() => leave(null));
  }, []);
  const key = topics.join('\n');
  const before = useRef<readonly string[]>([]);
  useEffect(() => {
    const wanted = new Set(key.split('\n'));
    // Of a log that was left, what comes later would not join on to what is here.
    if (before.current.some((topic) => !wanted.has(topic))) {
      book.clear();
      show();
    }
    before.current = [...wanted];
    return onStream((frame) => {
      if (frame.type !== 'log' || !wanted.has(logsTopic(frame.host, frame.model ?? null))) return;
      book.append(frame, Date.now());
      show();
    });
  }, [book, key, show]);

  const { state } = useLine();
  const closedAt = useRef<number | null>(null);
  useEffect(() => {
    if (state === 'closed') closedAt.current ??= Date.now();
    if (state !== 'open' || closedAt.current === null) return;
    book.away(Date.now() - closedAt.current, Date.now());
    closedAt.current = null;
    show();
  }, [book, state, show]);

  const clear = useCallback(() => {
    book.clear();
    show();
  }, [book, show]);
  return { page, clear, retry };
}
