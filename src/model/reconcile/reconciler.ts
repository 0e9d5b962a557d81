/** A host's reconciler: see effects.ts for what goes in and comes out. */
import type { Moment } from '../time.ts';
import type { ReconcileEffect, ReconcileInput } from './effects.ts';

export interface Reconciler {
  /** Deterministic: the same inputs at the same instants give the same effects. */
  step(input: ReconcileInput, at: Moment): ReconcileEffect[];
}

export interface ReconcilerOptions {
  hostId: string;
  /** Draws ids of gaps (Random.id). */
  newId(): string;
  /** Days after which a row counts as settled without being stored. Default LIMITS.retentionDays.activity. */
  retentionDays?: number;
}

export function createReconciler(_options: ReconcilerOptions): Reconciler {
  throw new Error('not yet');
}
