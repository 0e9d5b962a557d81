/** A ring has been read and the host's standing is known: the decision, and what it makes of the boot in memory. */
import type { Gap } from '../records/gap.ts';
import { createBackwardImport } from './backward-import.ts';
import type { Connection } from './connection.ts';
import { askAgain, freshOn, heardAgain, isFinal, withHeard } from './connection.ts';
import type { BootDecision } from './decide-boot.ts';
import { decideBoot, lowestRun } from './decide-boot.ts';
import type { QueuedHost } from './effects.ts';
import { RECENT_ROWS, beginConnection, liveBoot, remember, resumeBoot, setFloor } from './live-boot.ts';
import type { Machine } from './machine.ts';
import { generationOf, pen, retentionEdge } from './machine.ts';
import type { Standing } from './merge-mark.ts';
import { openBoot } from './open-boot.ts';
import { lose, take } from './outflow.ts';
import { createRingReader } from './ring-reader.ts';
import { onReady, onRows } from './stream-rows.ts';
import { idSet } from './watermark.ts';

export function decide(m: Machine, connection: Connection, standing: Standing, queued: QueuedHost): void {
  const generation = generationOf(connection);
  connection.process = m.logs.verdict();
  const decidedBefore = connection.heard.ranges().length > 0 || connection.begunAgain || connection.differed > 0;
  if (!decidedBefore) connection.begunAgain = heardAgain(connection.waiting, connection.wasSilent ? null : connection.ring, standing);
  connection.ring = withHeard(connection.ring, connection.waiting);
  const newest = standing.boots[0];
  // Rows of this connection are no sign of a boot before it.
  const decision = decideBoot({
    generation,
    process: connection.process,
    ring: connection.ring,
    standing,
    fresh: freshOn(connection, m.boot, decidedBefore),
    begunAgain: connection.begunAgain,
    announced: newest !== undefined && m.boot?.epoch === newest.bootEpoch ? m.boot.top : null,
    retentionEdge: retentionEdge(m),
  });
  const { ring, reader } = connection;
  if (!ring.complete && !isFinal(decision, standing, ring, reader.total(), m.limits.pageSize) && reader.readOn(standing.boots.flatMap(({ highest }) => (highest === null ? [] : [highest])))) {
    connection.phase = 'asking';
    return;
  }
  if (decision.kind === 'wait' && (!connection.wasSilent || connection.waiting.length === 0)) {
    openAs(m, connection, decision, standing, queued);
    connection.wasSilent = true;
    connection.phase = 'silent';
    if (connection.waiting.length > 0) askAgain(connection, m.at.mono);
    return;
  }
  // The same again after something differed: count it from now on, and decide no more.
  if (newest !== undefined && decision.kind === 'same' && decidedBefore) connection.tolerant = true;
  openAs(m, connection, decision, standing, queued);
  connection.phase = 'open';
  connection.begunAgain = false;
  // A thousand rows a host are not to be kept.
  connection.ring = { ...connection.ring, rows: [] };
  connection.reader = createRingReader(m.at.mono, connection.generation ?? 2, m.limits);
  const { waiting } = connection;
  connection.waiting = [];
  for (const heard of waiting) {
    if (heard.type === 'rows') onRows(m, connection, heard.rows);
    else onReady(m, connection, heard.id);
  }
}

function openAs(m: Machine, connection: Connection, decision: BootDecision, standing: Standing, queued: QueuedHost): void {
  const generation = generationOf(connection);
  const announced = m.boot !== null && decision.kind === 'new' && m.boot.epoch === decision.before.bootEpoch ? m.boot.top : null;
  const about = { generation, process: connection.process, ring: connection.ring, inflight: m.inflight, announced };
  const before = m.boot;
  let gaps: Gap[] = [];
  const settledBefore = idSet(decision.kind === 'same' || decision.kind === 'wait' ? decision.boot.settled.ranges() : []);
  const provisional = !standing.allRows && (decision.kind === 'new' || decision.kind === 'first');
  if (provisional) {
    const epoch = Math.min(0, ...queued.held.map(({ bootEpoch }) => bootEpoch), ...m.held.keys()) - 1;
    m.boot = liveBoot({ epoch, shown: before === null || before.shown === null ? null : before.shown + 1, generation, floor: decision.floor, resumes: null });
    const mine = m.boot;
    const { ring, process, begunAgain } = connection;
    m.held.set(epoch, { process, ring: ring.rows, endKnown: ring.endKnown, complete: ring.complete, begunAgain, inflight: m.inflight, announced, gaps: () => mine.owed.gaps });
  } else {
    const opened = openBoot(decision, about, pen(m));
    gaps = opened.gaps;
    if (opened.record !== null) m.boot = null;
    m.boot = resumeBoot(opened.boot, generation, m.boot);
    if (opened.record !== null) m.boot.owed.boots.push(opened.record);
    // What an earlier boot still owes goes with this one.
    if (before !== null && before !== m.boot && before.epoch >= 0) {
      m.boot.owed.boots.unshift(...before.owed.boots);
      m.boot.owed.gaps.unshift(...before.owed.gaps);
    }
  }
  // Rows below a floor that came with the first events: the ring has them.
  if (decision.kind === 'same' && m.boot.resumes === null) {
    const low = lowestRun(connection.ring, generation);
    if (connection.ring.rows.length > 0 && low < m.boot.floor) setFloor(m.boot, low);
  }
  const unmet = before?.floorAt === 'open' && before.settled.highest() === null && connection.ring.rows.length === 0;
  if (connection.tolerant) for (const row of connection.ring.rows) m.boot.ringAtConnect.add(row.upstreamId);
  else beginConnection(m.boot, connection.ring.rows, settledBefore);
  lose(m, m.boot, gaps);
  if (decision.kind === 'first' && decision.resumes === null) m.boot.floorAt = connection.ring.rows.length === 0 ? 'open' : 'soft';
  else if (decision.kind === 'same' && unmet) m.boot.floorAt = 'open';
  for (const row of connection.ring.rows.slice(-RECENT_ROWS)) if (row.upstreamId >= m.boot.floor) remember(m.boot, row);
  m.inflight = null;
  m.out.push({ type: 'boot', bootEpoch: m.boot.shown, fresh: decision.kind === 'new' || decision.kind === 'first', generation });
  take(m, m.boot, connection.ring.rows, 'ring');
  const [low] = connection.ring.rows;
  connection.importing = null;
  connection.backward = createBackwardImport(connection.ring.complete || (connection.ring.endKnown && low !== undefined && low.upstreamId >= m.boot.floor), m.limits.pageSize);
  connection.chaser.changed(m.boot, m.at.mono, { exact: connection.process === 'same' || decision.kind !== 'same' });
}
