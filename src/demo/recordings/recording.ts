/**
 * Recordings of real hosts: a folder a scenario with `events.jsonl` (the event stream, chunk by chunk), `http/NN-name.json` (every
 * other exchange) and `truth.json` (what was really done). The format and its rules: the README beside the recordings.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readBoots } from './recording-boots.ts';
import type { RecordedConnection, RecordedExchange, Scenario, Truth } from './recording-types.ts';

interface EventLine {
  conn: number;
  t_ms: number;
  open?: { port: number; status: number; headers: [string, string][] };
  text?: string;
  b64?: string;
  close?: RecordedConnection['close'];
}

interface ExchangeFile {
  t_ms: number;
  request: { method: string; path: string };
  response: {
    t_end_ms: number | null; ended: string; status: number; headers: [string, string][];
    body?: string; body_b64?: string; chunks?: { t_ms: number; text?: string; b64?: string }[];
  };
}

const bytesOf = (part: { text?: string; b64?: string }): Buffer => (part.b64 === undefined ? Buffer.from(part.text ?? '') : Buffer.from(part.b64, 'base64'));

function readConnections(file: string): RecordedConnection[] {
  const connections = new Map<number, RecordedConnection>();
  if (!existsSync(file)) return [];
  readFileSync(file, 'utf8').split('\n').forEach((line, index) => {
    if (line === '') return;
    let event: EventLine;
    try {
      event = JSON.parse(line) as EventLine;
    } catch (error) {
      throw new Error(`${file}, line ${index + 1}: expected a JSON object a line`, { cause: error });
    }
    const { conn, t_ms: tMs, open } = event;
    if (open !== undefined) connections.set(conn, { conn, openMs: tMs, port: open.port, status: open.status, headers: open.headers, chunks: [], closeMs: null, close: null });
    const connection = connections.get(conn);
    if (connection === undefined) return;
    if (event.text !== undefined || event.b64 !== undefined) connection.chunks.push({ tMs, bytes: bytesOf(event) });
    if (event.close !== undefined) Object.assign(connection, { closeMs: tMs, close: event.close });
  });
  return [...connections.values()].sort((a, b) => a.openMs - b.openMs);
}

function readExchange(file: string): RecordedExchange {
  const { t_ms: tMs, request, response } = JSON.parse(readFileSync(file, 'utf8')) as ExchangeFile;
  const chunks = response.chunks?.map((chunk) => ({ tMs: chunk.t_ms, bytes: bytesOf(chunk) })) ?? null;
  const body = chunks === null ? bytesOf({ text: response.body ?? '', ...(response.body_b64 === undefined ? {} : { b64: response.body_b64 }) }) : Buffer.concat(chunks.map((chunk) => chunk.bytes));
  return { name: basename(file, '.json'), tMs, method: request.method, path: request.path, status: response.status, headers: response.headers, ended: response.ended, tEndMs: response.t_end_ms ?? tMs, body, chunks };
}

/** Reads one scenario: its folder, or any file in that. Throws where there is none, and where a file is not what its name says. */
export function readScenario(path: string): Scenario {
  const folder = existsSync(path) && statSync(path).isFile() ? dirname(path) : path;
  const truthFile = join(folder, 'truth.json');
  const truth = (existsSync(truthFile) ? JSON.parse(readFileSync(truthFile, 'utf8')) : {}) as Truth;
  const connections = readConnections(join(folder, 'events.jsonl'));
  const http = join(folder, 'http');
  const exchanges = existsSync(http) ? readdirSync(http).filter((name) => name.endsWith('.json')).sort().map((name) => readExchange(join(http, name))) : [];
  if (connections.length === 0 && exchanges.length === 0) throw new Error(`${path}: expected a recording (events.jsonl, http/), found neither; name the folder of one scenario`);
  exchanges.sort((a, b) => a.tMs - b.tMs);
  const lines = truth.config_lines_added ?? [];
  const max = lines.map((line) => /^metricsMaxInMemory:\s*(\d+)/.exec(line)?.[1]).find((found) => found !== undefined);
  const boots = readBoots(truth, connections, exchanges);
  const moments = [...boots.map((boot) => boot.endMs), ...connections.map((connection) => connection.chunks.at(-1)?.tMs ?? connection.openMs), ...exchanges.map((exchange) => exchange.tMs)];
  return {
    folder, connections, exchanges, boots, truth,
    name: truth.scenario ?? basename(folder),
    release: truth.version ?? basename(dirname(folder)),
    endMs: Math.max(0, ...moments),
    metricsMaxInMemory: max === undefined ? 1_000 : Number(max),
    store: lines.some((line) => line.startsWith('store:')),
  };
}

const isScenario = (folder: string): boolean => existsSync(join(folder, 'truth.json')) || existsSync(join(folder, 'events.jsonl'));

/** Every scenario below a folder (`<root>/<release>/<scenario>`), or the one that the folder is. */
export function listScenarios(root: string): { release: string; name: string; folder: string }[] {
  if (isScenario(root)) return [{ release: basename(dirname(root)), name: basename(root), folder: root }];
  const folders = (parent: string): string[] => readdirSync(parent).sort().map((name) => join(parent, name)).filter((path) => statSync(path).isDirectory());
  return folders(root).flatMap((release) => folders(release).filter(isScenario).map((folder) => ({ release: basename(release), name: basename(folder), folder })));
}
