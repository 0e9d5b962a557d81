/** Which hosts a reader wants, and in which order: from the address. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import { LIVENESS_STATES, type LivenessState } from '../../../src/model/host/liveness.ts';
import type { HostState } from '../../../src/model/host/state.ts';
import { timesOf, type Unsteady } from './unsteady.ts';

/** `unsteady` null: it is not, or nobody knows. */
export interface HostEntry { id: string; held: HeldHost; unsteady: Unsteady | null }
export interface FleetFilter { q: string; states: ReadonlySet<string>; tags: ReadonlySet<string>; /** Only those. */ unsteady: boolean }

export const SORTS = ['name', 'liveness', 'models', 'vram', 'inflight', 'tokens', 'gaps', 'build'] as const;
export type FleetSort = (typeof SORTS)[number];

/** Every word has to be found: in the id, the name, a tag, a model, the reason. */
export function passes({ id, held: { state }, unsteady }: HostEntry, { q, states, tags, unsteady: only }: FleetFilter): boolean {
  if (only && unsteady === null) return false;
  if (states.size > 0 && !states.has(state.liveness.state)) return false;
  if (tags.size > 0 && !state.tags.some((tag) => tags.has(tag))) return false;
  if (q === '') return true;
  const text = [id, state.name, ...state.tags, state.liveness.reason?.text ?? '', ...Object.entries(state.models).map(([key, { name }]) => `${key} ${name}`)].join('\n').toLowerCase();
  return q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** Unknown figures come last in both directions; equals stay in order of their names. */
export function sorted(hosts: readonly HostEntry[], sort: FleetSort, descending: boolean): HostEntry[] {
  const sign = descending ? -1 : 1;
  return [...hosts].sort((a, b) => {
    const [left, right] = [keyOf(a, sort), keyOf(b, sort)];
    if (left === null || right === null) return left === right ? byName(a, b) : left === null ? 1 : -1;
    return left < right ? -sign : left > right ? sign : byName(a, b);
  });
}

/** Made once: it costs more than a thousand comparisons. */
const NAMES = new Intl.Collator();
const byName = (a: HostEntry, b: HostEntry): number => NAMES.compare(a.held.state.name, b.held.state.name) || (a.id < b.id ? -1 : 1);

function keyOf({ held: { state }, unsteady }: HostEntry, sort: FleetSort): number | string | null {
  switch (sort) {
    case 'name': return state.name.toLowerCase();
    // Of those in the same state, the unsteady stand nearer to the troubled.
    case 'liveness': return LIVENESS_STATES.indexOf(state.liveness.state) + (unsteady === null ? 0 : Math.min(timesOf(unsteady), 999) / 1_000);
    case 'models': return Object.values(state.models).filter((model) => model.state === 'ready').length;
    case 'vram': return vramPart(state);
    case 'inflight': return state.inflight.total;
    case 'tokens': return state.throughput.rows === 0 ? null : state.throughput.outputTokensPerSecond;
    case 'gaps': return state.gaps.count;
    case 'build': return state.build?.version ?? null;
    default: return sort satisfies never;
  }
}

export function vramPart(state: HostState): number | null {
  let used = 0;
  let total = 0;
  for (const { memUsedMb, memTotalMb } of Object.values(state.gpus)) {
    if (memUsedMb === null || memTotalMb === null) continue;
    used += memUsedMb;
    total += memTotalMb;
  }
  return total === 0 ? null : used / total;
}

export function countStates(hosts: readonly HostEntry[]): Record<LivenessState, number> {
  const counts = Object.fromEntries(LIVENESS_STATES.map((state) => [state, 0])) as Record<LivenessState, number>;
  for (const { held } of hosts) counts[held.state.liveness.state] += 1;
  return counts;
}

/** The fullest fleet's tags, most used first. */
export function countTags(hosts: readonly HostEntry[]): [tag: string, hosts: number][] {
  const counts = new Map<string, number>();
  for (const { held } of hosts) for (const tag of held.state.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
