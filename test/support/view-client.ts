/** The reference client on a real socket, with a channel in front of it that may lose, double and delay what the server sent. */
import { WebSocket } from 'ws';
import type { ServerFrame } from '../../src/model/frames.ts';
import { closed, createClient, opened, received } from '../../src/model/client.ts';
import type { Client, Step, StreamFrame } from '../../src/model/client.ts';
import type { Random } from '../../src/model/seams.ts';

export type Fate = 'pass' | 'drop' | 'double' | 'delay';

export interface DrivenClient {
  client: Client;
  readonly delivered: StreamFrame[];
  readonly faults: string[];
  /** Streams to be read anew, as they were said. */
  readonly refills: string[];
  /** What becomes of each frame; by default all pass. */
  fate: (frame: ServerFrame) => Fate;
  connect(): Promise<void>;
  /** Cuts the connection. */
  cut(): Promise<void>;
  /** Hands over what was delayed, last first. */
  release(): void;
  /** Everything that the server had sent is here. */
  barrier(): Promise<void>;
}

let barriers = 0;

/** `check` after every frame that the client has taken. */
export function drive(port: number, topics: readonly string[], random: Random, check: (client: Client) => void = () => {}): DrivenClient {
  let ws: WebSocket | null = null;
  let delayed: string[] = [];
  let failed: unknown = null;
  const waiting = new Map<string, () => void>();

  const take = (text: string): void => {
    const step: Step = received(driven.client, text);
    driven.client = step.client;
    driven.delivered.push(...step.deliver);
    driven.faults.push(...step.faults);
    driven.refills.push(...step.refill);
    try {
      check(step.client);
    } catch (error) {
      failed ??= error;
    }
    for (const frame of step.send) ws?.send(JSON.stringify(frame));
  };
  const driven: DrivenClient = {
    client: createClient(topics), delivered: [], faults: [], refills: [],
    fate: () => 'pass',
    async connect() {
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
      ws = socket;
      socket.on('message', (data: Buffer) => {
        const text = data.toString();
        const frame = JSON.parse(text) as ServerFrame;
        if (frame.type === 'host.removed' && waiting.has(frame.host)) {
          waiting.get(frame.host)?.();
          return;
        }
        switch (driven.fate(frame)) {
          case 'drop': return;
          case 'delay': return void delayed.push(text);
          case 'double':
            take(text);
            return take(text);
          case 'pass': return take(text);
        }
      });
      socket.on('error', () => {});
      await new Promise<void>((resolve) => void socket.once('open', resolve));
      driven.client = opened(driven.client);
    },
    async cut() {
      const socket = ws;
      ws = null;
      delayed = [];
      if (socket !== null && socket.readyState !== WebSocket.CLOSED) {
        socket.removeAllListeners('message');
        socket.terminate();
        await new Promise<void>((resolve) => void socket.once('close', () => resolve()));
      }
      driven.client = closed(driven.client, 0, random).client;
    },
    release() {
      const late = delayed.reverse();
      delayed = [];
      for (const text of late) take(text);
    },
    async barrier() {
      const socket = ws;
      if (socket === null || socket.readyState !== WebSocket.OPEN) return;
      const host = `barrier-${(barriers += 1)}`;
      await new Promise<void>((resolve) => {
        const over = (): void => {
          waiting.delete(host);
          socket.off('close', over);
          resolve();
        };
        waiting.set(host, over);
        socket.on('close', over);
        socket.send(JSON.stringify({ type: 'resync', host }));
      });
      if (failed !== null) throw failed;
    },
  };
  return driven;
}
