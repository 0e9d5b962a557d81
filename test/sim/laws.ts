/** What must hold at the end of a history. */
import type { StoredRow } from '../../src/model/records/activity.ts';
import type { Gap } from '../../src/model/records/gap.ts';
import { canonicalTime } from '../../src/model/time.ts';
import type { ServedRow } from '../../src/demo/sim-types.ts';
import type { World } from './world.ts';

/** What is wrong; empty: nothing. */
export function brokenLaws(world: World): string[] {
  return [...world.crashes.map((error) => `an actor crashed: ${error instanceof Error ? error.stack : String(error)}`), ...world.watcher.differs(), ...world.hosts.flatMap((_, index) => lawTwo(world, index))];
}

const keyOf = (ts: string, model: string, input: number | null, output: number | null, duration: number | null, id: number): string =>
  `${id} ${ts.slice(0, 19)} ${model} ${input} ${output} ${duration}`;
const known = (count: number): number | null => (count <= 0 ? null : count);
const servedKey = ({ row }: ServedRow): string =>
  keyOf(canonicalTime(row.timestamp)!, row.model, known(row.tokens.input_tokens), known(row.tokens.output_tokens), row.duration_ms, row.id);
const storedKey = (row: StoredRow): string => keyOf(row.ts, row.model, row.inputTokens || null, row.outputTokens || null, row.durationMs, row.upstreamId);

/** Rows stored are rows served minus recorded gaps, none twice. */
function lawTwo(world: World, index: number): string[] {
  const hostId = `h${index}`;
  const host = world.hosts[index]!;
  const stored = world.store.activity(hostId);
  const gaps = world.store.gaps(hostId);
  const served = host.served();
  const wrong: string[] = [];

  // Rows that are equal to the byte in two boots share a key: counted, not told apart.
  const byKey = new Map<string, ServedRow[]>();
  for (const row of served) {
    const rows = byKey.get(servedKey(row));
    if (rows === undefined) byKey.set(servedKey(row), [row]);
    else rows.push(row);
  }
  const epochs = new Map<number, Set<number>>();
  const storedCount = new Map<string, number>();
  for (const row of stored) {
    const key = storedKey(row);
    const rows = byKey.get(key);
    if (rows === undefined) wrong.push(`${hostId}: stored but never served: boot ${row.bootEpoch} ${key}`);
    const count = (storedCount.get(key) ?? 0) + 1;
    storedCount.set(key, count);
    // In a process known to be new rows without tokens prove nothing: a store that holds nothing else is taken for a new boot.
    if (rows !== undefined && count > rows.length && row.inputTokens !== null) wrong.push(`${hostId}: stored ${count} times, served ${rows.length} times: boot ${row.bootEpoch} ${key}`);
    if (rows?.length === 1) {
      const boots = epochs.get(rows[0]!.boot) ?? new Set<number>();
      epochs.set(rows[0]!.boot, boots.add(row.bootEpoch));
    }
  }
  const inRing = new Set(host.ring());
  const lastBoot = served[served.length - 1]?.boot;
  let missing = 0;
  served.forEach((row, order) => {
    const key = servedKey(row);
    const twins = byKey.get(key)!;
    if ((storedCount.get(key) ?? 0) >= twins.length) return;
    missing += 1;
    // Of twins one may be lost: nothing tells their boots apart.
    if (twins.length > 1 && (storedCount.get(key) ?? 0) > 0) return;
    const held = host.running && row.boot === lastBoot && inRing.has(row.row.id);
    if (!row.shown && !held) return;
    // Before the store first heard of the host there was nothing to measure a loss against.
    if (!held && order < (world.firstHeard.get(index) ?? Number.POSITIVE_INFINITY)) return;
    if (gaps.some((gap) => covers(gap, row, epochs.get(row.boot)))) return;
    wrong.push(`${hostId}: lost without a gap: served boot ${row.boot} (epochs ${[...(epochs.get(row.boot) ?? [])].join(',')}) ${key}${held ? ', still in the ring' : ''}`);
  });
  // A row that the store refuses proves nothing: of a store that holds nothing else, in a new process, it is refused in each boot anew.
  const refused = new Set(gaps.filter(({ cause }) => cause === 'rejected').map(({ fromId, fromTs }) => `${fromId} ${fromTs}`)).size;
  const claimed = gaps.reduce((sum, gap) => sum + (gap.cause === 'rejected' ? 0 : gap.lostMin), refused);
  // Rows without tokens may be stored once for each boot: such a copy stands for a twin that is lost.
  let hidden = 0;
  for (const [key, twins] of byKey) if (known(twins[0]!.row.tokens.input_tokens) === null) hidden += Math.max(0, Math.min(storedCount.get(key) ?? 0, twins.length) - 1);
  if (claimed > missing + hidden) wrong.push(`${hostId}: the gaps claim at least ${claimed} rows lost, but ${missing} were`);
  for (const gap of gaps) if (gap.toTs === null) wrong.push(`${hostId}: a gap without toTs: ${JSON.stringify(gap)}`);
  return wrong;
}

/** Inside its ids; or, of a gap that is open or of unknown size, inside nothing but its time. */
function covers(gap: Gap, { row }: ServedRow, epochs: ReadonlySet<number> | undefined): boolean {
  if (gap.fromId !== null && gap.toId !== null && gap.lostMax !== null) {
    return gap.fromId <= row.id && row.id <= gap.toId && (epochs === undefined || epochs.has(gap.bootEpoch));
  }
  return true;
}
