/** What stands where lines would: why there are none, and what to do next. */
import type { ReactElement, ReactNode } from 'react';
import { Link } from 'wouter';
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { modelAddress } from '../../format/addresses.ts';
import { useLine } from '../../state/hooks.ts';
import { useNames, type Names } from '../../state/names.ts';
import { Button } from '../../ui/button.tsx';
import { Empty, Waiting } from '../../ui/notes.tsx';
import { isLoaded } from '../../ui/model-word.ts';
import type { FollowedLog, Source } from './log-choice.ts';

export interface NothingProps {
  logs: readonly FollowedLog[];
  fleet: ReadonlyMap<string, HeldHost>;
  /** Topics of which it is known what was written before. */
  recalled: ReadonlySet<string>;
  /** Lines are here, and none is shown: none is found, or none is of the source. */
  hidden: 'search' | 'source' | null;
  /** Lines were here. */
  cleared: boolean;
  source: Source | null;
  onShowAll: () => void;
}

export function Nothing({ logs, fleet, recalled, hidden, cleared, source, onShowAll }: NothingProps): ReactElement {
  const names = useNames();
  const { state: line } = useLine();
  const known = logs.filter((log) => log.known);
  if (hidden === 'search') return <Empty title="No line is found"><p>Change the search, or show the other lines too.</p><Button className="mt-2" onClick={onShowAll}>Show all lines</Button></Empty>;
  if (hidden === 'source') return <Empty title={`Nothing by the ${source} yet`}><p>The lines on hand are of the other source.</p><Button className="mt-2" onClick={onShowAll}>Show both</Button></Empty>;
  if (known.length === 0) return <Empty title="No log is followed"><p>What the address asks for is not there: leave it, and take another under “Choose logs”.</p></Empty>;
  if (line !== 'open') return <Empty title="Not connected to Drover"><p>Lines come as soon as the connection is back.</p></Empty>;
  if (known.some(({ topic }) => !recalled.has(topic))) return <Waiting what={`what ${joined(known.map((log) => nameOf(log, names)))} wrote before`} />;
  if (cleared) return <Empty title="Cleared"><p>What is written from now on stands here. Reload the page for what was written before.</p></Empty>;
  return (
    <Empty title="Nothing has been written yet">
      {known.slice(0, MOST).map((log) => <p key={log.topic} className="wrap-anywhere">{why(log, fleet.get(log.host), names)}</p>)}
      {known.length > MOST ? <p>and {known.length - MOST} more</p> : null}
    </Empty>
  );
}

const MOST = 4;

function why(log: FollowedLog, held: HeldHost | undefined, names: Names): ReactNode {
  const name = nameOf(log, names);
  if (held === undefined) return name;
  const { liveness: { state }, models } = held.state;
  if (state === 'disabled') return <><bdi>{names.host(log.host)}</bdi> is disabled, so nothing is read from it. <Link href="/settings" className="text-accent underline">Enable it</Link>.</>;
  if (state !== 'live') return <><bdi>{names.host(log.host)}</bdi> is {state}. Its lines come when it can be reached.</>;
  const model = log.model === null ? undefined : models[log.model];
  if (log.model !== null && model !== undefined && !isLoaded(model)) return <><bdi>{name}</bdi> is not loaded and has said nothing. Its server writes when a <Link href={modelAddress(log.model)} className="text-accent underline">request</Link> loads it.</>;
  return <><bdi>{name}</bdi> remembers no line and has written none since. The next request to it makes the first.</>;
}

function nameOf({ host, model }: FollowedLog, names: Names): string {
  return model === null ? names.host(host) : `${names.model(model)} on ${names.host(host)}`;
}

function joined(all: readonly string[]): string {
  return all.length > 2 ? `${all.length} logs` : all.join(' and ');
}
