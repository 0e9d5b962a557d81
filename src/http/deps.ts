/**
 * What http is given by the composition root. Each interface is what the routes ask of another part and no more; documents and
 * answers are those of the model. Whatever needs the database rejects with a StoreError 'away' while it is absent (503).
 */
import type { IncomingMessage, Server } from 'node:http';
import type { Logger } from 'pino';
import type { History } from '../io/postgres/history.ts';
import type { HttpHostPort } from '../io/llama-swap/host-port.ts';
import type { Clock, HostPort, Random } from '../model/seams.ts';
import type { HostsAdmin } from '../actors/keeper/hosts-admin.ts';
import type { PublishedHost } from '../model/host/state.ts';
import type { ActorDetail, ActorStatus } from '../model/status.ts';
import type { RestartAnswer, RestartPlan } from '../supervisors/registry.ts';
import type { About } from './about-document.ts';

/** Of `supervisors`: the registry of every actor, by path. Reads are of copies: none of them sends to an actor. */
export interface ActorsRead {
  /** Every running actor, in tree order. */
  list(): ActorStatus[];
  detail(path: string): ActorDetail | null;
  /** Of an actor that is no more; null when nothing is known of the path. */
  lastExit(path: string): ActorStatus['lastExit'];
  /**
   * Not counted by the supervisor. A static child: terminate_child, restart_child, and those that the strategy ties to it;
   * `host:<id>`: by the keeper.
   */
  restart(path: string): Promise<RestartAnswer>;
  /** What such a restart would restart, without doing it. */
  plan(path: string): RestartPlan;
}

/** Of `view`: the fleet-store. */
export interface FleetRead {
  list(): PublishedHost[];
  get(host: string): PublishedHost | null;
}

export interface DatabaseStatus {
  state: 'starting' | 'away' | 'migrating' | 'ready' | 'refused';
  reason: string | null;
  since: string;
}

/** What `/readyz` and `/metrics` say of the inside. Every call is a plain read. */
export interface Vitals {
  database(): DatabaseStatus;
  tree(): { state: 'starting' | 'running' | 'draining'; since: string };
  writers(): WriterVitals;
  sockets(): SocketVitals;
  ingest(): IngestVitals;
}

/** Totals since the process began, but for the two of the queue. */
export interface WriterVitals {
  queued: number;
  queuedBytes: number;
  /** Rows that a full queue did not take. */
  refused: number;
  batches: number;
  /** Batches put back. */
  failures: number;
  inserted: number;
  conflicts: number;
  rejected: number;
}

export interface SocketVitals {
  clients: number;
  stalled: number;
  frames: number;
  bytes: number;
  lagged: number;
}

export interface IngestVitals {
  events: number;
  bytes: number;
  malformed: number;
  unknown: number;
  connects: number;
  /** Left out because one host named too many, by what it was. */
  refused: Readonly<Record<string, number>>;
}

/** What a host says when tried, by `POST /api/hosts/test`. */
export interface HostTarget { baseUrl: string; apiKey: string | null }

/** The verdict over a handshake for `/ws`: null lets it in, else the answer to write before closing. */
export interface UpgradeRefusal { status: number; code: string; message: string }
export type AuthorizeUpgrade = (request: IncomingMessage) => UpgradeRefusal | null;

/** The handshake of `/ws` on a listening server (src/http/websocket.ts with the broadcaster). */
export interface WebSockets {
  attach(server: Server, authorize: AuthorizeUpgrade): void;
  /** Closes every socket with the code (1012: going away) and resolves when they are gone or were terminated. */
  close(code: number): Promise<void>;
}

export interface HttpSettings {
  listen: { host: string; port: number };
  /** null: open (loopback alone). */
  token: string | null;
  publicUrl: string | null;
  allowedHosts: readonly string[];
  /** Signs sessions; of the data folder, so that they outlive a restart. At least 32 bytes. */
  sessionKey: Uint8Array;
  version: string;
  /** How long a drain may take. */
  drainMs: number;
}

export interface HttpDeps {
  settings: HttpSettings;
  about: About;
  clock: Clock;
  random: Random;
  log: Logger;
  actors: ActorsRead;
  fleet: FleetRead;
  hosts: HostsAdmin;
  history: History;
  vitals: Vitals;
  /** A declared host's wire, with its key; null: no such host. For captures. */
  hostPort(hostId: string): HostPort | null;
  /** The wire of a host that is only tried. */
  openTarget(target: HostTarget): HttpHostPort;
  webSockets: WebSockets;
}
