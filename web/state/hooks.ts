/** What views read, as hooks. Each gives the same object until what it reads has changed. */
import { useEffect, useMemo, useRef } from 'react';
import { useSelector } from '@xstate/store-react';
import type { HeldHost } from '../../src/model/client-fleet.ts';
import type { ActorStatus } from '../../src/model/status.ts';
import { offsetOf, type Offset } from '../format/times.ts';
import { connection, holdTopics, type Connection, type Line } from './connection.ts';
import { preferences, type Preferences } from './preferences.ts';
import { session, type SessionState } from './session.ts';

const POSTGRES = 'drover/database/postgres';

export const useConnection = <T>(select: (now: Connection) => T): T => useSelector(connection, ({ context }) => select(context));
export const useLine = (): Line => useConnection(({ line }) => line);

/** Hosts by id, as the reference client holds them; null before the first snapshot. */
export function useFleet(): ReadonlyMap<string, HeldHost> | null {
  return useConnection(({ client: { fleet } }) => (fleet.phase === 'none' ? null : fleet.hosts));
}

export function useHost(id: string): HeldHost | null {
  return useConnection(({ client }) => client.fleet.hosts.get(id) ?? null);
}

/** Actors by path; null before the first snapshot. */
export function useActors(): Readonly<Record<string, ActorStatus>> | null {
  return useConnection(({ client }) => client.actors?.actors ?? null);
}

/** What Drover's database is doing, as the tree tells it; null before the first snapshot. */
export function useDatabase(): ActorStatus | null {
  return useConnection(({ client }) => client.actors?.actors[POSTGRES] ?? null);
}

/** Subscribes to further topics while the view stands. What is held before and after a change is not let go in between: it would begin anew. */
export function useTopics(topics: readonly string[]): void {
  const key = topics.join('\n');
  const release = useRef<(() => void) | null>(null);
  useEffect(() => {
    const before = release.current;
    release.current = holdTopics(key === '' ? [] : key.split('\n'));
    before?.();
  }, [key]);
  useEffect(() => () => {
    release.current?.();
    release.current = null;
  }, []);
}

export const usePreferences = (): Preferences => useSelector(preferences, ({ context }) => context);
export const useSession = (): SessionState => useSelector(session, ({ context }) => context);

/** The offset to write times in; `host`: the one that they are about. */
export function useZone(host?: string): Offset {
  const { zone } = usePreferences();
  const offsetMin = useConnection(({ client }) => (host === undefined ? null : client.fleet.hosts.get(host)?.state.utcOffsetMin ?? null));
  return offsetOf(zone, offsetMin);
}

/** The same for many hosts at once, such as those of a long list; another function when one of them changes its offset. */
export function useZones(): (host: string) => Offset {
  const { zone } = usePreferences();
  const known = useConnection(({ client }) => (zone === 'host' ? [...client.fleet.hosts].map(([id, { state }]) => `${id} ${state.utcOffsetMin ?? ''}`).join('\n') : ''));
  return useMemo(() => {
    const offsets = new Map(known.split('\n').map((line) => {
      const [id = '', offset = ''] = line.split(' ');
      return [id, offset === '' ? null : Number(offset)] as const;
    }));
    return (host) => offsetOf(zone, offsets.get(host) ?? null);
  }, [zone, known]);
}
