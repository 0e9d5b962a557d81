/**
 * A host's reconciler: which boot, which row, which gap. Inputs and effects: effects.ts. Events are held back until the boot is
 * decided; without a database it is decided in memory, or held under a provisional number until the database answers.
 */
import type { ActivityRow, StoredRow, WireRow } from '../activity.ts';
import { placedRow } from '../activity.ts';
import type { Gap } from '../gap.ts';
import { LIMITS } from '../limits.ts';
import type { Generation } from '../state.ts';
import type { Moment } from '../time.ts';
import { timeOfMs } from '../time.ts';
import { createBackwardImport, takeBackImport } from './backward-import.ts';
import type { Connection } from './connection.ts';
import { askAgain, freshOn, heardAgain, isFinal, newConnection, withHeard } from './connection.ts';
import type { BootDecision } from './decide-boot.ts';
import { decideBoot, firstId, lowestRun } from './decide-boot.ts';
import type { GapPen } from './draft-gaps.ts';
import { closedGap } from './draft-gaps.ts';
import type { FetchAnswer, PageTarget, QueuedHost, ReconcileEffect, ReconcileInput } from './effects.ts';
import { reachesEnd } from './fetch-plan.ts';
import { sameRow } from './fingerprint.ts';
import type { Shown } from './holes.ts';
import type { LiveBoot } from './live-boot.ts';
import { RECENT_ROWS, beginConnection, entriesOf, givenAgain, liveBoot, remember, resumeBoot, setFloor, settleIds, settleRow, standingOf, takeBack, withOwed } from './live-boot.ts';
import { createLogLines } from './log-lines.ts';
import type { Standing } from './merge-mark.ts';
import { mergeMark } from './merge-mark.ts';
import { openBoot, rowAfter } from './open-boot.ts';
import type { HeldMemory } from './release-held.ts';
import { releaseHeld } from './release-held.ts';
import { createRingReader } from './ring-reader.ts';
import { earliest } from './row-chaser.ts';
import type { IdSet } from './watermark.ts';
import { idSet } from './watermark.ts';

export interface Reconciler {
  /** What came at one moment, such as all events of one read. Deterministic: the same inputs at the same moments give the same effects. */
  step(inputs: readonly ReconcileInput[], at: Moment): ReconcileEffect[];
}

export interface ReconcilerOptions {
  hostId: string;
  /** Draws ids of gaps (Random.id). */
  newId(): string;
  /** Days after which a row counts as settled without being stored. Default LIMITS.retentionDays.activity. */
  retentionDays?: number;
}

