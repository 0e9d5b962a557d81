/** A stretch of activity known, or only possibly, lost for good. Field meanings: GET /api/gaps. */

export const GAP_CAUSES = ['wrap', 'restart', 'reload', 'rejected', 'missing'] as const;
export type GapCause = (typeof GAP_CAUSES)[number];

export interface Gap {
  /** Opaque; drawn where the gap is decided, so that writing it twice stores it once. */
  id: string;
  hostId: string;
  bootEpoch: number;
  /** First and last id lost, inclusive; null: open. */
  fromId: number | null;
  toId: number | null;
  /** The times between which the lost requests ended. */
  fromTs: string | null;
  toTs: string | null;
  /** 0: only possible. Over all gaps of a host no row is counted twice. */
  lostMin: number;
  /** null: unbounded. */
  lostMax: number | null;
  cause: GapCause;
  detectedAt: string;
}

/** All gaps of a host in one line. */
export interface GapTotals {
  count: number;
  lostMin: number;
  lostMax: number | null;
  lastAt: string | null;
}
