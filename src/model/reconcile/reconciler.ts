/**
 * A host's reconciler: which boot, which row, which gap. Inputs and effects: effects.ts. Events are held back until the boot is
 * decided; without a database it is decided in memory, or held under a provisional number until the database answers.
 *
 *   connected → asking (the ring) → marking (the database) → open, or silent until a first row comes     any → ended
 */
import type { WireRow } from '../records/activity.ts';
import type { Moment } from '../time.ts';
import { takeBackImport } from './backward-import.ts';
import type { Connection } from './connection.ts';
import { askAgain, newConnection } from './connection.ts';
import type { FetchTarget, ReconcileEffect, ReconcileInput } from './effects.ts';
import type { LiveBoot } from './live-boot.ts';
import { settleIds, takeBack } from './live-boot.ts';
import type { Machine, ReconcilerOptions } from './machine.ts';
import { createMachine, generationOf, noteGeneration } from './machine.ts';
import { earliest } from './row-chaser.ts';
import { onMark, readMark } from './read-marks.ts';
import { onAnswer, onImport, onReady, onRows } from './stream-rows.ts';

export interface Reconciler {
  /** What came at one moment, such as all events of one read. Deterministic: the same inputs at the same moments give the same effects. */
  step(inputs: readonly ReconcileInput[], at: Moment): ReconcileEffect[];
}

/** How long a decision waits for the log's history: it comes first on the stream, but a fetch may overtake it. */
const HISTORY_MS = 250;
const OVERFLOW = /sendBuffer full, dropped|— \d+ bytes dropped —/;

export function createReconciler(options: ReconcilerOptions): Reconciler {
  const m = createMachine(options);
  let timerAt: number | null = null;
  /** Rows of one step, taken together: generations 1 and 2 send each in a message of its own. */
  let live: WireRow[] = [];
  const takeLive = (): void => {
    const rows = live;
    if (rows.length === 0) return;
    live = [];
    if (m.conn !== null) onRows(m, m.conn, rows);
  };

  return {
    step(inputs, moment) {
      m.at = moment;
      m.out = [];
      let ticked = false;
      for (const input of inputs) {
        if (input.type === 'tick') ticked = true;
        if (input.type === 'rows' && m.conn?.phase === 'open' && m.conn.generation !== 3) {
          if (input.generation !== null) noteGeneration(m, m.conn, input.generation);
          for (const row of input.rows) live.push(row);
          continue;
        }
        if (input.type !== 'log') takeLive();
        apply(m, input);
      }
      takeLive();
      m.conn?.chaser.settle();
      const due = proceed(m);
      if (due !== timerAt || ticked) {
        timerAt = due;
        m.out.push({ type: 'timer', at: due });
      }
      // Not kept: the last rows of a quiet host would stay in memory for as long as it is quiet.
      const effects = m.out;
      m.out = [];
      return effects;
    },
  };
}

