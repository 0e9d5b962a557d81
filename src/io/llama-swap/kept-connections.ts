/**
 * A host's kept connections for GETs: at most two, so that a slow answer holds no probe up. What undici's Pool does, without its
 * queue: that is made for 2,048 requests and takes 16 KiB a host, more than all else of a quiet host's wire.
 */
import { Client, type Dispatcher } from 'undici';

export interface KeptConnections extends Pick<Dispatcher, 'dispatch'> {
  /** Connections made so far. */
  readonly connects: number;
  destroy(): Promise<void>;
}

const MOST = 2;
/** How long the second one is kept idle: of use in a burst of questions, memory for nothing after it. */
const SECOND_MS = 4_000;

export function keepConnections(origin: string, options: Client.Options): KeptConnections {
  const clients = new Set<Client>();
  /** In order. One that was given up meanwhile is aborted before it is written. */
  const waiting: ((client: Client) => boolean)[] = [];
  let connects = 0;
  let gone = false;

  const open = (): Client => {
    const client = new Client(origin, clients.size === 0 ? options : { ...options, keepAliveTimeout: SECOND_MS });
    clients.add(client);
    client.on('connect', () => (connects += 1));
    client.on('drain', () => {
      if (isFree(client)) waiting.shift()?.(client);
    });
    // Made again when it is wanted.
    client.on('disconnect', () => {
      if (isFree(client)) clients.delete(client);
    });
    return client;
  };
  const free = (): Client | null => {
    for (const client of clients) if (isFree(client)) return client;
    return clients.size < MOST ? open() : null;
  };

  return {
    dispatch(request, handler) {
      const send = (client: Client): boolean => client.dispatch(request, handler);
      if (gone) return send(destroyed(new Client(origin, options)));
      const client = waiting.length === 0 ? free() : null;
      if (client !== null) return send(client);
      waiting.push(send);
      return false;
    },
    get connects() {
      return connects;
    },
    async destroy() {
      gone = true;
      const over = [...clients].map((client) => client.destroy());
      // Refused by a client that is gone, they end as the others do.
      for (const send of waiting.splice(0)) send(destroyed(new Client(origin, options)));
      await Promise.all(over);
    },
  };
}

const isFree = (client: Client): boolean => !client.destroyed && client.stats.size === 0;

function destroyed(client: Client): Client {
  client.destroy().catch(() => undefined);
  return client;
}
