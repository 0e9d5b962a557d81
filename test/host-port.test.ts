import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type LookupFunction, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createHostPort, type HostPortOptions, type HttpHostPort } from '../src/io/llama-swap/host-port.ts';
import { UPSTREAM } from '../src/io/llama-swap/upstream-paths.ts';
import { streamFault } from '../src/io/llama-swap/stream-head.ts';
import { HostError, type HostFault } from '../src/model/host/liveness.ts';
import type { HostStream } from '../src/model/seams.ts';
import { CERT, KEY } from './support/test-certificate.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function listen(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

const http = (handler: RequestListener): Promise<number> => listen(createServer(handler));
const tcp = (handler: (socket: Socket) => void): Promise<number> => listen(createTcpServer(handler));

function port(at: number | string, more: Partial<HostPortOptions> = {}): HttpHostPort {
  const made = createHostPort({ baseUrl: typeof at === 'number' ? `http://127.0.0.1:${at}` : at, apiKey: null, ...more });
  cleanups.push(() => made.close());
  return made;
}

async function faultOf(attempt: Promise<unknown>): Promise<HostFault> {
  const error: unknown = await attempt.then(() => 'no error', (thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(HostError);
  const { fault } = error as HostError;
  expect(fault.text.length).toBeGreaterThan(10);
  return fault;
}

/** Reads a stream to its end. */
function readAll(stream: HostStream): Promise<{ text: string; reads: number; fault: HostFault | null }> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    stream.start({ chunk: (bytes) => void chunks.push(bytes), end: (fault) => resolve({ text: Buffer.concat(chunks).toString(), reads: chunks.length, fault }) });
  });
}

const never = new AbortController().signal;

