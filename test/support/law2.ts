/** Law 2 over PostgreSQL and what the simulated hosts know to have served. Rows are told apart by their input tokens. */
import type { ServedRow, SimHost } from '../../src/demo/sim-types.ts';
import { canonicalTime } from '../../src/model/time.ts';
import { ask } from './embedded.ts';

export interface HostOfLaw { id: string; host: SimHost }

interface StoredActivity {
  host_id: string;
  boot_epoch: number;
  upstream_id: number;
  ts: Date;
  model: string;
  input_tokens: number;
  output_tokens: number;
  duration_ms: number;
}

interface StoredGap {
  host_id: string;
  boot_epoch: number;
  from_id: number | null;
  to_id: number | null;
  from_ts: Date | null;
  to_ts: Date | null;
  lost_min: number;
  lost_max: number | null;
  cause: string;
}

const second = (time: string | Date): string => (typeof time === 'string' ? canonicalTime(time)! : time.toISOString()).slice(0, 19);
const face = ({ row }: ServedRow): string => `${row.id} ${second(row.timestamp)} ${row.model} ${row.tokens.output_tokens} ${row.duration_ms}`;
const storedFace = (row: StoredActivity): string => `${row.upstream_id} ${second(row.ts)} ${row.model} ${row.output_tokens} ${row.duration_ms}`;

/** How many rows and gaps of these hosts the database at `url` holds, and what is wrong with them; empty: nothing. */
export async function lawTwo(hosts: readonly HostOfLaw[], url: string): Promise<{ stored: number; gaps: number; wrong: string[] }> {
  const mine = `WHERE host_id IN (${hosts.map(({ id }) => `'${id}'`).join()})`;
  const rows = await ask<StoredActivity>(url, `SELECT host_id, boot_epoch, upstream_id::float8 AS upstream_id, ts, model, input_tokens::float8 AS input_tokens, output_tokens::float8 AS output_tokens, duration_ms FROM activity ${mine}`);
  // After the rows: what is in neither is lost, whatever was written between.
  const gaps = await ask<StoredGap>(url, `SELECT host_id, boot_epoch, from_id::float8 AS from_id, to_id::float8 AS to_id, from_ts, to_ts, lost_min::float8 AS lost_min, lost_max::float8 AS lost_max, cause FROM gaps ${mine}`);
  const wrong = hosts.flatMap(({ id, host }) => ofHost(id, host, rows.filter((row) => row.host_id === id), gaps.filter((gap) => gap.host_id === id)));
  return { stored: rows.length, gaps: gaps.length, wrong };
}

function ofHost(id: string, host: SimHost, stored: readonly StoredActivity[], gaps: readonly StoredGap[]): string[] {
  const wrong: string[] = [];
  const say = (what: string): void => void wrong.push(`${id}: ${what}`);
  const served = host.served();
  const byTokens = new Map(served.map((one) => [one.row.tokens.input_tokens, one]));
  const found = new Set<ServedRow>();
  /** Which of our epochs hold rows of a boot of the host. */
  const epochs = new Map<number, Set<number>>();
  for (const row of stored) {
    const one = byTokens.get(row.input_tokens);
    const name = `boot ${row.boot_epoch}, id ${row.upstream_id} (${row.input_tokens} tokens)`;
    if (one === undefined) {
      say(`stored but never served: ${name}`);
      continue;
    }
    if (found.has(one)) say(`stored twice: ${name}, served in boot ${one.boot}`);
    found.add(one);
    if (face(one) !== storedFace(row)) say(`stored otherwise than served: ${name}: ${storedFace(row)}, served ${face(one)}`);
    epochs.set(one.boot, (epochs.get(one.boot) ?? new Set()).add(row.boot_epoch));
  }
  const missing = served.filter((one) => !found.has(one));
  for (const one of missing) {
    if (!epochs.has(one.boot) && between(served, one.boot)) continue;
    if (gaps.some((gap) => covers(gap, one, epochs.get(one.boot)))) continue;
    say(`lost without a gap: served in boot ${one.boot} (ours: ${[...(epochs.get(one.boot) ?? [])].join() || 'never met'}) ${face(one)} (${one.row.tokens.input_tokens} tokens)${one.shown ? ', shown' : ''}${host.ring().includes(one.row.id) && one.boot === served.at(-1)?.boot ? ', still in the ring' : ''}`);
  }
  for (const gap of gaps) {
    const text = JSON.stringify({ ...gap, host_id: undefined });
    if (gap.to_ts === null) say(`a gap without an end in time: ${text}`);
    // Rows of it that are there after all would be counted twice.
    if (gap.from_id === null || gap.to_id === null || gap.lost_min < gap.to_id - gap.from_id + 1) continue;
    const inside = stored.filter((row) => row.boot_epoch === gap.boot_epoch && row.upstream_id >= gap.from_id! && row.upstream_id <= gap.to_id!);
    if (inside.length > 0) say(`stored, and inside a gap that says lost: ids ${inside.map(({ upstream_id: one }) => one).join()}: ${text}`);
  }
  const sum = (pick: (gap: StoredGap) => number): number => gaps.reduce((total, gap) => total + pick(gap), 0);
  if (sum((gap) => gap.lost_min) > missing.length) say(`the gaps claim at least ${sum((gap) => gap.lost_min)} rows lost, but ${missing.length} were`);
  // Of a boot that nobody met nothing can be known. And an open end counts what was under way when the stream ended: not what a host
  // served after that, by a store or in a process that went on, nor rows whose events it dropped.
  const atEnd = ({ boot, row }: ServedRow): boolean => gaps.some((gap) => gap.to_id === null && gap.from_id !== null && gap.from_id <= row.id && epochs.get(boot)?.has(gap.boot_epoch) === true);
  const met = missing.filter((one) => epochs.has(one.boot) && !atEnd(one)).length;
  if (sum((gap) => gap.lost_max ?? Infinity) < met) say(`the gaps claim at most ${sum((gap) => gap.lost_max ?? Infinity)} rows lost, but ${met} were`);
  // For the reader of a failing seed.
  return wrong.length === 0 ? wrong : [...gaps.map((gap) => `${id}: its gap ${JSON.stringify({ ...gap, host_id: undefined })}`), ...wrong];
}

/** A downgrade that was undone: the store goes on where it was, and tells nobody who was not there of the boots between. */
function between(served: readonly ServedRow[], boot: number): boolean {
  const first = served.findIndex((one) => one.boot === boot);
  const last = served.findLastIndex((one) => one.boot === boot);
  const before = new Set(served.slice(0, first).map((one) => one.boot));
  return served.slice(last + 1).some((one) => before.has(one.boot));
}

/**
 * By its ids in its boot. One that is open or unbounded may hold rows of boots that nobody met, or that nothing told apart: by the
 * times between which its rows ended.
 */
function covers(gap: StoredGap, { row }: ServedRow, epochs: ReadonlySet<number> | undefined): boolean {
  if (gap.from_id !== null && gap.to_id !== null && gap.lost_max !== null) return epochs?.has(gap.boot_epoch) === true && gap.from_id <= row.id && row.id <= gap.to_id;
  const at = second(row.timestamp);
  return (gap.from_ts === null || second(gap.from_ts) <= at) && (gap.to_ts === null || at <= second(gap.to_ts));
}
