/** Stands before a server, and can refuse, cut and hold back. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  port: number;
  /** Every connection ends, and new ones are refused. */
  close: () => Promise<void>;
  /** At the same port. */
  open: () => Promise<void>;
  /** Nothing passes any more, either way, and nothing is closed. */
  freeze: () => void;
  thaw: () => void;
  /** From now on a connection ends when its client sends this text; null: none does. */
  cutOn: (text: string | null) => void;
  /** How many connections it has ended. */
  cuts: () => number;
}

export async function tcpProxy(to: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let frozen = false;
  let fatal: string | null = null;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(to);
    for (const [here, there] of [[client, upstream], [upstream, client]] as const) {
      sockets.add(here);
      here.on('data', (bytes) => {
        if (here !== client || fatal === null || !bytes.includes(fatal)) return void there.write(bytes);
        cuts += 1;
        here.destroy();
      });
      here.on('error', () => there.destroy());
      here.on('close', () => {
        sockets.delete(here);
        there.destroy();
      });
      if (frozen) here.pause();
    }
  });
  const listen = (port: number): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    close: () => new Promise((resolve) => {
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
    }),
    open: () => listen(port),
    cutOn(text) {
      fatal = text;
    },
    cuts: () => cuts,
    freeze() {
      frozen = true;
      for (const socket of sockets) socket.pause();
    },
    thaw() {
      frozen = false;
      for (const socket of sockets) socket.resume();
    },
  };
}