function apply(m: Machine, input: ReconcileInput): void {
  switch (input.type) {
    case 'connected':
      m.conn = newConnection(m.at.mono, m.limits);
      m.logs.connected(m.decided);
      m.decided = false;
      return;
    case 'ended':
      // Of a boot whose ring was never read more may be lost than was under way.
      m.inflight = input.how === 'clean' && m.conn?.phase === 'open' ? input.inflight : null;
      // While silent it may be another process than the boot's: to be the same as that one proves nothing.
      m.decided = m.conn?.phase === 'open' || (m.conn?.phase === 'silent' && m.conn.process === 'same');
      m.conn = null;
      if (m.reading?.for === 'boot') m.reading = null;
      return;
    case 'log':
      m.logs.text(input.source, input.text);
      if (m.conn?.phase === 'open' && overflown(input.text)) m.conn.chaser.wantRing(m.at.mono);
      return;
    case 'rows':
      if (m.conn === null) return;
      // A host that answers as generation 3 announces its rows and sends none.
      if (m.conn.generation === 3) {
        if (input.rows.length > 0) m.out.push({ type: 'oddity', what: 'rows-sent', upstreamId: input.rows[0]!.upstreamId });
        return;
      }
      if (input.generation !== null) noteGeneration(m, m.conn, input.generation);
      if (m.conn.phase === 'asking' && !m.conn.wasSilent) m.conn.reader.message(input.generation, input.rows);
      onRows(m, m.conn, input.rows);
      return;
    case 'row-ready':
      if (m.conn !== null) onReady(m, m.conn, input.upstreamId);
      return;
    case 'fetched': {
      if (m.conn?.importing?.id === input.fetchId) return onImport(m, m.conn, m.conn.importing.target, input.answer);
      if (m.conn?.fetching?.id !== input.fetchId) return;
      const { target, for: purpose } = m.conn.fetching;
      m.conn.fetching = null;
      if (purpose === 'ring') m.conn.reader.answered(target, input.answer, m.at.mono);
      else onAnswer(m, m.conn, target, input.answer);
      return;
    }
    case 'mark': {
      if (m.reading?.id !== input.readId) return;
      const { for: purpose, since } = m.reading;
      m.reading = null;
      onMark(m, input.mark, input.queued, purpose, since);
      return;
    }
    case 'refused':
      m.behind = true;
      if (m.boot === null || m.boot.epoch !== input.entry.bootEpoch) return;
      if (input.entry.origin === 'import') {
        takeBackImport(m.boot, input.entry);
        m.conn?.backward.failed(m.at.mono);
      } else takeBack(m.boot, input.entry);
      return;
    case 'look':
      if (m.conn?.phase === 'open') m.conn.chaser.wantRing(m.at.mono);
      return;
    case 'catch-up':
      m.catchUpWanted = true;
      return;
    case 'rejected':
      for (const gap of input.gaps) if (m.boot?.epoch === gap.bootEpoch && gap.fromId !== null && gap.toId !== null) settleIds(m.boot, gap.fromId, gap.toId);
      m.out.push({ type: 'gaps', gaps: input.gaps });
      return;
    case 'tick':
      return;
    default:
      input satisfies never;
  }
}

/** Everything that is waiting for its time. Returns when to look again. */
function proceed(m: Machine): number | null {
  if (m.catchUpWanted && m.reading === null && m.conn?.phase !== 'marking') {
    m.catchUpWanted = false;
    readMark(m, 'catch-up', []);
  }
  const { conn } = m;
  if (conn === null) return null;
  const importDue = conn.phase === 'open' && m.boot !== null ? proceedImport(m, conn, m.boot) : null;
  if (conn.fetching !== null) return importDue;
  switch (conn.phase) {
    case 'asking': {
      const step = conn.reader.next(m.at.mono);
      noteGeneration(m, conn, conn.reader.generation());
      if (step.kind === 'fetch') fetch(m, conn, step.target, 'ring');
      if (step.kind === 'wait') return step.until;
      if (step.kind !== 'ready') return null;
      if (!m.logs.heard() && m.at.mono < conn.since + HISTORY_MS) return conn.since + HISTORY_MS;
      conn.phase = 'marking';
      conn.ring = conn.reader.view();
      // An earlier reading's answer is not wanted any more.
      if (m.reading !== null) m.catchUpWanted ||= m.reading.for === 'catch-up';
      readMark(m, 'boot', conn.ring.rows);
      return null;
    }
    case 'marking':
      return null;
    case 'silent':
      // The events of its first rows may have been dropped.
      if (m.at.mono < conn.checkDue) return conn.checkDue;
      conn.checkDue = m.at.mono + m.limits.checkEveryMs;
      askAgain(conn, m.at.mono);
      return m.at.mono;
    case 'open': {
      if (m.boot === null) return null;
      const step = conn.chaser.next(m.boot, generationOf(conn), m.at.mono, m.behind);
      if (step.kind === 'wait') return earliest(step.until, importDue);
      conn.chaser.begun(step.target, m.at.mono);
      fetch(m, conn, step.target, 'rows');
      return importDue;
    }
    default:
      return conn.phase satisfies never;
  }
}

function proceedImport(m: Machine, connection: Connection, target: LiveBoot): number | null {
  if (connection.importing !== null || m.behind) return null;
  const step = connection.backward.next(target, m.at.mono);
  if (step.kind === 'wait') return step.until;
  connection.importing = { id: ++m.lastId, target: step.target };
  m.out.push({ type: 'fetch', fetchId: m.lastId, target: step.target, priority: 'low' });
  return null;
}

function fetch(m: Machine, connection: Connection, target: FetchTarget, purpose: 'ring' | 'rows'): void {
  connection.fetching = { id: ++m.lastId, target, for: purpose };
  m.out.push({ type: 'fetch', fetchId: m.lastId, target, priority: 'normal' });
}

/** Does the host say that it dropped messages? */
function overflown(text: string): boolean {
  return text.includes('dropped') && OVERFLOW.test(text);
}