/** How long a decision waits for the log's history: it comes first on the stream, but a fetch may overtake it. */
const HISTORY_MS = 250;
const DAY_MS = 86_400_000;
const OVERFLOW = /— \d+ bytes dropped —/;

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { hostId } = options;
  const retentionMs = (options.retentionDays ?? LIMITS.retentionDays.activity) * DAY_MS;
  const logs = createLogLines();
  const held = new Map<number, HeldMemory>();
  let out: ReconcileEffect[] = [];
  let at: Moment = { wall: 0, mono: 0 };
  let conn: Connection | null = null;
  let boot: LiveBoot | null = null;
  /** Requests under way when the last connection ended cleanly. */
  let inflight: number | null = null;
  let behind = false;
  let totalsKnown = false;
  let reading: { id: number; for: 'boot' | 'catch-up'; since: IdSet } | null = null;
  let catchUpWanted = false;
  let lastId = 0;
  let timerAt: number | null = null;

  const pen = (): GapPen => ({ hostId, newId: options.newId, detectedAt: timeOfMs(at.wall) });
  const retentionEdge = (): string => timeOfMs(at.wall - retentionMs);
  const generationOf = (connection: Connection): Generation => connection.generation ?? 2;

  // Rows and gaps on their way out.

  /** A host first met with an empty ring: its boot begins at the lowest row that comes. */
  const soften = (target: LiveBoot, id: number): void => {
    if (target.floorAt === 'open') {
      target.floorAt = 'soft';
      setFloor(target, id);
      // Rows below may be in the ring: their events were dropped.
      if (id > firstId(target.generation)) conn?.chaser.wantRing(at.mono);
    } else if (target.floorAt === 'soft' && id < target.floor) setFloor(target, id);
  };

  /** Takes rows that are not settled: what is new is shown and queued, with all that the boot owes. */
  const take = (target: LiveBoot, rows: readonly WireRow[], origin: 'ring' | 'live'): void => {
    const edge = retentionEdge();
    const fresh: StoredRow[] = [];
    const shown: ActivityRow[] = [];
    if (rows.length > 0 && target.floorAt !== 'firm') soften(target, Math.min(...rows.map((row) => row.upstreamId)));
    for (const wire of rows) {
      if (wire.upstreamId < target.floor || target.settled.has(wire.upstreamId)) continue;
      const row = placedRow(wire, hostId, target.epoch);
      settleRow(target, row);
      reading?.since.add(row.upstreamId);
      if (row.ts < edge) {
        target.owed.settled.push([row.upstreamId, row.upstreamId]);
        continue;
      }
      fresh.push(row);
      if (!target.published.has(row.upstreamId)) shown.push(target.shown === target.epoch ? row : { ...row, bootEpoch: target.shown });
      target.published.add(row.upstreamId);
    }
    if (shown.length > 0) out.push({ type: 'publish', origin, rows: shown });
    const { owed } = target;
    if (fresh.length > 0 || (target.epoch >= 0 && owed.gaps.length + owed.settled.length > 0)) {
      for (const entry of entriesOf(target, hostId, { origin, rows: fresh })) out.push({ type: 'enqueue', entry });
    }
  };

  const lose = (target: LiveBoot, gaps: readonly Gap[]): void => {
    for (const gap of gaps) {
      if (gap.bootEpoch === target.epoch && gap.fromId !== null && gap.toId !== null) {
        settleIds(target, gap.fromId, gap.toId);
        reading?.since.add(gap.fromId, gap.toId);
      }
    }
    target.owed.gaps.push(...gaps);
    if (target.epoch >= 0 && gaps.length > 0) out.push({ type: 'gaps', gaps: [...gaps] });
  };

  // What the host is asked.

  const fetch = (connection: Connection, target: NonNullable<Connection['fetching']>['target'], purpose: NonNullable<Connection['fetching']>['for']): void => {
    connection.fetching = { id: ++lastId, target, for: purpose };
    out.push({ type: 'fetch', fetchId: lastId, target, priority: 'normal' });
  };

  const readMark = (purpose: 'boot' | 'catch-up', rows: readonly WireRow[]): void => {
    reading = { id: ++lastId, for: purpose, since: idSet() };
    const asked = [...rows, ...[...held.values()].flatMap(({ ring }) => ring)];
    out.push({ type: 'read-mark', readId: lastId, ring: asked.map(({ upstreamId, ts }) => ({ upstreamId, ts })) });
  };

  const proceedImport = (connection: Connection, target: LiveBoot): number | null => {
    if (connection.importing !== null || behind) return null;
    const step = connection.backward.next(target, at.mono);
    if (step.kind === 'wait') return step.until;
    connection.importing = { id: ++lastId, target: step.target };
    out.push({ type: 'fetch', fetchId: lastId, target: step.target, priority: 'low' });
    return null;
  };

  /** Everything that is waiting for its time. Returns when to look again. */
  const proceed = (): number | null => {
    if (catchUpWanted && reading === null && conn?.phase !== 'marking') {
      catchUpWanted = false;
      readMark('catch-up', []);
    }
    if (conn === null) return null;
    const importDue = conn.phase === 'open' && boot !== null ? proceedImport(conn, boot) : null;
    if (conn.fetching !== null) return importDue;
    switch (conn.phase) {
      case 'asking': {
        const step = conn.reader.next(at.mono);
        noteGeneration(conn, conn.reader.generation());
        if (step.kind === 'fetch') fetch(conn, step.target, 'ring');
        if (step.kind === 'wait') return step.until;
        if (step.kind !== 'ready') return null;
        if (!logs.heard() && at.mono < conn.since + HISTORY_MS) return conn.since + HISTORY_MS;
        conn.phase = 'marking';
        conn.ring = conn.reader.view();
        // An earlier reading's answer is not wanted any more.
        if (reading !== null) catchUpWanted ||= reading.for === 'catch-up';
        readMark('boot', conn.ring.rows);
        return null;
      }
      case 'marking':
        return null;
      case 'silent':
        // The events of its first rows may have been dropped.
        if (at.mono < conn.checkDue) return conn.checkDue;
        conn.checkDue = at.mono + LIMITS.ring.checkEveryMs;
        askAgain(conn, at.mono);
        return at.mono;
      case 'open': {
        if (boot === null) return null;
        const step = conn.chaser.next(boot, generationOf(conn), at.mono, behind);
        if (step.kind === 'wait') return earliest(step.until, importDue);
        conn.chaser.begun(step.target, at.mono);
        fetch(conn, step.target, 'rows');
        return importDue;
      }
      default:
        return conn.phase satisfies never;
    }
  };

  const noteGeneration = (connection: Connection, generation: Generation | null): void => {
    if (generation === null || connection.generation === generation) return;
    connection.generation = generation;
    out.push({ type: 'generation', generation });
  };

  // The decision.

  const decide = (connection: Connection, standing: Standing, queued: QueuedHost): void => {
    const generation = generationOf(connection);
    connection.process = logs.verdict();
    if (connection.sampleHeld) connection.process = 'same';
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
      fresh: freshOn(connection, boot, decidedBefore),
      begunAgain: connection.begunAgain,
      retentionEdge: retentionEdge(),
    });
    const { ring, reader } = connection;
    if (!ring.complete && !isFinal(decision, standing, ring, reader.total()) && reader.readOn(standing.boots.flatMap(({ highest }) => (highest === null ? [] : [highest])))) {
      connection.phase = 'asking';
      return;
    }
    if (decision.kind === 'wait' && (!connection.wasSilent || connection.waiting.length === 0)) {
      open(connection, decision, standing, queued);
      connection.wasSilent = true;
      connection.phase = 'silent';
      if (connection.waiting.length > 0) askAgain(connection, at.mono);
      return;
    }
    // The same again after something differed: count it from now on, and decide no more.
    if (newest !== undefined && decision.kind === 'same' && decidedBefore) connection.tolerant = true;
    open(connection, decision, standing, queued);
    connection.phase = 'open';
    connection.begunAgain = false;
    // A thousand rows a host are not to be kept.
    connection.ring = { ...connection.ring, rows: [] };
    connection.reader = createRingReader(at.mono, connection.generation ?? 2);
    const { waiting } = connection;
    connection.waiting = [];
    for (const heard of waiting) {
      if (heard.type === 'rows') onRows(connection, heard.rows);
      else onReady(connection, heard.id);
    }
  };

  const open = (connection: Connection, decision: BootDecision, standing: Standing, queued: QueuedHost): void => {
    const generation = generationOf(connection);
    const announced = boot !== null && decision.kind === 'new' && boot.epoch === decision.before.bootEpoch ? boot.top : null;
    const about = { generation, process: connection.process, ring: connection.ring, inflight, announced };
    const before = boot;
    let gaps: Gap[] = [];
    const settledBefore = idSet(decision.kind === 'same' || decision.kind === 'wait' ? decision.boot.settled.ranges() : []);
    const provisional = !standing.allRows && (decision.kind === 'new' || decision.kind === 'first');
    if (provisional) {
      const epoch = Math.min(0, ...queued.held.map(({ bootEpoch }) => bootEpoch), ...held.keys()) - 1;
      boot = liveBoot({ epoch, shown: before === null || before.shown === null ? null : before.shown + 1, generation, floor: decision.floor, resumes: null });
      const mine = boot;
      const { ring, process, begunAgain } = connection;
      held.set(epoch, { process, ring: ring.rows, endKnown: ring.endKnown, complete: ring.complete, begunAgain, inflight, announced, gaps: () => mine.owed.gaps });
    } else {
      const opened = openBoot(decision, about, pen());
      gaps = opened.gaps;
      if (opened.record !== null) boot = null;
      boot = resumeBoot(opened.boot, generation, boot);
      if (opened.record !== null) boot.owed.boots.push(opened.record);
      // What an earlier boot still owes goes with this one.
      if (before !== null && before !== boot && before.epoch >= 0) {
        boot.owed.boots.unshift(...before.owed.boots);
        boot.owed.gaps.unshift(...before.owed.gaps);
      }
    }
    // Rows below a floor that came with the first events: the ring has them.
    if (decision.kind === 'same' && boot.resumes === null) {
      const low = lowestRun(connection.ring, generation);
      if (connection.ring.rows.length > 0 && low < boot.floor) setFloor(boot, low);
    }
    const unmet = before?.floorAt === 'open' && before.settled.highest() === null && connection.ring.rows.length === 0;
    if (connection.tolerant) for (const row of connection.ring.rows) boot.ringAtConnect.add(row.upstreamId);
    else beginConnection(boot, connection.ring.rows, settledBefore);
    lose(boot, gaps);
    if (decision.kind === 'first') boot.floorAt = connection.ring.rows.length === 0 ? 'open' : 'soft';
    else if (decision.kind === 'same' && unmet) boot.floorAt = 'open';
    for (const row of connection.ring.rows.slice(-RECENT_ROWS)) if (row.upstreamId >= boot.floor) remember(boot, row);
    inflight = null;
    out.push({ type: 'boot', bootEpoch: boot.shown, fresh: decision.kind === 'new' || decision.kind === 'first', generation });
    take(boot, connection.ring.rows, 'ring');
    const [low] = connection.ring.rows;
    connection.importing = null;
    connection.backward = createBackwardImport(connection.ring.complete || (connection.ring.endKnown && low !== undefined && low.upstreamId >= boot.floor));
    connection.chaser.changed(boot, at.mono, { exact: connection.process === 'same' || decision.kind !== 'same' });
  };

  const onMark = (mark: (ReconcileInput & { type: 'mark' })['mark'], queued: QueuedHost, purpose: 'boot' | 'catch-up', since: IdSet): void => {
    if (mark === null) {
      if (purpose === 'boot' && conn?.phase === 'marking') decide(conn, inMemory(queued), queued);
      return;
    }
    behind = false;
    if (!totalsKnown) out.push({ type: 'totals', mark });
    totalsKnown = true;
    settleHeld(mark, queued);
    if (purpose === 'boot' && conn?.phase === 'marking') {
      const standing = withOwed(mergeMark(mark, queued, conn.ring.rows), boot);
      for (const [from, to] of since.ranges()) standing.boots[0]?.settled.add(from, to);
      decide(conn, standing, queued);
      return;
    }
    if (boot === null) return;
    const [newest] = mergeMark(mark, queued, []).boots;
    if (newest?.bootEpoch === boot.epoch) {
      boot = resumeBoot(newest, boot.generation, boot);
      for (const [from, to] of since.ranges()) boot.settled.add(from, to);
    }
    if (conn?.phase !== 'open') return;
    conn.chaser.changed(boot, at.mono);
    conn.chaser.wantRing(at.mono);
  };

  /** What is known without the database: this link's own boot, or nothing. */
  const inMemory = (queued: QueuedHost): Standing => {
    if (boot === null) return { boots: [], allRows: false };
    const standing = standingOf(boot);
    const known = new Map(standing.boots[0]!.rows);
    for (const row of queued.rows) if (row.bootEpoch === boot.epoch) known.set(row.upstreamId, row);
    standing.boots[0]!.rows = known;
    return standing;
  };

  const settleHeld = (mark: NonNullable<(ReconcileInput & { type: 'mark' })['mark']>, queued: QueuedHost): void => {
    // A held boot without a queued row is known to this link alone.
    for (const epoch of held.keys()) {
      if (queued.held.some(({ bootEpoch }) => bootEpoch === epoch)) continue;
      if (boot?.epoch === epoch) queued.held.push({ bootEpoch: epoch, generation: boot.generation, ring: [], laterIds: [] });
      else held.delete(epoch);
    }
    if (queued.held.length === 0) return;
    queued.held.sort((a, b) => b.bootEpoch - a.bootEpoch);
    for (const { release, boot: known, silent } of releaseHeld(mark, queued, held, pen(), retentionEdge())) {
      held.delete(release.held);
      out.push({ type: 'release', release });
      if (release.gaps.length > 0) out.push({ type: 'gaps', gaps: release.gaps });
      if (boot === null || boot.epoch !== release.held) continue;
      const was = boot.shown;
      boot.before = idSet(known.settled.ranges());
      for (const [from, to] of known.settled.ranges()) boot.settled.add(from, to);
      if (silent && conn?.phase === 'open') {
        conn.phase = 'silent';
        conn.wasSilent = true;
      }
      boot.epoch = release.bootEpoch;
      boot.shown = release.bootEpoch;
      boot.floor = known.floor;
      boot.resumes = known.resumes;
      boot.owed.gaps = [];
      // Nothing is queued that the record could go with: it waits for the first row.
      if (release.gaps.length === 0 && boot.settled.ranges().length === 0) boot.owed.boots.push(...release.boots);
      out.push({ type: 'boot', bootEpoch: boot.epoch, fresh: release.boots.length > 0, generation: boot.generation });
      if (was !== boot.epoch) out.push({ type: 'lagged' });
    }
  };

  const decideAgain = (connection: Connection, begunAgain: boolean): void => {
    connection.begunAgain ||= begunAgain;
    askAgain(connection, at.mono);
  };

  // What the stream says while the boot is open.

  const beginsAgain = (connection: Connection, target: LiveBoot, id: number): boolean =>
    !(generationOf(connection) === 3 && connection.process === 'same') && givenAgain(target, id);

  const onReady = (connection: Connection, id: number): void => {
    if (!Number.isSafeInteger(id) || id < 0) {
      out.push({ type: 'oddity', what: 'id-out-of-range', upstreamId: id });
      return;
    }
    if (connection.phase !== 'open' || boot === null) {
      connection.waiting.push({ type: 'ready', id });
      if (connection.phase === 'silent') askAgain(connection, at.mono);
      return;
    }
    connection.heard.add(id);
    if (beginsAgain(connection, boot, id)) {
      connection.waiting.push({ type: 'ready', id });
      decideAgain(connection, true);
      return;
    }
    if (boot.settled.has(id)) return;
    soften(boot, id);
    if (boot.top !== null && id > boot.top + LIMITS.ring.ahead) connection.chaser.wantRing(at.mono);
    if (boot.top === null || id > boot.top) boot.top = id;
    connection.chaser.announced(id, at.mono);
    connection.chaser.changed(boot, at.mono);
  };

  const onRows = (connection: Connection, rows: readonly WireRow[]): void => {
    if (connection.phase !== 'open' || boot === null) {
      if (rows.length > 0) connection.waiting.push({ type: 'rows', rows });
      if (connection.phase === 'silent' && rows.length > 0) askAgain(connection, at.mono);
      return;
    }
    const mine = boot;
    const fresh: WireRow[] = [];
    for (const [index, row] of rows.entries()) {
      const id = row.upstreamId;
      connection.heard.add(id);
      if (beginsAgain(connection, mine, id)) {
        take(mine, fresh, 'live');
        connection.waiting.push({ type: 'rows', rows: rows.slice(index) });
        decideAgain(connection, true);
        return;
      }
      if (mine.settled.has(id)) {
        if (differs(mine, row)) onDiffering(connection, row);
        continue;
      }
      if (mine.top !== null && id > mine.top + LIMITS.ring.ahead) connection.chaser.wantRing(at.mono);
      fresh.push(row);
    }
    take(mine, fresh, 'live');
    if (connection.phase === 'open') connection.chaser.changed(mine, at.mono);
  };

  const differs = (target: LiveBoot, row: WireRow): boolean => {
    const known = target.recent.get(row.upstreamId);
    return known !== undefined && !sameRow(known, row);
  };

  /** A different row under a settled id: the sign of a missed boot. */
  const onDiffering = (connection: Connection, row: WireRow): void => {
    out.push({ type: 'oddity', what: 'differing-row', upstreamId: row.upstreamId });
    if (connection.tolerant) return;
    connection.differed += 1;
    // Once may be an answer of the next process, whose end of our stream is still on its way.
    if (connection.differed >= 2) decideAgain(connection, false);
    else connection.chaser.wantRing(at.mono);
  };

  const onAnswer = (connection: Connection, target: NonNullable<Connection['fetching']>['target'], answer: FetchAnswer): void => {
    if (boot === null || connection.phase !== 'open') return;
    if (answer.kind !== 'rows') {
      connection.chaser.failed(at.mono);
      return;
    }
    const mine = boot;
    const other = connection.tolerant ? undefined : answer.rows.find((row) => row.upstreamId >= mine.floor && differs(mine, row));
    if (other !== undefined) {
      connection.chaser.failed(at.mono);
      onDiffering(connection, other);
      return;
    }
    const rows = answer.rows.toSorted((a, b) => a.upstreamId - b.upstreamId);
    take(mine, rows, 'live');
    const [low] = rows;
    const firstPage = target.kind === 'ring' || target.page === 1;
    const shown: Shown = {
      ids: idSet(),
      low: low?.upstreamId ?? null,
      high: rows[rows.length - 1]?.upstreamId ?? null,
      endKnown: target.kind === 'ring' || (reachesEnd(target, rows.length, answer.total) && (rows.length > 0 || firstPage)),
      topKnown: firstPage,
    };
    const lost = connection.chaser.answered(target, shown, mine, at.mono);
    lose(mine, lost.map(({ range, cause, exact }) =>
      closedGap(pen(), {
        bootEpoch: mine.epoch,
        range,
        cause,
        exact,
        fromTs: mine.recent.get(range[0] - 1)?.ts ?? (mine.lastId !== null && mine.lastId < range[0] ? mine.lastTs : null),
        toTs: rowAfter(rows, range[1])?.ts ?? pen().detectedAt,
      }),
    ));
    if (lost.length > 0) {
      take(mine, [], 'ring');
      connection.chaser.changed(mine, at.mono);
    }
  };

  const onImport = (connection: Connection, target: PageTarget, answer: FetchAnswer): void => {
    connection.importing = null;
    if (boot === null || connection.phase !== 'open') return;
    const mine = boot;
    if (answer.kind !== 'rows' || answer.rows.some((row) => differs(mine, row))) return connection.backward.failed(at.mono);
    for (const entry of connection.backward.answered(mine, target, answer, retentionEdge(), hostId, at.mono)) {
      for (const { upstreamId } of entry.rows) reading?.since.add(upstreamId);
      for (const [from, to] of entry.settled) reading?.since.add(from, to);
      out.push({ type: 'enqueue', entry });
    }
  };

  const apply = (input: ReconcileInput): void => {
    switch (input.type) {
      case 'connected':
        conn = newConnection(at.mono);
        logs.connected();
        return;
      case 'ended':
        // Of a boot whose ring was never read more may be lost than was under way.
        inflight = input.how === 'clean' && conn?.phase === 'open' ? input.inflight : null;
        conn = null;
        if (reading?.for === 'boot') reading = null;
        return;
      case 'log':
        logs.text(input.source, input.text);
        if (conn?.phase === 'open' && overflown(input.text)) conn.chaser.wantRing(at.mono);
        return;
      case 'rows':
        if (conn === null) return;
        // A host that answers as generation 3 announces its rows and sends none.
        if (conn.generation === 3) {
          if (input.rows.length > 0) out.push({ type: 'oddity', what: 'rows-sent', upstreamId: input.rows[0]!.upstreamId });
          return;
        }
        if (input.generation !== null) noteGeneration(conn, input.generation);
        if (conn.phase === 'asking' && !conn.wasSilent) conn.reader.message(input.generation, input.rows);
        onRows(conn, input.rows);
        return;
      case 'row-ready':
        if (conn !== null) onReady(conn, input.upstreamId);
        return;
      case 'fetched': {
        if (conn?.importing?.id === input.fetchId) return onImport(conn, conn.importing.target, input.answer);
        if (conn?.fetching?.id !== input.fetchId) return;
        const { target, for: purpose } = conn.fetching;
        conn.fetching = null;
        if (purpose === 'ring') conn.reader.answered(target, input.answer, at.mono);
        else onAnswer(conn, target, input.answer);
        return;
      }
      case 'same-process':
        if (conn !== null) conn.sampleHeld = true;
        return;
      case 'mark': {
        if (reading?.id !== input.readId) return;
        const { for: purpose, since } = reading;
        reading = null;
        onMark(input.mark, input.queued, purpose, since);
        return;
      }
      case 'refused':
        behind = true;
        if (boot === null || boot.epoch !== input.entry.bootEpoch) return;
        if (input.entry.origin === 'import') {
          takeBackImport(boot, input.entry);
          conn?.backward.failed(at.mono);
        } else takeBack(boot, input.entry);
        return;
      case 'look':
        if (conn?.phase === 'open') conn.chaser.wantRing(at.mono);
        return;
      case 'catch-up':
        catchUpWanted = true;
        return;
      case 'rejected':
        for (const gap of input.gaps) if (boot?.epoch === gap.bootEpoch && gap.fromId !== null && gap.toId !== null) settleIds(boot, gap.fromId, gap.toId);
        out.push({ type: 'gaps', gaps: input.gaps });
        return;
      case 'tick':
        return;
      default:
        input satisfies never;
    }
  };

  /** Rows of one step, taken together: generations 1 and 2 send each in a message of its own. */
  let live: WireRow[] = [];
  const takeLive = (): void => {
    const rows = live;
    if (rows.length === 0) return;
    live = [];
    if (conn !== null) onRows(conn, rows);
  };

  return {
    step(inputs, moment) {
      at = moment;
      out = [];
      let ticked = false;
      for (const input of inputs) {
        if (input.type === 'tick') ticked = true;
        if (input.type === 'rows' && conn?.phase === 'open') {
          if (input.generation !== null) noteGeneration(conn, input.generation);
          for (const row of input.rows) live.push(row);
          continue;
        }
        if (input.type !== 'log') takeLive();
        apply(input);
      }
      takeLive();
      conn?.chaser.settle();
      const next = proceed();
      const due = earliest(next);
      if (due !== timerAt || ticked) {
        timerAt = due;
        out.push({ type: 'timer', at: due });
      }
      // Not kept: the last rows of a quiet host would stay in memory for as long as it is quiet.
      const effects = out;
      out = [];
      return effects;
    },
  };
}

/** Does the host say that it dropped messages? */
function overflown(text: string): boolean {
  return text.includes('sendBuffer full') || (text.includes('bytes dropped') && OVERFLOW.test(text));
}
