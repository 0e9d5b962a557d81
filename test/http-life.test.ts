/** The server from its start to its end: ports, drains, kills. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { deferred } from '../src/model/deferred.ts';
import { ListenError } from '../src/http/server.ts';
import { createWorld, row, startHttp } from './support/http-deps.ts';

test('a busy port is a start error of one line with the cure', async () => {
  const http = await startHttp(createWorld());
  const other = createWorld({ listen: { host: '127.0.0.1', port: http.port } });
  const error: unknown = await startHttp(other).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ListenError);
  expect((error as Error).message).toBe(`127.0.0.1:${http.port} is in use: stop the other program, or set DROVER_LISTEN to another address, such as 127.0.0.1:${http.port + 1}`);
  http.kill();
});

test('a drain finishes answers, closes sockets with 1012, and takes nothing new', async () => {
  const here = createWorld();
  const answers = deferred<void>();
  const asked = deferred<void>();
  here.deps.history.gaps = async () => {
    asked.resolve();
    await answers.promise;
    return [];
  };
  const server = await startHttp(here);
  const slow = fetch(`${server.url}/api/gaps`);
  await asked.promise;
  const drained = server.drain();
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  answers.resolve();
  expect(await (await slow).json()).toEqual({ gaps: [] });
  await drained;
  expect(here.socketsClosed).toEqual([1012]);
});

test('a request that was on its way when the drain began is told so', async () => {
  const server = await startHttp(createWorld());
  const head = `GET /api/hosts HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\n`;
  const socket = connect(server.port, '127.0.0.1');
  const ended = once(socket, 'close');
  let text = '';
  const first = new Promise<void>((resolve) => socket.on('data', (part: Buffer) => {
    text += part.toString();
    resolve();
  }));
  // The first is answered; of the second the head has begun, so that its connection is not idle.
  socket.write(`${head}\r\n${head}`);
  await first;
  const drained = server.drain();
  socket.write('\r\n');
  await ended;
  await drained;
  const [, one, two] = text.split('HTTP/1.1 ');
  expect(one).toMatch(/^200 /);
  expect(two).toMatch(/^503 [^]*connection: close[^]*"code":"stopping"/i);
});

test('an export that outlasts the drain is cut, not ended', async () => {
  const here = createWorld({ drainMs: 100 });
  here.deps.history.activityPages = async function* () {
    yield [row()];
    await new Promise(() => undefined);
  };
  const server = await startHttp(here);
  const answer = await fetch(`${server.url}/api/activity?format=ndjson`);
  const reader = answer.body!.getReader();
  expect((await reader.read()).done).toBe(false);
  const drained = server.drain();
  await expect(reader.read()).rejects.toThrow();
  await drained;
});

test('a server that was killed is gone at once, and its port can be had again', async () => {
  const here = createWorld();
  const server = await startHttp(here);
  server.kill();
  await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  const again = await startHttp(createWorld({ listen: { host: '127.0.0.1', port: server.port } }));
  expect((await fetch(`${again.url}/healthz`)).status).toBe(200);
  again.kill();
});
