/** HTTP by hand, for what no client would send. */
import { connect } from 'node:net';

export interface RawAnswer { status: number; head: string; body: string }

/** Writes the text and reads until the server closes (send `connection: close`). */
export function rawHttp(port: number, text: string, host = '127.0.0.1'): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, host, () => socket.write(text));
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('error', reject);
    socket.on('close', () => {
      const answer = Buffer.concat(parts).toString();
      const at = answer.indexOf('\r\n\r\n');
      resolve({ status: Number(answer.slice(9, 12)), head: answer.slice(0, at), body: answer.slice(at + 4) });
    });
  });
}

export function get(port: number, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<RawAnswer> {
  const all = { host: `127.0.0.1:${port}`, connection: 'close', ...headers };
  return rawHttp(port, `${method} ${path} HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
}