describe('the stream', () => {
  it('asks for what llama-swap gives, with the key, and ends cleanly with null', async () => {
    let asked: IncomingMessage | undefined;
    const at = await http((request, response) => {
      asked = request;
      response.writeHead(200, { 'Content-Type': 'text/event-stream; charset=utf-8', 'X-A': ['1', '2'] }).end('event:message\ndata:{}\n\n');
    });
    const stream = await port(`http://127.0.0.1:${at}/swap`, { apiKey: 'k-1' }).open(never);
    expect(streamFault(stream)).toBeNull();
    expect(stream.headers['x-a']).toBe('1, 2');
    expect(await readAll(stream)).toMatchObject({ text: 'event:message\ndata:{}\n\n', fault: null });
    expect([asked?.method, asked?.url, asked?.httpVersion]).toEqual(['GET', '/swap/api/events', '1.1']);
    expect(asked?.headers).toMatchObject({ authorization: 'Bearer k-1', accept: 'text/event-stream', 'accept-encoding': 'identity' });
  });

  it('the chunks of one read are one call', async () => {
    const body = Array.from({ length: 200 }, (_, i) => `data:${i}\n\n`);
    let started = (): void => undefined;
    const start = new Promise<void>((resolve) => (started = resolve));
    const at = await tcp((socket) => socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n');
      const chunks = body.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join('');
      void start.then(() => socket.write(`${chunks}0\r\n\r\n`));
    }));
    const reading = readAll(await port(at).open(never));
    started();
    const { text, reads } = await reading;
    expect(text).toBe(body.join(''));
    expect(reads).toBeLessThan(20);
  });

  it('what comes before start is kept, and a slow reader never pushes back', async () => {
    const size = 8 * 1024 * 1024;
    let drained = false;
    const at = await http((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('x'.repeat(size), () => {
        drained = true;
        response.end();
      });
    });
    const stream = await port(at).open(never);
    await expect.poll(() => drained, { timeout: 10_000 }).toBe(true);
    expect((await readAll(stream)).text.length).toBe(size);
  });

  it('a cut is a fault after what came before it', async () => {
    const at = await http((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data:1\n\n', () => response.socket!.destroy());
    });
    expect(await readAll(await port(at).open(never))).toMatchObject({ text: 'data:1\n\n', fault: { code: 'cut' } });
  });

  it('of a log waits for its head as long as it takes, and aborting gives it up before', async () => {
    const asked: IncomingMessage[] = [];
    const says: (() => void)[] = [];
    const at = await http((request, response) => {
      asked.push(request);
      says.push(() => void response.writeHead(200, { 'content-type': 'text/plain' }).end('a line\n'));
    });
    const made = port(at, { headersTimeoutMs: 50 });
    const opening = made.open(never, UPSTREAM.modelLog('a/b'));
    expect(await faultOf(made.open(never))).toMatchObject({ code: 'timeout' });
    expect(asked.map(({ url, headers }) => [url, headers.accept])).toEqual(expect.arrayContaining([['/logs/stream/a%2Fb', 'text/plain'], ['/api/events', 'text/event-stream']]));
    const abort = new AbortController();
    const quiet = made.open(abort.signal, UPSTREAM.modelLog('quiet'));
    await expect.poll(() => asked.length).toBe(3);
    abort.abort();
    await faultOf(quiet);
    const gone = once(asked[2]!.socket, 'close');
    if (!asked[2]!.socket.destroyed) await gone;
    const log = asked.findIndex(({ url }) => url === '/logs/stream/a%2Fb');
    says[log]!();
    expect(await readAll(await opening)).toEqual({ text: 'a line\n', reads: 1, fault: null });
  });

  it('aborting ends it without a further call, and the connection', async () => {
    let gone: Promise<unknown> | undefined;
    const at = await http((request, response) => {
      gone = once(request.socket, 'close');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const timer = setInterval(() => response.write('data:1\n\n'), 1);
      response.on('close', () => clearInterval(timer));
    });
    const abort = new AbortController();
    const stream = await port(at).open(abort.signal);
    let calls = 0;
    let ends = 0;
    await new Promise<void>((resolve) => {
      stream.start({
        chunk: () => {
          calls += 1;
          if (calls === 3) {
            abort.abort();
            resolve();
          }
        },
        end: () => (ends += 1),
      });
    });
    await gone;
    expect([calls, ends]).toEqual([3, 0]);
  });

  it('aborting before the head rejects', async () => {
    const at = await http(() => undefined);
    const abort = new AbortController();
    const opening = faultOf(port(at).open(abort.signal));
    abort.abort();
    expect((await opening).code).toBe('stopping');
    expect((await faultOf(port(at).open(abort.signal))).code).toBe('stopping');
  });

  it('a head that never comes, or trickles, is a timeout', async () => {
    const silent = await http(() => undefined);
    expect((await faultOf(port(silent, { headersTimeoutMs: 100 }).open(never))).code).toBe('timeout');
    const trickling = await tcp((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => socket.write('a'), 10);
      socket.on('close', () => clearInterval(timer));
    });
    expect((await faultOf(port(trickling, { headersTimeoutMs: 200 }).open(never))).code).toBe('timeout');
  });

  it.each<[string, (response: ServerResponse) => void, string, RegExp]>([
    ['HTML', (response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), 'not_event_stream', /text\/html/],
    ['no content type', (response) => void response.writeHead(200).end('x'), 'not_event_stream', /without a content type/],
    ['401', (response) => void response.writeHead(401).end(), 'unauthorized', /401/],
    ['403', (response) => void response.writeHead(403).end(), 'unauthorized', /403/],
    ['404', (response) => void response.writeHead(404).end(), 'not_found', /404/],
    ['500', (response) => void response.writeHead(500).end(), 'http_error', /500/],
    ['204', (response) => void response.writeHead(204).end(), 'http_error', /204/],
    ['421', (response) => void response.writeHead(421).end(), 'other_host', /421/],
    ['a redirect', (response) => void response.writeHead(302, { location: 'http://user:pw@elsewhere.example/x?key=secret' }).end(), 'redirect', /http:\/\/elsewhere\.example\)/],
    ['a redirect to itself', (response) => void response.writeHead(301, { location: '/api/events/' }).end(), 'redirect', /301/],
  ])('%s instead of a stream has its own reason', async (_name, answer, code, text) => {
    let requests = 0;
    const at = await http((_request, response) => {
      requests += 1;
      answer(response);
    });
    const fault = streamFault(await port(at).open(never));
    expect(fault).toMatchObject({ code, text: expect.stringMatching(text) as string });
    expect(fault?.text).not.toMatch(/secret|pw/);
    expect(requests).toBe(1);
  });
});

