/** What a host's stream says, normalised: the same for all three generations. io decodes bytes into these, `reduce` takes them. */
import type { WireRow } from '../records/activity.ts';
import type { InflightRequest, ModelState } from './state.ts';

/** What a list of models tells of each. */
export interface WireModel extends Omit<ModelState, 'ttlS' | 'readySince' | 'unloadAt' | 'inflight'> {
  /** Key in the host's state: the id, or `peerId/id`. */
  key: string;
}

export type HostEvent =
  | { type: 'models'; models: WireModel[] }
  | { type: 'log'; source: string; text: string }
  /** `metrics`: the whole ring as the first of a connection, then one row a message. Its shape tells generation 1 from 2. `offsetMin`: the zone that its times are written in. */
  | { type: 'rows'; generation: 1 | 2 | null; rows: WireRow[]; offsetMin?: number }
  /** `activity`, generation 3: the row can be fetched. */
  | { type: 'row-ready'; upstreamId: number }
  /** `inflight` as a bare count (until v234). */
  | { type: 'inflight-total'; total: number }
  | { type: 'inflight-all'; requests: ReadonlyMap<string, InflightRequest> }
  | { type: 'inflight-upsert'; id: string; request: InflightRequest }
  | { type: 'inflight-remove'; id: string }
  | { type: 'profile'; active: string | null }
  | { type: 'ui-config' }
  /** A kind that this version does not know: counted, ignored. */
  | { type: 'unknown'; kind: string }
  /** Not what it should be: counted, sampled into the log, ignored. `sample` is cut to 200 characters. */
  | { type: 'malformed'; what: string; sample: string };
