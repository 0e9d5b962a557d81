/** How many hosts are in which state, which of them are unsteady, and their tags: each a filter, each at a place of its own, so that nothing moves when a host is lost. */
import type { CSSProperties, ReactElement } from 'react';
import type { LivenessState } from '../../../src/model/host/liveness.ts';
import { UNKNOWN } from '../../format/figures.ts';
import { toggled, type SetParams } from '../../state/address.ts';
import { Chip } from '../../ui/chip.tsx';
import { Icon } from '../../ui/icon.tsx';
import { LivenessMark } from '../../ui/liveness.tsx';
import { countStates, countTags, type HostEntry } from './fleet-filter.ts';

const MOST_TAGS = 12;
/** What comes and goes by itself has its place also while no host is in it. */
const FIRST: readonly LivenessState[] = ['live', 'down'];
const NEXT: readonly LivenessState[] = ['stale', 'connecting'];
const SELDOM: readonly LivenessState[] = ['quarantined', 'disabled'];

export interface FleetChipsProps { hosts: readonly HostEntry[]; /** Else nobody can say which are unsteady. */ steadyKnown: boolean; states: ReadonlySet<string>; tags: ReadonlySet<string>; /** The unsteady alone. */ only: boolean; setParams: SetParams }

export function FleetChips({ hosts, steadyKnown, states, tags, only, setParams }: FleetChipsProps): ReactElement {
  const counts = countStates(hosts);
  const unsteady = hosts.filter((host) => host.unsteady !== null).length;
  /** As wide as the figure can become. */
  const style: CSSProperties = { minWidth: `${String(hosts.length).length}ch` };
  const figure = (count: number | string): ReactElement => <span className="inline-block text-end" style={style}>{count}</span>;
  const chip = (state: LivenessState): ReactElement => (
    <Chip key={state} on={states.has(state)} onToggle={() => setParams({ state: toggled(states, state) }, 'step')}>
      {counts[state] > 0 ? <LivenessMark state={state} /> : <LivenessMark state={state} className="opacity-40 grayscale *:animate-none" />}
      <span className={counts[state] > 0 ? undefined : 'text-faint'}>{figure(counts[state])} {state}</span>
    </Chip>
  );
  return (
    <>
      {FIRST.map(chip)}
      <Chip on={only} onToggle={() => setParams({ unsteady: only ? null : '1' }, 'step')} title={steadyKnown ? 'Hosts that went down or restarted twice or more often in the last hour, whatever they are now' : 'Which hosts are unsteady stands in their history, which was not read yet or cannot be read now'}>
        <Icon name="warning" className={`size-3 ${unsteady > 0 && steadyKnown ? 'text-warn' : 'text-faint'}`} />
        <span className={unsteady > 0 && steadyKnown ? 'text-warn' : 'text-faint'}>{figure(steadyKnown ? unsteady : UNKNOWN)} unsteady</span>
      </Chip>
      {NEXT.map(chip)}
      {SELDOM.filter((state) => counts[state] > 0 || states.has(state)).map(chip)}
      {countTags(hosts).slice(0, MOST_TAGS).map(([tag, count]) => (
        <Chip key={tag} on={tags.has(tag)} onToggle={() => setParams({ tag: toggled(tags, tag) }, 'step')}>#{tag} <span className="text-faint">{count}</span></Chip>
      ))}
    </>
  );
}
