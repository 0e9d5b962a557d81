/** The event streams of the recordings: those named by DROVER_RECORDINGS, else the project's own copies. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface RecordedStream {
  /** Such as `v250/traffic #1`. */
  name: string;
  release: string;
  /** The body, one HTTP chunk each. */
  chunks: Uint8Array[];
}

export interface RecordedAnswer {
  name: string;
  release: string;
  path: string;
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

const root = process.env['DROVER_RECORDINGS'] ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'fixtures');

export function recordedStreams(): RecordedStream[] {
  const streams: RecordedStream[] = [];
  for (const file of files(root, (name) => name === 'events.jsonl')) {
    const byConnection = new Map<number, Uint8Array[]>();
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      if (line === '') continue;
      const { conn, text, b64 } = JSON.parse(line) as { conn: number; text?: string; b64?: string };
      if (text === undefined && b64 === undefined) continue;
      const chunks = byConnection.get(conn) ?? [];
      chunks.push(text === undefined ? Buffer.from(b64!, 'base64') : Buffer.from(text));
      byConnection.set(conn, chunks);
    }
    const name = scenario(file);
    for (const [conn, chunks] of byConnection) streams.push({ name: `${name} #${conn}`, release: releaseOf(name), chunks });
  }
  return streams;
}

/** Whole answers of `http/`, but for streams. */
export function recordedAnswers(): RecordedAnswer[] {
  return files(root, (name) => /^\d+-.*\.json$/.test(name)).flatMap((file) => {
    const { request, response } = JSON.parse(readFileSync(file, 'utf8')) as { request: { path: string; method: string }; response: Record<string, unknown> };
    const body = response['body'] ?? response['body_b64'];
    if (request?.method !== 'GET' || typeof body !== 'string' || response['ended'] !== 'complete') return [];
    const headers = Object.fromEntries((response['headers'] as [string, string][]).map(([name, value]) => [name.toLowerCase(), value]));
    const name = `${scenario(dirname(file))} ${request.path}`;
    return [{ name, release: releaseOf(name), path: request.path, status: response['status'] as number, headers, body: Buffer.from(body, 'body_b64' in response ? 'base64' : 'utf8') }];
  });
}

function files(folder: string, wanted: (name: string) => boolean): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && wanted(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => /(^|[\\/])(after-)?v\d+[\\/]/.test(relative(folder, file)))
    .sort();
}

function scenario(file: string): string {
  return relative(root, dirname(file)).split(/[\\/]/).slice(-2).join('/');
}

function releaseOf(name: string): string {
  return name.split('/')[0]!;
}
