/** What stands in one line of a log: its time, its text in colours, or a mark. */
import type { ReactElement } from 'react';
import { bytes, span, whole } from '../format/figures.ts';
import { absolute, clockTime } from '../format/times.ts';
import { useZone } from '../state/hooks.ts';
import { useNames } from '../state/names.ts';
import { spansOf } from './ansi-text.ts';
import type { LogLine } from './log-book.ts';
import { marked, type Range } from './log-search.ts';

/** When Drover received it; blank where nobody knows. */
export function LogTime({ line: { at, host } }: { line: LogLine }): ReactElement {
  const zone = useZone(host);
  const look = 'w-15 shrink-0 text-faint tabular-nums select-none';
  return at === null ? <span className={look} title="When this was written is not known: it stood in what the host remembers when Drover connected to it, for the first time or again" /> : <time className={look} dateTime={new Date(at).toISOString()} title={`received ${absolute(at, zone)}`}>{clockTime(at, zone)}</time>;
}

/** `ranges`: what of it is marked. */
export function LogText({ text, ranges = null }: { text: string; ranges?: readonly Range[] | null }): ReactElement {
  const pieces = marked(spansOf(text), ranges ?? []);
  return <>{pieces.map(({ text: piece, look, marked: found }, place) => (found ? <mark key={place} className="rounded-xs bg-warn text-panel">{piece}</mark> : look === '' ? piece : <span key={place} className={look}>{piece}</span>))}</>;
}

export function LogMark({ line: { kind, host, model, source, amount, at } }: { line: LogLine }): ReactElement {
  const names = useNames();
  const zone = useZone(host);
  const log = `${names.host(host)} ${model === null ? source : names.model(model)}`.trimEnd();
  switch (kind) {
    case 'dropped': return <span className="font-sans text-warn">⋯ {bytes(amount)} of <bdi>{log}</bdi> are not here: more was written than is passed on</span>;
    case 'away': return <span className="font-sans text-warn">⋯ not connected for {span(amount)}: what <bdi>{log}</bdi> wrote meanwhile is not here</span>;
    case 'live': return (
      <span role="separator" className="flex min-w-0 grow items-center gap-3 font-sans whitespace-nowrap text-faint before:w-6 before:shrink-0 before:border-t max-sm:before:hidden before:border-edge after:grow after:border-t after:border-edge" title="Drover keeps the end of each log, and a host remembers some of its own">
        <span><bdi className="inline-block max-w-72 truncate align-bottom">{log}</bdi>: earlier above, live since {at === null ? '' : clockTime(at, zone)}</span>
      </span>
    );
    case 'restart': return (
      <span role="separator" className="flex min-w-0 grow items-center gap-3 font-sans whitespace-nowrap text-warn before:w-6 before:shrink-0 before:border-t max-sm:before:hidden before:border-edge after:grow after:border-t after:border-edge" title={at === null ? undefined : `seen ${absolute(at, zone)}: another process, or its configuration was read anew`}>
        {names.host(host)} restarted, boot {whole(amount)}
      </span>
    );
    case 'text': return <></>;
    default: return kind satisfies never;
  }
}
