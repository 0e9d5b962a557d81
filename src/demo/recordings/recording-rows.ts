/** The activity rows of a recording: what its ring held at each moment, and what must be stored in the end. */
import type { RecordedBoot, RecordedRow, Scenario, TruthRequest } from './recording-types.ts';

export interface ExpectedRow {
  port: number;
  /** Number of the boot in `Scenario.boots`; the first one that had it, where a store keeps ids over boots. */
  boot: number;
  generation: 1 | 2 | 3;
  row: RecordedRow;
}

/** Requests whose rows nobody ever saw: they must lie inside gaps. */
export interface ExpectedLost { boot: number; count: number }

export interface SeenRow {
  row: RecordedRow;
  /** From when on it is in the ring. */
  fromMs: number;
  /** A stream showed it by itself. */
  announced: boolean;
}

interface Seen { row: RecordedRow; tMs: number; event: boolean }

const isRow = (value: unknown): value is RecordedRow => typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'number';

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

function rowsOf(value: unknown): RecordedRow[] {
  const list = Array.isArray(value) ? value : typeof value === 'object' && value !== null && 'data' in value ? value.data : null;
  return Array.isArray(list) ? list.filter(isRow) : [];
}

/** Frames of a connection with the time at which each was whole. */
export function framesOf(chunks: readonly { tMs: number; bytes: Uint8Array }[]): { tMs: number; kind: string; inner: unknown }[] {
  const frames: { tMs: number; kind: string; inner: unknown }[] = [];
  let rest = Buffer.alloc(0);
  for (const { tMs, bytes } of chunks) {
    rest = Buffer.concat([rest, bytes]);
    for (let at = rest.indexOf('\n\n'); at >= 0; at = rest.indexOf('\n\n')) {
      const frame = rest.subarray(0, at).toString();
      rest = rest.subarray(at + 2);
      const envelope = parse(frame.slice(frame.indexOf('data:') + 5));
      if (typeof envelope !== 'object' || envelope === null || !('type' in envelope) || !('data' in envelope)) continue;
      frames.push({ tMs, kind: String(envelope.type), inner: typeof envelope.data === 'string' ? parse(envelope.data) : null });
    }
  }
  return frames;
}

const within = (boot: RecordedBoot, port: number, tMs: number): boolean => boot.port === port && tMs >= boot.readyMs && tMs <= boot.endMs;
const bootOf = (request: TruthRequest, boots: readonly RecordedBoot[]): RecordedBoot | undefined => {
  const own = boots.filter((boot) => boot.port === request.port && boot.process === request.boot);
  return own.find((boot) => (request.t_done_ms ?? request.t_sent_ms) <= boot.endMs) ?? own.at(-1);
};

/** Rows of each boot by id, with the moment from which the ring holds them. */
export function bootRows(scenario: Scenario): Map<RecordedBoot, Map<number, SeenRow>> {
  const { boots, connections, exchanges, truth } = scenario;
  const all = new Map<RecordedBoot, Map<number, SeenRow>>(boots.map((boot) => [boot, new Map()]));
  for (const boot of boots) {
    const seen: Seen[] = [];
    const events = new Map<number, number>();
    for (const connection of connections) {
      if (connection.port !== boot.port && boot.port !== 0) continue;
      let first = true;
      for (const { tMs, kind, inner } of framesOf(connection.chunks)) {
        if (!within(boot, connection.port, tMs)) continue;
        if (kind === 'activity' && typeof inner === 'object' && inner !== null && 'id' in inner) events.set(Number(inner.id), Math.min(tMs, events.get(Number(inner.id)) ?? Infinity));
        if (kind !== 'metrics') continue;
        // The first of a connection is the whole ring: no event of its own.
        for (const row of rowsOf(inner)) {
          seen.push({ row, tMs, event: !first });
          if (!first) events.set(row.id, Math.min(tMs, events.get(row.id) ?? Infinity));
        }
        first = false;
      }
    }
    for (const exchange of exchanges) {
      if (exchange.status !== 200 || !exchange.path.startsWith('/api/metrics') || !within(boot, boot.port, exchange.tMs)) continue;
      for (const row of rowsOf(parse(Buffer.from(exchange.body).toString()))) seen.push({ row, tMs: exchange.tMs, event: false });
    }
    const done = new Map<number, number>();
    for (const request of truth.requests ?? []) {
      if (request.row_id !== undefined && bootOf(request, boots) === boot) done.set(request.row_id, request.t_done_ms ?? request.t_sent_ms);
    }
    const rows = all.get(boot);
    for (const { row, tMs, event } of seen.sort((a, b) => a.tMs - b.tMs)) {
      const before = rows?.get(row.id);
      rows?.set(row.id, { row, fromMs: before?.fromMs ?? events.get(row.id) ?? done.get(row.id) ?? tMs, announced: event || (before?.announced ?? false) });
    }
  }
  return all;
}

/** The ring at a moment, oldest first, as the boot that runs then has it. */
export function createRing(scenario: Scenario): (boot: RecordedBoot, nowMs: number) => RecordedRow[] {
  const all = bootRows(scenario);
  return (boot, nowMs) => {
    const chosen = new Map<number, RecordedRow>();
    for (const [one, rows] of all) {
      if (one !== boot && !(scenario.store && one.port === boot.port && one.boot < boot.boot)) continue;
      for (const [id, { row, fromMs }] of rows) if (fromMs <= nowMs) chosen.set(id, row);
    }
    const sorted = [...chosen.values()].sort((a, b) => a.id - b.id);
    return scenario.store ? sorted : sorted.slice(Math.max(0, sorted.length - scenario.metricsMaxInMemory));
  };
}

/** Rows that must be stored, each exactly once, and nothing else. */
export function expectedRows(scenario: Scenario): ExpectedRow[] {
  const { boots, truth, store } = scenario;
  const all = bootRows(scenario);
  const expected = new Map<string, ExpectedRow>();
  const expect = (boot: RecordedBoot | undefined, id: number): void => {
    if (boot === undefined) return;
    const seen = all.get(boot)?.get(id) ?? (store ? [...all.values()].map((rows) => rows.get(id)).find((found) => found !== undefined) : undefined);
    if (seen === undefined) return;
    const key = store ? `${boot.port}/${id}` : `${boot.port}/${boot.boot}/${id}`;
    if (!expected.has(key)) expected.set(key, { port: boot.port, boot: boot.boot, generation: boot.generation, row: seen.row });
  };
  for (const request of truth.requests ?? []) if (request.row_id !== undefined) expect(bootOf(request, boots), request.row_id);
  for (const id of truth.ring_at_end?.rows_without_request ?? []) expect(boots.at(-1), id);
  // What a stream showed is expected even if nobody knows its request (one that was in flight at a SIGTERM). A recording of our
  // own knows of no requests at all: what was seen is what there is.
  for (const [boot, rows] of all) for (const [id, { announced }] of rows) if (announced || truth.requests === undefined) expect(boot, id);
  return [...expected.values()];
}

export function expectedLost(scenario: Scenario): ExpectedLost[] {
  const counts = new Map<number, number>();
  for (const request of scenario.truth.requests ?? []) {
    const boot = bootOf(request, scenario.boots)?.boot;
    if (boot !== undefined && request.row_id === undefined && (request.row ?? '').includes('lost for good')) counts.set(boot, (counts.get(boot) ?? 0) + 1);
  }
  return [...counts].map(([boot, count]) => ({ boot, count }));
}
