/** What happened to hosts and their models, newest first by (ts, hostId, kind, id). */
import type { Sql } from 'postgres';
import type { HostEventKey, HostEventQuery, HostEventRow } from '../../../model/records/history.ts';
import { textArray } from '../array-text.ts';
import { timeText } from '../activity-columns.ts';
import { alongIndex, conditions, eachKey } from './conditions.ts';

type HostEventRecord = Omit<HostEventRow, 'hostId'> & { host_id: string; id: string };

/** Each table gives its newest, along its index on time; the page is the newest of both. A table with nothing of the wanted kinds is not read. */
export async function readHostEvents(sql: Sql, query: HostEventQuery): Promise<(HostEventRow & { key: HostEventKey })[]> {
  const where = conditions();
  if (query.from !== null) where.add(`x.ts >= ${where.time(query.from)}`);
  if (query.to !== null) where.add(`x.ts < ${where.time(query.to)}`);
  const { after, kinds } = query;
  if (kinds.length > 0) where.add(`x.kind = ANY (${where.value(textArray(kinds, (kind) => kind))}::text[])`);
  if (after !== null) {
    const ts = where.time(after.ts);
    // The first is for the index, the second for what happened in the same microsecond.
    where.add(`x.ts <= ${ts}`);
    where.add(`(x.ts, x.host_id, x.kind, x.id) < (${ts}, ${where.value(after.hostId)}, ${where.value(after.kind)}, ${where.value(after.id)})`);
  }
  const each = query.hosts.length === 0 ? '' : eachKey(where, query.hosts);
  const along = query.hosts.length === 0 ? '' : alongIndex(where, 'x.host_id', query);
  const limit = where.value(query.limit);
  const newest = (source: string): string => `
    SELECT a.* FROM ${each} LATERAL (
      SELECT * FROM (${source}) x WHERE true${where.and()}
      ORDER BY ${along}x.ts DESC, x.host_id DESC, x.kind DESC, x.id DESC LIMIT ${limit}
    ) a`;
  const sources = [
    ...(kinds.length === 0 || kinds.some((kind) => kind !== 'model') ? [HOST_EVENTS] : []),
    ...(kinds.length === 0 || kinds.includes('model') ? [MODEL_EVENTS] : []),
  ];
  const records = await sql.unsafe<HostEventRecord[]>(
    `SELECT e.host_id, ${timeText('e.ts')} AS ts, e.kind, e.id, e.from_state AS "from", e.to_state AS "to", e.reason
     FROM (${sources.map((source) => `(${newest(source)})`).join(' UNION ALL ')}) e
     ORDER BY e.ts DESC, e.host_id DESC, e.kind DESC, e.id DESC LIMIT ${limit}`,
    where.values as (string | number)[],
  );
  return records.map(({ host_id: hostId, id, ...event }) => ({ hostId, ...event, key: { ts: event.ts, hostId, kind: event.kind, id } }));
}

// U+001F parts the fields: no name of ours holds it, and a host's that does costs at worst the order of two events.
const HOST_EVENTS = `
  SELECT host_id, ts, kind, concat_ws(U&'\\001F', coalesce(from_state, ''), coalesce(to_state, '')) COLLATE "C" AS id, from_state, to_state, reason
  FROM host_events`;
const MODEL_EVENTS = `
  SELECT host_id, ts, 'model' COLLATE "C" AS kind, concat_ws(U&'\\001F', model, coalesce(from_state, ''), to_state) COLLATE "C" AS id, from_state, to_state, model AS reason
  FROM model_events`;
