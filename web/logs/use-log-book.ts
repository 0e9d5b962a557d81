/** The followed logs as they come in: gathered at once, shown once a frame of the screen. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { logsTopic } from '../../src/model/frames.ts';
import { connection, onStream } from '../state/connection.ts';
import { createDrawing } from '../state/drawing.ts';
import { useLine, useTopics } from '../state/hooks.ts';
import { createLogBook, type LogBook, type LogBookLimits, type LogLine } from './log-book.ts';

/** A moment of the book; it does not change any more. */
export interface LogPage { lines: readonly LogLine[]; nextId: number; gone: number; chars: number; recalled: ReadonlySet<string> }

export interface LogBookOptions {
  limits?: LogBookLimits;
  /** The others are left out. */
  source?: string;
  /** Nothing is asked for, and what is here stays. */
  asleep?: boolean;
}

export interface FollowedBook { page: LogPage; clear: () => void; /** Of a topic that was refused. */ retry: (topic: string) => void }

const HIDDEN_MS = 1_000;

export function useLogBook(topics: readonly string[], { limits, source, asleep = false }: LogBookOptions = {}): FollowedBook {
  const [book] = useState(() => createLogBook(limits));
  const [page, setPage] = useState(() => pageOf(book));
  const [drawing] = useState(() => createDrawing(() => setPage(pageOf(book)), HIDDEN_MS));
  useEffect(() => drawing.cancel, [drawing]);

  const [left, leave] = useState<string | null>(null);
  useTopics(asleep ? [] : topics.filter((topic) => topic !== left));
  const retry = useCallback((topic: string) => {
    leave(topic);
    setTimeout(() => leave(null));
  }, []);
  const key = topics.join('\n');
  const before = useRef<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const wanted = new Set(key.split('\n'));
    for (const topic of before.current) if (!wanted.has(topic)) book.leave(topic);
    before.current = wanted;
    drawing.soon();
    return onStream((frame) => {
      if ((frame.type !== 'log' && frame.type !== 'log.history') || !wanted.has(logsTopic(frame.host, frame.model ?? null))) return;
      if (frame.type === 'log.history') book.recall(source === undefined ? frame : { ...frame, chunks: frame.chunks.filter((chunk) => chunk.source === source) }, Date.now());
      else if (source === undefined || frame.source === source) book.append(frame, Date.now());
      else return;
      drawing.soon();
    });
  }, [book, drawing, key, source]);

  // What the fleet tells of hosts whose logs these are: a log itself says nothing of its host's restart.
  useEffect(() => {
    const hosts = new Set(key.split('\n').map(hostOfTopic));
    const boots = new Map<string, number>();
    const look = (): void => {
      const { fleet } = connection.getSnapshot().context.client;
      for (const host of hosts) {
        const boot = fleet.hosts.get(host)?.state.bootEpoch ?? null;
        const before = boots.get(host);
        if (boot === null || boot === before) continue;
        boots.set(host, boot);
        if (before === undefined) continue;
        book.restarted(host, boot, Date.now());
        drawing.soon();
      }
    };
    look();
    const { unsubscribe } = connection.subscribe(look);
    return unsubscribe;
  }, [book, drawing, key]);

  const { state } = useLine();
  useEffect(() => {
    if (state === 'closed' || asleep) book.parted(Date.now());
  }, [book, state, asleep]);

  const clear = useCallback(() => {
    book.clear();
    drawing.soon();
  }, [book, drawing]);
  return { page, clear, retry };
}

/** `logs:HOST` or `logs:HOST/MODEL`; a host's id holds no slash. */
const hostOfTopic = (topic: string): string => topic.slice(topic.indexOf(':') + 1).split('/')[0] ?? '';

function pageOf({ lines, nextId, gone, chars, recalled }: LogBook): LogPage {
  return { lines: lines.slice(), nextId, gone, chars, recalled: new Set(recalled) };
}
