/** Where the host stands, asked of the database and merged with the queue; without it, from memory. */
import type { WireRow } from '../records/activity.ts';
import type { HostMark } from '../records/batch.ts';
import type { Gap } from '../records/gap.ts';
import { askAgain } from './connection.ts';
import type { QueuedHost } from './effects.ts';
import type { LiveBoot } from './live-boot.ts';
import { resumeBoot, standingOf, withOwed } from './live-boot.ts';
import type { Machine } from './machine.ts';
import { pen, retentionEdge } from './machine.ts';
import type { KnownBoot, Standing } from './merge-mark.ts';
import { mergeMark } from './merge-mark.ts';
import { decide } from './open-ring.ts';
import { releaseHeld } from './release-held.ts';
import type { IdSet } from './watermark.ts';
import { countIds, idSet } from './watermark.ts';

export function readMark(m: Machine, purpose: 'boot' | 'catch-up', rows: readonly WireRow[]): void {
  m.reading = { id: ++m.lastId, for: purpose, since: idSet() };
  const asked = [...rows, ...[...m.held.values()].flatMap(({ ring }) => ring)];
  m.out.push({ type: 'read-mark', readId: m.lastId, ring: asked.map(({ upstreamId, ts }) => ({ upstreamId, ts })) });
}

export function onMark(m: Machine, mark: HostMark | null, queued: QueuedHost, purpose: 'boot' | 'catch-up', since: IdSet): void {
  if (mark === null) {
    if (purpose === 'boot' && m.conn?.phase === 'marking') decide(m, m.conn, inMemory(m, queued), queued);
    return;
  }
  m.behind = false;
  if (!m.totalsKnown) m.out.push({ type: 'totals', mark });
  m.totalsKnown = true;
  const known = settleHeld(m, mark, queued);
  if (purpose === 'boot' && m.conn?.phase === 'marking') {
    const standing = withOwed(mergeMark(mark, queued, m.conn.ring.rows), m.boot);
    for (const [from, to] of since.ranges()) standing.boots[0]?.settled.add(from, to);
    decide(m, m.conn, standing, queued);
    return;
  }
  if (m.boot === null) return;
  const [newest] = mergeMark(mark, queued, []).boots;
  if (newest?.bootEpoch === m.boot.epoch) {
    m.boot = resumeBoot(newest, m.boot.generation, m.boot);
    for (const [from, to] of since.ranges()) m.boot.settled.add(from, to);
  }
  if (m.conn?.phase !== 'open') return;
  m.conn.chaser.changed(m.boot, m.at.mono, known);
  m.conn.chaser.wantRing(m.at.mono);
}

/** What is known without the database: this link's own boot, or nothing. */
function inMemory(m: Machine, queued: QueuedHost): Standing {
  if (m.boot === null) return { boots: [], allRows: false };
  const standing = standingOf(m.boot);
  const known = new Map(standing.boots[0]!.rows);
  for (const row of queued.rows) if (row.bootEpoch === m.boot.epoch) known.set(row.upstreamId, row);
  standing.boots[0]!.rows = known;
  return standing;
}

/** Gives what is known of the ids that the boot in memory lacks, where it was held. */
function settleHeld(m: Machine, mark: HostMark, queued: QueuedHost): { exact: boolean } | undefined {
  // A held boot without a queued row is known to this link alone.
  for (const epoch of m.held.keys()) {
    if (queued.held.some(({ bootEpoch }) => bootEpoch === epoch)) continue;
    if (m.boot?.epoch === epoch) queued.held.push({ bootEpoch: epoch, generation: m.boot.generation, ring: [], laterIds: [] });
    else m.held.delete(epoch);
  }
  if (queued.held.length === 0) return undefined;
  let lacking: { exact: boolean } | undefined;
  queued.held.sort((a, b) => b.bootEpoch - a.bootEpoch);
  for (const { release, boot: known, firm, exact, silent } of releaseHeld(mark, queued, m.held, pen(m), retentionEdge(m))) {
    m.held.delete(release.held);
    m.out.push({ type: 'release', release });
    if (release.gaps.length > 0) m.out.push({ type: 'gaps', gaps: release.gaps });
    if (m.boot === null || m.boot.epoch !== release.held) continue;
    lacking = { exact };
    const was = m.boot.shown;
    m.boot.before = idSet(known.settled.ranges());
    for (const [from, to] of known.settled.ranges()) m.boot.settled.add(from, to);
    if (silent) undecide(m, m.boot, known, release.gaps);
    m.boot.epoch = release.bootEpoch;
    m.boot.shown = release.bootEpoch;
    m.boot.floor = known.floor;
    m.boot.resumes = known.resumes;
    if (firm) m.boot.floorAt = 'firm';
    m.boot.owed.gaps = [];
    // Nothing is queued that the record could go with: it waits for the first row.
    if (release.gaps.length === 0 && m.boot.settled.ranges().length === 0) m.boot.owed.boots.push(...release.boots);
    m.out.push({ type: 'boot', bootEpoch: m.boot.epoch, fresh: release.boots.length > 0, generation: m.boot.generation });
    if (was !== m.boot.epoch) m.out.push({ type: 'lagged' });
  }
  return lacking;
}

/** The ring was empty: whether the process that was met is the boot's only a row will tell. */
function undecide(m: Machine, mine: LiveBoot, known: KnownBoot, gaps: readonly Gap[]): void {
  m.decided = false;
  m.logs.forget();
  // Ids that came since, and that the queue refused, are the process's, not the boot's.
  mine.top = known.highest;
  const { conn } = m;
  if (conn === null) return;
  conn.process = 'unknown';
  const settled = idSet(known.settled.ranges());
  for (const { fromId, toId } of gaps) if (fromId !== null && toId !== null) settled.remove(fromId, toId);
  const since = [...mine.published.ranges(), ...conn.heard.ranges()];
  conn.begunAgain ||= since.some(([from, to]) => from < known.floor || countIds(settled.missing(from, to)) <= to - from);
  if (conn.phase !== 'open') return;
  conn.phase = 'silent';
  conn.wasSilent = true;
  if (since.length > 0) askAgain(conn, m.at.mono);
}
