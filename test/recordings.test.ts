/**
 * Real hosts, recorded, against the real program: every scenario is served again as a host, all at once, and what Drover stores
 * must be what the recordings' README says: each row once per boot and nothing else, lost ones inside a gap.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readScenario } from '../src/demo/recordings/recording.ts';
import type { RecordedRow, Scenario } from '../src/demo/recordings/recording-types.ts';
import { createRing, expectedLost, expectedRows, framesOf } from '../src/demo/recordings/recording-rows.ts';
import { chooseConnections } from '../src/demo/recordings/replay-connections.ts';
import { startReplay } from '../src/demo/recordings/replay-host.ts';
import { createTestDatabase, type TestDatabase } from './support/database.ts';
import { eventually, startProgram, type Program } from './support/program.ts';
import { scenarios } from './support/recordings.ts';
import { wallClock } from './support/wall.ts';

let database: TestDatabase;
let program: Program;

beforeAll(async () => {
  database = await createTestDatabase();
  program = await startProgram({ env: { DATABASE_URL: database.url, DROVER_LOG_LEVEL: 'warn' } });
  await eventually(() => program.request('/readyz'), ({ status }) => status === 200, 'ready');
});

afterAll(async () => {
  program?.kill('SIGTERM');
  await program?.ended;
  await database?.drop();
});

/** What of a row both sides know, unknown as null: the contract's names and the wire's. */
interface Plain { id: number; second: string; model: string; status: number | null; path: string | null; input: number | null; output: number | null; duration: number }

function plain(row: RecordedRow): Plain {
  const tokens = (row['tokens'] ?? row) as Record<string, number>;
  const counts = ['cache_tokens', 'input_tokens', 'output_tokens', 'draft_tokens', 'draft_acc_tokens', 'prompt_per_second', 'tokens_per_second'].map((name) => tokens[name] ?? 0);
  const none = counts.every((count) => count === 0);
  const known = (count: number | undefined): number | null => (none || count === undefined || count < 0 ? null : count);
  return {
    id: row.id, second: new Date(row.timestamp).toISOString().slice(0, 19), model: row['model'] as string, status: (row['resp_status_code'] as number | undefined) ?? null,
    path: (row['req_path'] as string | undefined) ?? null, input: known(tokens['input_tokens']), output: known(tokens['output_tokens']), duration: row['duration_ms'] as number,
  };
}

const stored = (row: any): Plain & { boot: number } => ({
  boot: row.bootEpoch, id: row.upstreamId, second: row.ts.slice(0, 19), model: row.model, status: row.status, path: row.reqPath, input: row.inputTokens, output: row.outputTokens, duration: row.durationMs,
});

/** Boots in order, each with its rows in order of ids. Numbers of boots are the reader's own. */
function byBoot(rows: (Plain & { boot: number })[]): Plain[][] {
  const boots = [...new Set(rows.map(({ boot }) => boot))].sort((a, b) => a - b);
  return boots.map((boot) => rows.filter((row) => row.boot === boot).sort((a, b) => a.id - b.id).map((row) => ({ ...row, boot: undefined })));
}

const allRows = async (host: string): Promise<(Plain & { boot: number })[]> => (await program.get(`/api/activity?host=${host}&limit=1000`)).rows.map(stored);

/** In `slow-reader` two connections overlap: the first stops reading, the second is what Drover is. */
const reader = ({ name }: Scenario): number | undefined => (name === 'slow-reader' ? 2 : undefined);

/**
 * Rows that nobody who follows the streams can meet: generations 1 and 2 tell their ring on the stream alone, and three requests of
 * v220/slow-reader came after both readers had left.
 */
function met(scenario: Scenario): ReturnType<typeof expectedRows> {
  const shown = new Set(chooseConnections(scenario, reader(scenario)).flatMap(({ boot, connection }) => framesOf(connection.chunks)
    .filter(({ kind }) => kind === 'metrics').flatMap(({ inner }) => ((inner as RecordedRow[] | null) ?? []).map(({ id }) => `${boot.boot}/${id}`))));
  return expectedRows(scenario).filter(({ boot, generation, row }) => scenario.name !== 'slow-reader' || generation === 3 || shown.has(`${boot}/${row.id}`));
}

