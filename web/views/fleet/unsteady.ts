/** How often hosts went down or restarted in the last hour: from their history, and from what the page sees itself. Pure but for what it holds; time is passed in. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import type { HostEventRow } from '../../../src/model/records/history.ts';
import { msOfTime } from '../../../src/model/time.ts';
import { counted, whole } from '../../format/figures.ts';

export const WINDOW_MS = 3_600_000;
/** Once is an upgrade, or a cable. */
const FEWEST = 2;

export interface Unsteady { restarts: number; downs: number; /** There are events that were not read. */ more: boolean }

/** A restart takes a host down and brings it back: that is one time. */
export const timesOf = ({ restarts, downs }: Unsteady): number => Math.max(restarts, downs);

/** "restarted 12 ×", "down 3 ×": the one that happened more. */
export function unsteadyWords({ restarts, downs, more }: Unsteady): string {
  const least = more ? '≥ ' : '';
  return restarts >= downs ? `restarted ${least}${whole(restarts)} ×` : `down ${least}${whole(downs)} ×`;
}

export function unsteadyTitle({ restarts, downs, more }: Unsteady): string {
  const did = [...(downs === 0 ? [] : [`went down ${counted(downs, 'time')}`]), ...(restarts === 0 ? [] : [`restarted or read its configuration anew ${counted(restarts, 'time')}`])];
  return `In the last hour it ${did.join(' and ')}${more ? ', and more often: so much happened that not all of it was read' : ''}. Opens its history.`;
}

export interface UnsteadyBook {
  /** Newest first. `more`: there is older of the last hour, which was not read. */
  read(events: readonly HostEventRow[], more: boolean): void;
  /** What the page shows now; whether something happened since it was last told. */
  see(hosts: ReadonlyMap<string, HeldHost>, now: number): boolean;
  /** By id, those that are unsteady; the same object as long as it says the same. */
  tell(now: number): ReadonlyMap<string, Unsteady>;
}

const UP = new Set<string | null>(['live', 'stale']);
const DOWN = new Set<string | null>(['down', 'quarantined']);

/** Between the two it may be tried again: one that was never up since has not gone down once more. `up`: who was. */
function wentDown(up: Set<string>, host: string, to: string | null): boolean {
  if (UP.has(to)) up.add(host);
  return DOWN.has(to) && up.delete(host);
}

export function createUnsteadyBook(): UnsteadyBook {
  /** By host and by what tells one happening from the others, however it was learnt of: when, ms since 1970. */
  const happened = new Map<string, Map<string, number>>();
  let seen: ReadonlyMap<string, HeldHost> | null = null;
  const seenUp = new Set<string>();
  let more = false;
  let told: ReadonlyMap<string, Unsteady> = new Map();
  const note = (host: string, what: string, at: number): void => {
    const of = happened.get(host) ?? new Map<string, number>();
    happened.set(host, of.set(what, at));
  };
  return {
    read(events, older) {
      more = older;
      const up = new Set<string>();
      for (const { hostId, ts, kind, from, to } of events.toReversed()) {
        const at = msOfTime(ts);
        if (kind === 'boot' && from !== null) note(hostId, `boot ${to}`, at);
        if (kind !== 'liveness') continue;
        if (UP.has(from)) up.add(hostId);
        if (wentDown(up, hostId, to)) note(hostId, `down ${at}`, at);
      }
    },
    see(hosts, now) {
      const before = seen;
      seen = hosts;
      if (before === null || before === hosts) return false;
      let changed = false;
      for (const [id, held] of hosts) {
        const [was, is] = [before.get(id)?.state, held.state];
        if (was === undefined || was === is) continue;
        if (UP.has(was.liveness.state)) seenUp.add(id);
        if (wentDown(seenUp, id, is.liveness.state)) {
          const at = msOfTime(is.liveness.since);
          note(id, `down ${at}`, at);
          changed = true;
        }
        if (was.bootEpoch !== null && is.bootEpoch !== null && was.bootEpoch !== is.bootEpoch) {
          note(id, `boot ${is.bootEpoch}`, now);
          changed = true;
        }
      }
      return changed;
    },
    tell(now) {
      const next = new Map<string, Unsteady>();
      for (const [host, of] of happened) {
        let restarts = 0;
        for (const [what, at] of of) {
          if (at <= now - WINDOW_MS) of.delete(what);
          else if (what.startsWith('boot')) restarts += 1;
        }
        if (of.size === 0) happened.delete(host);
        const figures = { restarts, downs: of.size - restarts, more };
        if (timesOf(figures) < FEWEST) continue;
        const before = told.get(host);
        next.set(host, before !== undefined && before.restarts === figures.restarts && before.downs === figures.downs && before.more === more ? before : figures);
      }
      if (next.size !== told.size || [...next].some(([host, figures]) => told.get(host) !== figures)) told = next;
      return told;
    },
  };
}
