// A process that starts the embedded server and says so in a line of JSON, then waits to be killed:
// `node embedded-child.mjs <compiled sources> <folder> [native]`. On `stop` from its input it stops the server and ends.
import { join } from 'node:path';

const [, , sources, folder, native] = process.argv;
const { startEmbedded } = await import(join(sources, 'io', 'embedded', 'server.js'));
const { findBinaries } = await import(join(sources, 'io', 'embedded', 'binaries.js'));
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
process.on('SIGINT', () => say({ interrupted: true }));
try {
  const server = await startEmbedded({
    folder,
    signal: new AbortController().signal,
    settings: { fsync: 'off' },
    ...(native ? { binaries: () => ({ ...findBinaries(), native }) } : {}),
  });
  say({ pid: server.pid, url: server.url, adopted: server.adopted, cluster: server.cluster });
  for await (const chunk of process.stdin) {
    if (!String(chunk).includes('stop')) continue;
    await server.stop(2_000);
    break;
  }
} catch (error) {
  say({ code: error.code, refused: error.refused, message: error.message });
}
process.exit(0);
