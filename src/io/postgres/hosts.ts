import type { Sql } from 'postgres';
import type { Clock } from '../../model/seams.ts';
import type { HostState } from '../../model/state.ts';
import type { Secrets } from '../secrets.ts';

/** A host as the API added it. */
export interface ApiHost {
  id: string;
  baseUrl: string;
  name: string;
  tags: string[];
  enabled: boolean;
  apiKey: ApiKey;
}

/** `unreadable`: the key file is another one than the key was stored under; `reason` says what to do. */
export type ApiKey = { kind: 'none' } | { kind: 'key'; key: string } | { kind: 'unreadable'; reason: string };

/** What the database knows of a host id: what the API added, and what is remembered of a host of any source. */
export interface HostRecord {
  id: string;
  /** null: the API added none of that id. */
  api: ApiHost | null;
  /** A person's word on a declared host; null: as declared. */
  enabledOverride: boolean | null;
  lastState: HostState | null;
  lastStateAt: string | null;
}

/** What is absent stays. `apiKey: null` removes the key. */
export interface ApiHostChange {
  baseUrl?: string | undefined;
  name?: string | undefined;
  apiKey?: string | null | undefined;
  tags?: string[] | undefined;
  enabled?: boolean | undefined;
}

/** The hosts table. Everything rejects with a StoreError 'away' while the database is. */
export interface HostsRepository {
  /** All records, by id. */
  list(): Promise<HostRecord[]>;
  /** `exists`: the API has one of that id. Boots of an earlier host of that id are closed: the next contact begins a new one. */
  add(host: Omit<ApiHost, 'apiKey'> & { apiKey: string | null }): Promise<'added' | 'exists'>;
  change(id: string, change: ApiHostChange): Promise<'changed' | 'unknown'>;
  /** History stays; its boots are closed. */
  remove(id: string): Promise<'removed' | 'unknown'>;
  /** A person's word on a declared host; null takes it back. */
  overrideEnabled(id: string, enabled: boolean | null): Promise<void>;
  /** Of any number of hosts in one statement. `declared`: hosts that may have no row yet; without it an unknown id is passed over (it was deleted). */
  saveStates(states: readonly { id: string; state: HostState; at: string; declared: boolean }[]): Promise<void>;
}

export function createHostsRepository(_options: { sql: Sql; clock: Clock; secrets: Secrets }): HostsRepository {
  throw new Error('not written yet');
}
