/** What http fetches from hosts: the trial of a host that is not added yet, and captures. Real sockets to simulated hosts. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Release } from '../src/demo/releases.ts';
import { createSimHost } from '../src/demo/sim-host.ts';
import type { SimHost } from '../src/demo/sim-types.ts';
import { createWorld, realClock, startHttp, type Running, type World } from './support/http-deps.ts';

let world: World;
let http: Running;
const hosts: SimHost[] = [];
const servers: Server[] = [];
beforeAll(async () => {
  world = createWorld();
  http = await startHttp(world);
});
afterAll(async () => {
  http.kill();
  await Promise.all(hosts.map((host) => host.close()));
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

async function sim(release: Release, apiKeys?: string[]): Promise<{ url: string; host: SimHost }> {
  const host = createSimHost({ clock: realClock, random: { next: () => 0.5, id: () => 'x' }, release, ...(apiKeys === undefined ? {} : { apiKeys }) });
  hosts.push(host);
  return { url: await host.listen(), host };
}

async function serve(answer: (path: string) => [number, Record<string, string>, string] | null): Promise<string> {
  const server = createServer((request, response) => {
    const got = answer(request.url ?? '');
    if (got !== null) response.writeHead(got[0], got[1]).end(got[2]);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function trial(body: unknown): Promise<any> {
  const answer = await fetch(`${http.url}/api/hosts/test`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { status: answer.status, ...((await answer.json()) as object) };
}

describe('POST /api/hosts/test', () => {
  test.each([['v208', 1, '208'], ['v235', 2, 'v235'], ['v250', 3, 'v250']] as const)('%s is generation %i', async (release, generation, version) => {
    const { url, host } = await sim(release);
    const found = await trial({ baseUrl: url });
    expect(found).toEqual({ status: 200, ok: true, reason: null, generation, build: { version, commit: expect.any(String) }, models: expect.any(Array) });
    expect(found.models.length).toBeGreaterThan(0);
    await vi.waitUntil(() => host.streams === 0);
  });

  test('a key that is wanted, and one that is right', async () => {
    const { url } = await sim('v250', ['k1']);
    expect(await trial({ baseUrl: url })).toMatchObject({ status: 200, ok: false, reason: { code: 'unauthorized', text: expect.any(String) }, generation: null, build: null, models: null });
    expect(await trial({ baseUrl: url, apiKey: 'k1' })).toMatchObject({ ok: true });
  });

  test('reasons of their own: refused port, name, page, redirect', async () => {
    expect((await trial({ baseUrl: 'http://127.0.0.1:1' })).reason.code).toBe('refused');
    expect((await trial({ baseUrl: 'http://nobody.invalid' })).reason.code).toBe('dns');
    expect((await trial({ baseUrl: await serve(() => [200, { 'content-type': 'text/html' }, '<p>hi']) })).reason.code).toBe('not_event_stream');
    expect((await trial({ baseUrl: await serve(() => [302, { location: 'http://169.254.169.254/' }, '']) })).reason.code).toBe('redirect');
    expect((await trial({ baseUrl: await serve(() => [404, {}, '']) })).reason.code).toBe('not_found');
    expect((await trial({ baseUrl: await serve(() => [200, { 'content-type': 'text/event-stream' }, '']) })).reason.code).toBe('ended');
  });

  test('refused addresses are ok: false, whatever their form', async () => {
    for (const baseUrl of ['http://169.254.169.254', 'http://2852039166', 'http://[::ffff:a9fe:a9fe]', 'http://[64:ff9b::a9fe:a9fe]']) {
      expect(await trial({ baseUrl })).toMatchObject({ status: 200, ok: false, reason: { code: 'address_refused' } });
    }
    expect(await trial({ baseUrl: 'http://u:hush@gpu1' })).toMatchObject({ status: 400, error: { code: 'bad_base_url' } });
  });
});

describe('captures', () => {
  const fetchCapture = async (path: string): Promise<any> => {
    const answer = await fetch(`${http.url}/api/hosts/${path}`);
    return { status: answer.status, ...((await answer.json()) as object) };
  };

  test('only of the boot that runs', async () => {
    const { url, host } = await sim('v250');
    world.declare({ id: 'gpu1', baseUrl: url });
    const row = host.record({ hasCapture: true })!;
    expect(await fetchCapture(`gpu1/captures/${row.id}?boot=1`)).toMatchObject({ status: 200, hostId: 'gpu1', bootEpoch: 1, upstreamId: row.id, reqPath: row.req_path });
    expect(await fetchCapture(`gpu1/captures/${row.id}?boot=0`)).toMatchObject({ status: 404, error: { code: 'capture_gone' } });
    expect(await fetchCapture(`gpu1/captures/${row.id}?boot=2`)).toMatchObject({ status: 404, error: { code: 'capture_gone' } });
    expect(await fetchCapture('gpu1/captures/999?boot=1')).toMatchObject({ status: 404, error: { code: 'capture_gone' } });
    expect(await fetchCapture(`nobody/captures/${row.id}?boot=1`)).toMatchObject({ status: 404, error: { code: 'no_such_host' } });
    expect(await fetchCapture(`gpu1/captures/${row.id}`)).toMatchObject({ status: 400, error: { code: 'bad_request' } });
    expect(await fetchCapture('gpu1/captures/..%2f..%2fapi%2fversion?boot=1')).toMatchObject({ status: 400, error: { code: 'bad_request' } });
    expect(await fetchCapture('gpu1/captures/-1?boot=1')).toMatchObject({ status: 400 });
  });

  test('a host whose boot nobody can vouch for gives none', async () => {
    const { url, host } = await sim('v250');
    world.declare({ id: 'gpu2', baseUrl: url });
    const row = host.record({ hasCapture: true })!;
    world.hosts.get('gpu2')!.state.liveness.state = 'down';
    expect(await fetchCapture(`gpu2/captures/${row.id}?boot=1`)).toMatchObject({ status: 502, error: { code: 'host_unavailable' } });
  });

  test('a boot that ends while the capture is fetched: 404', async () => {
    const url = await serve((path) => {
      world.hosts.get('gpu3')!.state = { ...world.hosts.get('gpu3')!.state, bootEpoch: 2 };
      return [200, { 'content-type': 'application/json' }, JSON.stringify({ id: Number(path.split('/').at(-1)), req_path: '/other', req_headers: {}, resp_headers: {}, req_body: '', resp_body: '' })];
    });
    world.declare({ id: 'gpu3', baseUrl: url });
    expect(await fetchCapture('gpu3/captures/5?boot=1')).toMatchObject({ status: 404, error: { code: 'capture_gone' } });
  });
});
