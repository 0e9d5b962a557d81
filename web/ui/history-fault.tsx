/** Why what is stored could not be read. While the notice over the page says that the database is away, a word of it here is enough. */
import type { ReactElement, ReactNode } from 'react';
import { ApiFault } from '../state/api.ts';
import { useDatabase } from '../state/hooks.ts';
import { Fault } from './notes.tsx';

/** `children`: what is missing here, and what is not. */
export function HistoryFault({ error, retry, children }: { error: unknown; retry: () => void; children: ReactNode }): ReactElement {
  const database = useDatabase();
  const said = error instanceof ApiFault && error.code === 'database_away' && database !== null && database.state !== 'ready';
  return said ? <p className="text-soft">{children}</p> : <Fault error={error} retry={retry} />;
}