/** Plays a scenario to its end; before time goes on, whatever was to be seen until now is waited for in PostgreSQL. */
async function follow(scenario: Scenario, host: string, done: () => Promise<void>): Promise<void> {
  const replay = await startReplay(scenario, { clock: wallClock, connection: reader(scenario) });
  try {
    const added = await program.request('/api/hosts', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ id: host, baseUrl: replay.url, apiKey: 'sk-test-1' }) });
    expect(added.status).toBe(201);
    const ring = createRing(scenario);
    const played = chooseConnections(scenario, reader(scenario));
    /** Rows that must be there by now, as `boot/id`. */
    const due = new Map<string, string>();
    // The last moment of each connection counts too: a real host's end comes some time after its last word, and a follower has that time.
    const last = played.flatMap(({ connection: { closeMs } }) => (closeMs === null ? [] : [closeMs - 1]));
    for (const step of [...new Set([0, ...replay.steps, ...last])].sort((a, b) => a - b)) {
      await replay.advanceTo(step);
      if (!replay.up) continue;
      const boot = scenario.boots.findLast(({ readyMs }) => readyMs <= step);
      const now = played.find((one) => one.boot === boot && one.connection.openMs <= step && (one.connection.closeMs === null || step <= one.connection.closeMs));
      if (boot === undefined || now === undefined) continue;
      if (now.connection.closeMs === null || step < now.connection.closeMs) await eventually(() => Promise.resolve(replay.streams), (streams) => streams > 0, `${host}: a stream at ${step} ms`);
      const keep = (row: RecordedRow): void => void due.set(`${scenario.store ? '' : boot.boot}/${row.id}`, `${row.id} ${plain(row).second}`);
      for (const row of ring(boot, now.connection.openMs)) keep(row);
      const announced = new Set(framesOf(now.connection.chunks.filter(({ tMs }) => tMs <= step)).flatMap(({ kind, inner }) =>
        kind === 'activity' ? [(inner as { id: number }).id] : kind === 'metrics' ? ((inner as RecordedRow[] | null) ?? []).map(({ id }) => id) : []));
      for (const row of ring(boot, step)) if (announced.has(row.id)) keep(row);
      const count = (keys: Iterable<string>): Map<string, number> => {
        const counts = new Map<string, number>();
        for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
        return counts;
      };
      const wanted = count(due.values());
      await eventually(() => allRows(host), (rows) => {
        const have = count(rows.map(({ id, second }) => `${id} ${second}`));
        return [...wanted].every(([key, times]) => (have.get(key) ?? 0) >= times);
      }, `${host}: the ${due.size} rows shown until ${step} ms`);
    }
    await done();
  } finally {
    await replay.close();
  }
}

/** `after-v250` was recorded without its stream: there is nothing to follow. */
const found = scenarios().filter(({ folder }) => existsSync(join(folder, 'events.jsonl')));

it('finds recordings', () => expect(found.length).toBeGreaterThan(10));

describe.concurrent.each(found)('$release/$name', ({ release, name, folder }) => {
  it('stores what the recording\'s README says', { timeout: 240_000 }, async () => {
    const scenario = readScenario(folder);
    const host = `${release}-${name}`;
    const wanted = byBoot(met(scenario).map(({ boot, row }) => ({ boot: scenario.store ? 1 : boot, ...plain(row) })));
    await follow(scenario, host, async () => {
      const rows = await eventually(() => allRows(host), (all) => all.length >= wanted.flat().length, `${host}: ${wanted.flat().length} rows`);
      expect(byBoot(rows)).toEqual(wanted);
    });
    const { gaps } = await program.get(`/api/gaps?host=${host}`);
    for (const { count } of expectedLost(scenario)) {
      const room = gaps.reduce((sum: number, { lostMax }: { lostMax: number | null }) => sum + (lostMax ?? Infinity), 0);
      expect(room).toBeGreaterThanOrEqual(count);
    }
    const certain = gaps.reduce((sum: number, { lostMin }: { lostMin: number }) => sum + lostMin, 0);
    expect(certain).toBe(name === 'ring-wrap' ? expectedLost(scenario)[0]!.count : 0);
  });
});
