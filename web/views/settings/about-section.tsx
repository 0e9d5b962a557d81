/** What this process is, where its data lies, how long history is kept, and every setting that is not the default. */
import type { ReactElement } from 'react';
import { useQuery } from '../../state/use-query.ts';
import { counted, whole } from '../../format/figures.ts';
import { Fault, Waiting } from '../../ui/notes.tsx';
import { For } from '../../ui/time.tsx';
import { Section } from '../../ui/section.tsx';

interface Setting { path: string; value: unknown; origin: string }
interface About { version: string; node: string; platform: string; pid: number; startedAt: string; dataDir: string; database: { kind: 'embedded' | 'external'; where: string }; settings: Setting[] }
interface Ready { ready: boolean; checks: { database: { state: string; reason: string | null }; writers: { queued: number; refused: number } } }

export function AboutSection(): ReactElement {
  const about = useQuery<About>('/api/about');
  if (about.error !== null) return <Section title="This Drover"><Fault error={about.error} retry={about.reload} /></Section>;
  if (about.data === null) return <Section title="This Drover"><Waiting what="its answer" /></Section>;
  const { version, node, platform, pid, startedAt, dataDir, database, settings } = about.data;
  const retention = settings.filter(({ path }) => path.startsWith('limits.retentionDays.'));
  const changed = settings.filter(({ origin, path }) => origin !== 'default' && path !== 'hosts');
  return (
    <>
      <Section title="This Drover">
        <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4 gap-y-2 [&>dd]:wrap-anywhere [&>dt]:text-soft">
          <dt>Version</dt><dd>{version}</dd>
          <dt>Process</dt><dd>{pid}, Node {node}, {platform}, up for <For since={startedAt} /></dd>
          <dt>Data folder</dt><dd><code className="font-mono">{dataDir}</code></dd>
          <dt>Database</dt><dd>{database.kind} PostgreSQL, <code className="font-mono">{database.where}</code> <DatabaseState /></dd>
        </dl>
      </Section>
      <Section title="How long history is kept">
        <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4 gap-y-2 [&>dt]:text-soft">
          {retention.map(({ path, value }) => <div key={path} className="contents"><dt>{RETAINED[path.split('.').at(-1) ?? ''] ?? path}</dt><dd>{typeof value === 'number' ? counted(value, 'day') : String(value)}</dd></div>)}
          <dt>Gaps, boots</dt><dd>kept</dd>
        </dl>
        <p className="mt-3 text-sm text-faint">Settings under <code className="font-mono">limits.retentionDays</code>; they take effect at the next start.</p>
      </Section>
      <Section title="Settings that are not the default">
        {changed.length === 0 ? <p className="text-soft">None. <code className="font-mono">drover config</code> prints all {whole(settings.length)}.</p> : (
          <div className="overflow-x-auto"><table className="w-full">
            <thead><tr className="border-b border-line text-sm text-soft"><th className="py-1 pr-4">Setting</th><th className="py-1 pr-4">Value</th><th className="py-1">From</th></tr></thead>
            <tbody>{changed.map(({ path, value, origin }) => <tr key={path} className="border-b border-line last:border-0"><td className="py-1 pr-4 font-mono text-sm">{path}</td><td className="py-1 pr-4 font-mono text-sm wrap-anywhere">{typeof value === 'string' ? value : JSON.stringify(value)}</td><td className="py-1 text-soft">{origin}</td></tr>)}</tbody>
          </table></div>
        )}
      </Section>
    </>
  );
}

const RETAINED: Readonly<Record<string, string>> = { activity: 'Requests', perf: 'Performance', perfRollups: 'Performance, by 5 min', hostEvents: 'Host events', modelEvents: 'Model events', rejectedRows: 'Rejected rows' };

function DatabaseState(): ReactElement | null {
  const ready = useQuery<Ready>('/readyz');
  // `/readyz` answers 503 with the same document: then it is an ApiFault, and the state is "not ready".
  if (ready.error !== null) return <span className="text-bad">not ready</span>;
  return ready.data === null ? null : <span className={ready.data.checks.database.state === 'ready' ? 'text-good' : 'text-bad'}>{ready.data.checks.database.state}</span>;
}
