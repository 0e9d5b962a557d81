import type { Sql } from 'postgres';
import type { Clock } from '../../model/seams.ts';
import type { HostState } from '../../model/host/state.ts';
import { timeOfMs } from '../../model/time.ts';
import type { Secrets } from '../secrets.ts';
import { timeText } from './activity-columns.ts';
import { cleanText, jsonText, textArray } from './array-text.ts';
import { reading } from './store-error.ts';

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

/** The hosts table. Everything rejects with a StoreError 'away' while the database is; a key that cannot be sealed throws a SecretsError. */
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

export function createHostsRepository({ sql, clock, secrets }: { sql: Sql; clock: Clock; secrets: Secrets }): HostsRepository {
  const openKey = (sealed: Uint8Array | null, id: string): ApiKey => {
    if (sealed === null) return { kind: 'none' };
    const opened = secrets.open(sealed, id);
    return opened.kind === 'ok' ? { kind: 'key', key: opened.text } : { kind: 'unreadable', reason: opened.reason };
  };
  const sealKey = (key: string | null, id: string): Uint8Array | null => (key === null ? null : secrets.seal(key, id));

  return {
    list: () => reading(async () => {
      const rows = await sql.unsafe<HostRow[]>(
        `SELECT id, base_url, name, tags, enabled, enabled_override, api_key, last_state, ${timeText('last_state_at')} AS last_state_at FROM hosts ORDER BY id`,
      );
      return rows.map((row) => ({
        id: row.id,
        api: row.base_url === null ? null : {
          id: row.id, baseUrl: row.base_url, name: row.name ?? row.id, tags: row.tags, enabled: row.enabled, apiKey: openKey(row.api_key, row.id),
        },
        enabledOverride: row.enabled_override,
        // One from before a field was there does not know it.
        lastState: row.last_state === null ? null : { ...row.last_state, utcOffsetMin: row.last_state.utcOffsetMin ?? null },
        lastStateAt: row.last_state_at,
      }));
    }),
    add(host) {
      const sealed = sealKey(host.apiKey, host.id);
      return reading(async () => {
        // One statement: the boots are closed only if the id was free. What was remembered stems from another host of that id.
        const [row] = await sql<{ added: boolean }[]>`
          WITH added AS (
            INSERT INTO hosts (id, base_url, name, tags, enabled, api_key, created_at)
            VALUES (${host.id}, ${host.baseUrl}, ${cleanText(host.name)}, ${textArray(host.tags, (tag) => tag)}::text[], ${host.enabled}, ${sealed}::bytea, ${timeOfMs(clock.now())}::text::timestamptz)
            ON CONFLICT (id) DO UPDATE SET base_url = excluded.base_url, name = excluded.name, tags = excluded.tags, enabled = excluded.enabled,
              api_key = excluded.api_key, created_at = excluded.created_at, last_state = NULL, last_state_at = NULL
            WHERE hosts.base_url IS NULL
            RETURNING id
          ), closed AS (
            UPDATE boots SET closed = true FROM added WHERE boots.host_id = added.id AND NOT boots.closed
          )
          SELECT count(*) > 0 AS added FROM added`;
        return row?.added === true ? 'added' : 'exists';
      });
    },
    change(id, change) {
      const sealed = change.apiKey === undefined ? null : sealKey(change.apiKey, id);
      return reading(async () => {
        const { count } = await sql`
          UPDATE hosts SET
            base_url = coalesce(${change.baseUrl ?? null}, base_url),
            name = coalesce(${change.name === undefined ? null : cleanText(change.name)}, name),
            tags = coalesce(${change.tags === undefined ? null : textArray(change.tags, (tag) => tag)}::text[], tags),
            enabled = coalesce(${change.enabled ?? null}, enabled),
            api_key = CASE WHEN ${change.apiKey !== undefined} THEN ${sealed}::bytea ELSE api_key END
          WHERE id = ${id} AND base_url IS NOT NULL`;
        return count === 0 ? 'unknown' : 'changed';
      });
    },
    remove: (id) => reading(async () => {
      const [row] = await sql<{ removed: boolean }[]>`
        WITH removed AS (DELETE FROM hosts WHERE id = ${id} AND base_url IS NOT NULL RETURNING id),
          closed AS (UPDATE boots SET closed = true FROM removed WHERE boots.host_id = removed.id AND NOT boots.closed)
        SELECT count(*) > 0 AS removed FROM removed`;
      return row?.removed === true ? 'removed' : 'unknown';
    }),
    overrideEnabled: (id, enabled) => reading(async () => {
      await sql`
        INSERT INTO hosts (id, enabled_override, created_at) VALUES (${id}, ${enabled}, ${timeOfMs(clock.now())}::text::timestamptz)
        ON CONFLICT (id) DO UPDATE SET enabled_override = excluded.enabled_override`;
    }),
    saveStates: (states) => reading(async () => {
      if (states.length === 0) return;
      const declared = states.filter((one) => one.declared);
      if (declared.length > 0) {
        await sql`
          INSERT INTO hosts (id, created_at) SELECT id, ${timeOfMs(clock.now())}::text::timestamptz
          FROM unnest(${textArray(declared, (one) => one.id)}::text[]) AS d (id) ON CONFLICT DO NOTHING`;
      }
      // One document: as an array of texts every quote in every state is escaped once more, the largest allocation of 1,000 idle hosts.
      await sql`
        UPDATE hosts h SET last_state = s.state, last_state_at = s.at
        FROM jsonb_to_recordset(${jsonText(states.map(({ id, state, at }) => ({ id, state, at })))}::text::jsonb) AS s (id text, state jsonb, at timestamptz)
        WHERE h.id = s.id`;
    }),
  };
}

interface HostRow {
  id: string;
  base_url: string | null;
  name: string | null;
  tags: string[];
  enabled: boolean;
  enabled_override: boolean | null;
  api_key: Uint8Array | null;
  last_state: HostState | null;
  last_state_at: string | null;
}
