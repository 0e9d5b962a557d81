/** Rows and gaps on their way out: settled in memory, shown, queued. */
import type { ActivityRow, StoredRow, WireRow } from '../records/activity.ts';
import { placedRow } from '../records/activity.ts';
import type { Gap } from '../records/gap.ts';
import { firstId } from './decide-boot.ts';
import type { LiveBoot } from './live-boot.ts';
import { entriesOf, setFloor, settleIds, settleRow } from './live-boot.ts';
import type { Machine } from './machine.ts';
import { retentionEdge } from './machine.ts';

/** A host first met with an empty ring: its boot begins at the lowest row that comes. */
export function soften(m: Machine, target: LiveBoot, id: number): void {
  if (target.floorAt === 'open') {
    target.floorAt = 'soft';
    setFloor(target, id);
    // Rows below may be in the ring: their events were dropped.
    if (id > firstId(target.generation)) m.conn?.chaser.wantRing(m.at.mono);
  } else if (target.floorAt === 'soft' && id < target.floor) setFloor(target, id);
}

/** Takes rows that are not settled: what is new is shown and queued, with all that the boot owes. */
export function take(m: Machine, target: LiveBoot, rows: readonly WireRow[], origin: 'ring' | 'live'): void {
  const edge = retentionEdge(m);
  const fresh: StoredRow[] = [];
  const shown: ActivityRow[] = [];
  if (rows.length > 0 && target.floorAt !== 'firm') soften(m, target, Math.min(...rows.map((row) => row.upstreamId)));
  for (const wire of rows) {
    if (wire.upstreamId < target.floor || target.settled.has(wire.upstreamId)) continue;
    const row = placedRow(wire, m.hostId, target.epoch);
    settleRow(target, row);
    m.reading?.since.add(row.upstreamId);
    if (row.ts < edge) {
      target.owed.settled.push([row.upstreamId, row.upstreamId]);
      continue;
    }
    fresh.push(row);
    if (!target.published.has(row.upstreamId)) shown.push(target.shown === target.epoch ? row : { ...row, bootEpoch: target.shown });
    target.published.add(row.upstreamId);
  }
  if (shown.length > 0) m.out.push({ type: 'publish', origin, rows: shown });
  const { owed } = target;
  if (fresh.length > 0 || (target.epoch >= 0 && owed.gaps.length + owed.settled.length > 0)) {
    for (const entry of entriesOf(target, m.hostId, { origin, rows: fresh })) m.out.push({ type: 'enqueue', entry });
  }
}

export function lose(m: Machine, target: LiveBoot, gaps: readonly Gap[]): void {
  for (const gap of gaps) {
    if (gap.bootEpoch === target.epoch && gap.fromId !== null && gap.toId !== null) {
      settleIds(target, gap.fromId, gap.toId);
      m.reading?.since.add(gap.fromId, gap.toId);
    }
  }
  target.owed.gaps.push(...gaps);
  if (target.epoch >= 0 && gaps.length > 0) m.out.push({ type: 'gaps', gaps: [...gaps] });
}