describe('failures', () => {
  const both = async (made: HttpHostPort): Promise<string[]> => [(await faultOf(made.open(never))).code, (await faultOf(made.get('/health', { signal: never }))).code];

  it('nothing listens', async () => {
    const server = createTcpServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port: free } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await both(port(free))).toEqual(['refused', 'refused']);
  });

  it('accepts and closes at once', async () => {
    expect(await both(port(await tcp((socket) => socket.end())))).toEqual(['cut', 'cut']);
    expect(await both(port(await tcp((socket) => socket.resetAndDestroy())))).toEqual(['cut', 'cut']);
  });

  it('speaks no HTTP', async () => {
    expect(await both(port(await tcp((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))))).toEqual(['protocol', 'protocol']);
  });

  it('a name that does not resolve, and one that resolves to a refused address', async () => {
    const none: LookupFunction = (name, _options, callback) => callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND' }), '', 0);
    expect(await both(port('http://gpu1:8080', { lookup: none }))).toEqual(['dns', 'dns']);
    const metadata: LookupFunction = (_name, _options, callback) => callback(null, [{ address: '::ffff:169.254.169.254', family: 6 }]);
    expect(await both(port('http://gpu1:8080', { lookup: metadata }))).toEqual(['address_refused', 'address_refused']);
    expect(await both(port('http://169.254.169.254:8080'))).toEqual(['address_refused', 'address_refused']);
  });

  it('each connect judges the name anew, and goes where it judged', async () => {
    const at = await http((_request, response) => void response.writeHead(200, { 'content-type': 'text/event-stream', connection: 'close' }).end());
    const answers = ['127.0.0.1', '169.254.169.254', '127.0.0.1'];
    const rebinding: LookupFunction = (_name, _options, callback) => callback(null, [{ address: answers.shift() ?? '169.254.169.254', family: 4 }]);
    const made = port(`http://gpu1:${at}`, { lookup: rebinding });
    expect((await made.open(never)).status).toBe(200);
    expect((await faultOf(made.open(never))).code).toBe('address_refused');
    expect((await made.get('/health', { signal: never })).status).toBe(200);
    expect(answers).toEqual([]);
  });

  it('TLS: an unknown authority, a wrong name, plain http, and the right authority', async () => {
    const at = await listen(createSecureServer({ key: KEY, cert: CERT }, (_request, response) => void response.end('OK')));
    const local: LookupFunction = (_name, _options, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]);
    expect(await both(port(`https://127.0.0.1:${at}`))).toEqual(['tls', 'tls']);
    expect(await both(port(`https://other.example:${at}`, { ca: CERT, lookup: local }))).toEqual(['tls', 'tls']);
    const plain = await http((_request, response) => void response.end('OK'));
    expect(await both(port(`https://127.0.0.1:${plain}`))).toEqual(['tls', 'tls']);
    const answer = await port(`https://gpu.test:${at}`, { ca: CERT, lookup: local }).get('/health', { signal: never });
    expect(Buffer.from(answer.body).toString()).toBe('OK');
  });
});

