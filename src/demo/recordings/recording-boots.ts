/** Which processes, hence which runs of ids, a recording shows. */
import type { RecordedBoot, RecordedConnection, RecordedExchange, Truth } from './recording-types.ts';

export function releaseGeneration(release: string): 1 | 2 | 3 {
  const number = release === 'after-v250' ? 251 : Number(/\d+/.exec(release)?.[0] ?? 250);
  return number <= 208 ? 1 : number <= 235 ? 2 : 3;
}

/** What a recording without truth.json was of, by what arrived. */
function guessRelease(exchanges: readonly RecordedExchange[]): string {
  const version = exchanges.find(({ path, status }) => path === '/api/version' && status === 200);
  const said = /"version":"v?(\d+)"/.exec(version === undefined ? '' : Buffer.from(version.body).toString())?.[1];
  if (said !== undefined) return `v${said}`;
  return exchanges.some(({ path, status }) => path.startsWith('/api/metrics/activity') && status === 200) ? 'v250' : 'v208';
}

/** Without truth each connection is taken for a boot: between them the recorder could not reach the host either. */
function bootsOfConnections(connections: readonly RecordedConnection[], exchanges: readonly RecordedExchange[]): RecordedBoot[] {
  const release = guessRelease(exchanges);
  const generation = releaseGeneration(release);
  const last = Math.max(0, ...exchanges.map(({ tEndMs }) => tEndMs), ...connections.map(({ chunks, openMs }) => chunks.at(-1)?.tMs ?? openMs));
  const begins = connections.filter(({ status }) => status === 200);
  if (begins.length === 0) return [{ port: 0, boot: 1, process: 1, release, generation, readyMs: 0, endMs: last, end: 'unknown' }];
  return begins.map((connection, index) => ({
    port: connection.port, boot: index + 1, process: index + 1, release, generation,
    // The recorder reads the ring before it opens the stream.
    readyMs: index === 0 ? 0 : Math.min(connection.openMs, ...exchanges.filter(({ tMs, status }) => status !== 0 && tMs > (begins[index - 1]?.closeMs ?? 0)).map(({ tMs }) => tMs)),
    endMs: index === begins.length - 1 ? last : (connection.closeMs ?? connection.openMs),
    end: 'unknown' as const,
  }));
}

export function readBoots(truth: Truth, connections: readonly RecordedConnection[], exchanges: readonly RecordedExchange[]): RecordedBoot[] {
  if (truth.boots === undefined) return bootsOfConnections(connections, exchanges);
  const boots: RecordedBoot[] = [];
  for (const { port, boots: processes } of truth.boots) {
    for (const { boot: process, version: release, ready_ms: readyMs, end_ms: endMs, end_how: how } of processes) {
      const generation = releaseGeneration(release);
      const end = how === 'SIGKILL' || how === 'SIGTERM' ? how : 'unknown';
      const whole = { port, process, release, generation };
      // Ids begin again in generations 1 and 2 when the old stream has ended.
      const steps = (truth.steps ?? []).filter(({ t_ms }) => t_ms > readyMs && t_ms < endMs);
      const reloaded = generation < 3 && steps.some((step) => step.do === 'SIGHUP') ? steps.find((step) => step.do === 'event stream')?.t_ms : undefined;
      if (reloaded !== undefined) boots.push({ ...whole, boot: boots.length + 1, readyMs, endMs: reloaded, end: 'reload' });
      boots.push({ ...whole, boot: boots.length + 1, readyMs: reloaded ?? readyMs, endMs, end });
    }
  }
  return boots;
}
