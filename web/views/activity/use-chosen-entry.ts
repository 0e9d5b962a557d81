/** The row that the address names: among those on hand, else asked of history. */
import { useState } from 'react';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { withQuery } from '../../state/api.ts';
import { useQuery } from '../../state/use-query.ts';
import { addressOf, decides, hostOf, isAt, type RowAddress } from './address.ts';
import { instantAfter } from './criteria.ts';
import { isGap, type Entry } from './entries.ts';

export interface ChosenEntry {
  /** What the address names; null: no row is chosen. */
  address: RowAddress | null;
  entry: Entry | null;
  looking: boolean;
  error: unknown;
  retry: () => void;
  know: (entry: Entry) => void;
}

export function useChosenEntry(params: URLSearchParams, entries: readonly Entry[]): ChosenEntry {
  const [known, know] = useState<Entry | null>(null);
  const row = params.get('row');
  const address = row === null ? null : { row, at: params.get('at') };
  const held = address !== null && known !== null && isAt(known, address) ? known : null;
  const found = address === null ? null : held ?? entries.find((entry) => isAt(entry, address)) ?? null;
  const host = address === null || found !== null ? null : hostOf(address);
  const at = address?.at ?? null;
  const { data, error, loading, reload } = useQuery<{ rows: ActivityRow[] }>(host === null || at === null ? null : withQuery('/api/activity', { host, from: at, to: instantAfter(at), limit: 1_000 }));
  const asked = address === null ? null : data?.rows.find((one) => isAt(one, address)) ?? null;
  const entry = found ?? asked;
  if (entry !== null && entry !== known) know(entry);
  const decided = entry === null || isGap(entry) || entry.bootEpoch !== null ? null : entries.find((one) => !isGap(one) && decides(one, entry)) ?? null;
  return { address: decided === null ? address : addressOf(decided), entry: decided ?? entry, looking: loading, error, retry: reload, know };
}
