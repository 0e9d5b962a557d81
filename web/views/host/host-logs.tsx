/** The end of what the host itself writes, live while somebody sees it. */
import { useMemo, type ReactElement } from 'react';
import type { LivenessState } from '../../../src/model/host/liveness.ts';
import { logsTopic } from '../../../src/model/frames.ts';
import { plain } from '../../logs/ansi-text.ts';
import { LogMark, LogText, LogTime } from '../../logs/log-text.tsx';
import { useLogBook } from '../../logs/use-log-book.ts';
import { useVisible } from '../../state/visible.ts';

const LINES = 12;
/** A line that goes on beyond the panel's edge goes on in the next. */
const BOOK = { lines: 40, chars: 100_000, lineChars: 2_000 };
/** Longer ones may be cut off at the panel's edge: hovering tells them whole. */
const TITLE_CHARS = 60;

export function HostLogs({ id, liveness }: { id: string; liveness: LivenessState }): ReactElement {
  const topics = useMemo(() => [logsTopic(id, null)], [id]);
  const { page: { lines, recalled } } = useLogBook(topics, { limits: BOOK, source: 'proxy', asleep: !useVisible() });
  const shown = lines.slice(-LINES);
  return (
    <div role="log" aria-live="off" aria-label="Last lines of the log" data-recalled={recalled.size > 0} className="h-66 overflow-hidden py-3 font-mono text-sm leading-5">
      {shown.length === 0 ? <p className="px-4 font-sans text-soft">{nothing(recalled.size > 0, liveness)}</p> : shown.map((line) => (
        <div key={line.id} data-log-line={line.id} data-kind={line.kind} className="flex h-5 gap-3 px-4">
          {line.kind === 'text' ? <><LogTime line={line} /><span className="min-w-0 truncate whitespace-pre" title={line.text.length > TITLE_CHARS ? plain(line.text) : undefined}><LogText text={line.text} /></span></> : <LogMark line={line} />}
        </div>
      ))}
    </div>
  );
}

function nothing(recalled: boolean, liveness: LivenessState): string {
  if (!recalled) return 'Waiting for what it wrote before …';
  if (liveness === 'disabled') return 'It is disabled, so nothing is read from it.';
  return liveness === 'live' ? 'It remembers no line and has written none since. The next request makes the first.' : `It is ${liveness}. Its lines come when it can be reached.`;
}