describe('get', () => {
  it('any status is an answer, on a kept connection beside the stream', async () => {
    const sockets = new Set<unknown>();
    const at = await http((request, response) => {
      sockets.add(request.socket);
      if (request.url === '/api/events') response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      else response.writeHead(request.url === '/a' ? 503 : 200, { 'X-Name': 'v' }).end(request.url);
    });
    const made = port(at);
    await made.open(never);
    const one = await made.get('/a', { signal: never });
    expect([one.status, one.headers['x-name'], Buffer.from(one.body).toString()]).toEqual([503, 'v', '/a']);
    for (let i = 0; i < 5; i += 1) expect((await made.get('/b?x=%2B', { signal: never })).status).toBe(200);
    // One of the stream, and one that all others shared, since none came while another was under way.
    expect(sockets.size).toBe(2);
  });

  it('asks two at a time; what waits goes in order, and is not asked once it was given up', async () => {
    const held: [string, ServerResponse][] = [];
    let came = (): void => undefined;
    const at = await http((request, response) => {
      held.push([request.url!, response]);
      came();
    });
    const asked = (count: number): Promise<void> => new Promise((resolve) => {
      came = () => void (held.length === count && resolve());
      came();
    });
    const made = port(at);
    const giveUp = new AbortController();
    const [a, b, , d, e] = ['/a', '/b', '/c', '/d', '/e'].map((path) => made.get(path, { signal: path === '/c' ? giveUp.signal : never }).then(() => path, () => `${path} failed`));
    await asked(2);
    giveUp.abort();
    held[1]![1].end();
    await asked(3);
    held[0]![1].end();
    await asked(4);
    expect(held.map(([path]) => path)).toEqual(['/a', '/b', '/d', '/e']);
    held[2]![1].end();
    expect(await Promise.all([a, b, d])).toEqual(['/a', '/b', '/d']);
    const closed = Promise.all(['/f', '/g'].map((path) => faultOf(made.get(path, { signal: never }))));
    await asked(5);
    await made.close();
    expect((await closed).concat(await faultOf(made.get('/h', { signal: never }))).map(({ code }) => code)).toEqual(['stopping', 'stopping', 'stopping']);
    expect(await e).toBe('/e failed');
  });

  it('a kept connection that the host has closed is no fault of the host', async () => {
    const used = new Set<unknown>();
    let closed = 0;
    const at = await http((request, response) => {
      if (used.has(request.socket)) {
        closed += 1;
        request.socket.destroy();
      } else {
        used.add(request.socket);
        response.end('OK');
      }
    });
    const made = port(at);
    for (let i = 0; i < 6; i += 1) expect((await made.get('/a', { signal: never })).status).toBe(200);
    expect(closed).toBeGreaterThan(0);
  });

  it('is bounded in time from the call to the last byte, however it trickles', async () => {
    const at = await http((_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(timer));
    });
    expect((await faultOf(port(at).get('/x', { signal: never, timeoutMs: 200 }))).code).toBe('timeout');
  });

  it('is bounded in size', async () => {
    const at = await http((_request, response) => void response.end('x'.repeat(200_000)));
    expect((await faultOf(port(at).get('/x', { signal: never, maxBytes: 100_000 }))).code).toBe('too_large');
    expect((await port(at).get('/x', { signal: never, maxBytes: 200_000 })).body.length).toBe(200_000);
  });

  it('a body that ends too soon is a cut', async () => {
    const at = await http((_request, response) => {
      response.writeHead(200, { 'content-length': '10' });
      response.write('x', () => response.socket!.destroy());
    });
    expect((await faultOf(port(at).get('/x', { signal: never }))).code).toBe('cut');
  });

  it('aborting rejects', async () => {
    const at = await http(() => undefined);
    const abort = new AbortController();
    const asking = faultOf(port(at).get('/x', { signal: abort.signal }));
    abort.abort();
    expect((await asking).code).toBe('stopping');
  });

  it('follows no redirect', async () => {
    let requests = 0;
    const at = await http((_request, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    });
    expect((await port(at).get('/x', { signal: never })).status).toBe(307);
    expect(requests).toBe(1);
  });
});
