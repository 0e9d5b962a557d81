/** What the stream says, and what the host answers, while the boot is open. */
import type { WireRow } from '../records/activity.ts';
import type { Connection } from './connection.ts';
import { askAgain } from './connection.ts';
import { closedGap } from './draft-gaps.ts';
import type { FetchAnswer, FetchTarget, PageTarget } from './effects.ts';
import { reachesEnd } from './fetch-plan.ts';
import { sameRow } from './fingerprint.ts';
import type { Shown } from './holes.ts';
import type { LiveBoot } from './live-boot.ts';
import { givenAgain } from './live-boot.ts';
import type { Machine } from './machine.ts';
import { generationOf, pen, retentionEdge } from './machine.ts';
import { rowAfter } from './open-boot.ts';
import { lose, soften, take } from './outflow.ts';

export function onReady(m: Machine, connection: Connection, id: number): void {
  if (!Number.isSafeInteger(id) || id < 0) {
    m.out.push({ type: 'oddity', what: 'id-out-of-range', upstreamId: id });
    return;
  }
  if (connection.phase !== 'open' || m.boot === null) {
    connection.waiting.push({ type: 'ready', id });
    if (connection.phase === 'silent') askAgain(connection, m.at.mono);
    return;
  }
  connection.heard.add(id);
  if (beginsAgain(connection, m.boot, id)) {
    connection.waiting.push({ type: 'ready', id });
    decideAgain(m, connection, true);
    return;
  }
  if (m.boot.settled.has(id)) return;
  soften(m, m.boot, id);
  if (m.boot.top !== null && id > m.boot.top + m.limits.ahead) connection.chaser.wantRing(m.at.mono);
  if (m.boot.top === null || id > m.boot.top) m.boot.top = id;
  connection.chaser.announced(id, m.at.mono);
  connection.chaser.changed(m.boot, m.at.mono);
}

export function onRows(m: Machine, connection: Connection, rows: readonly WireRow[]): void {
  if (connection.phase !== 'open' || m.boot === null) {
    if (rows.length > 0) connection.waiting.push({ type: 'rows', rows });
    if (connection.phase === 'silent' && rows.length > 0) askAgain(connection, m.at.mono);
    return;
  }
  const mine = m.boot;
  const fresh: WireRow[] = [];
  for (const [index, row] of rows.entries()) {
    const id = row.upstreamId;
    connection.heard.add(id);
    if (beginsAgain(connection, mine, id)) {
      take(m, mine, fresh, 'live');
      connection.waiting.push({ type: 'rows', rows: rows.slice(index) });
      decideAgain(m, connection, true);
      return;
    }
    if (mine.settled.has(id)) {
      if (differs(mine, row)) onDiffering(m, connection, row);
      continue;
    }
    if (mine.top !== null && id > mine.top + m.limits.ahead) connection.chaser.wantRing(m.at.mono);
    fresh.push(row);
  }
  take(m, mine, fresh, 'live');
  if (connection.phase === 'open') connection.chaser.changed(mine, m.at.mono);
}

export function onAnswer(m: Machine, connection: Connection, target: FetchTarget, answer: FetchAnswer): void {
  if (m.boot === null || connection.phase !== 'open') return;
  if (answer.kind !== 'rows') {
    connection.chaser.failed(m.at.mono);
    return;
  }
  const mine = m.boot;
  const other = connection.tolerant ? undefined : answer.rows.find((row) => row.upstreamId >= mine.floor && differs(mine, row));
  if (other !== undefined) {
    connection.chaser.failed(m.at.mono);
    onDiffering(m, connection, other);
    return;
  }
  const rows = answer.rows.toSorted((a, b) => a.upstreamId - b.upstreamId);
  take(m, mine, rows, 'live');
  const [low] = rows;
  const firstPage = target.kind === 'ring' || target.page === 1;
  const shown: Shown = {
    low: low?.upstreamId ?? null,
    high: rows[rows.length - 1]?.upstreamId ?? null,
    endKnown: target.kind === 'ring' || (reachesEnd(target, rows.length, answer.total) && (rows.length > 0 || firstPage)),
    topKnown: firstPage,
  };
  const lost = connection.chaser.answered(target, shown, mine, m.at.mono);
  lose(m, mine, lost.map(({ range, cause, exact }) =>
    closedGap(pen(m), {
      bootEpoch: mine.epoch,
      range,
      cause,
      exact,
      fromTs: mine.recent.get(range[0] - 1)?.ts ?? (mine.lastId !== null && mine.lastId < range[0] ? mine.lastTs : null),
      toTs: rowAfter(rows, range[1])?.ts ?? pen(m).detectedAt,
    }),
  ));
  if (lost.length > 0) {
    take(m, mine, [], 'ring');
    connection.chaser.changed(mine, m.at.mono);
  }
}

/** A page of the backward import. */
export function onImport(m: Machine, connection: Connection, target: PageTarget, answer: FetchAnswer): void {
  connection.importing = null;
  const mine = m.boot;
  if (mine === null || connection.phase !== 'open') return;
  if (answer.kind !== 'rows' || answer.rows.some((row) => differs(mine, row))) return connection.backward.failed(m.at.mono);
  for (const entry of connection.backward.answered(mine, target, answer, retentionEdge(m), m.hostId, m.at.mono)) {
    for (const { upstreamId } of entry.rows) m.reading?.since.add(upstreamId);
    for (const [from, to] of entry.settled) m.reading?.since.add(from, to);
    m.out.push({ type: 'enqueue', entry });
  }
}

function decideAgain(m: Machine, connection: Connection, begunAgain: boolean): void {
  connection.begunAgain ||= begunAgain;
  askAgain(connection, m.at.mono);
}

function beginsAgain(connection: Connection, target: LiveBoot, id: number): boolean {
  return !(generationOf(connection) === 3 && connection.process === 'same') && givenAgain(target, id);
}

function differs(target: LiveBoot, row: WireRow): boolean {
  const known = target.recent.get(row.upstreamId);
  return known !== undefined && !sameRow(known, row);
}

/** A different row under a settled id: the sign of a missed boot. */
function onDiffering(m: Machine, connection: Connection, row: WireRow): void {
  m.out.push({ type: 'oddity', what: 'differing-row', upstreamId: row.upstreamId });
  if (connection.tolerant) return;
  connection.differed += 1;
  // Once may be an answer of the next process, whose end of our stream is still on its way.
  if (connection.differed >= 2) decideAgain(m, connection, false);
  else connection.chaser.wantRing(m.at.mono);
}
