import { afterAll, beforeAll, expect, test } from 'vitest';
import { ERRORS } from '../src/model/errors.ts';
import { createWorld, startHttp, type Running } from './support/http-deps.ts';

let http: Running;
let document: any;
beforeAll(async () => {
  http = await startHttp(createWorld());
  document = await (await fetch(`${http.url}/openapi.json`)).json();
});
afterAll(() => http.kill());

test('every path of the API is there, with its methods', () => {
  const paths = Object.entries(document.paths).map(([path, methods]) => `${Object.keys(methods as object).sort().join(' ')} ${path}`).sort();
  expect(document.openapi).toBe('3.1.0');
  expect(paths).toEqual([
    'delete get patch /api/hosts/{id}', 'delete get post /api/session', 'get /api/about', 'get /api/activity', 'get /api/gaps', 'get /api/host-events', 'get /api/hosts/{id}/captures/{activityId}', 'get /api/perf',
    'get /debug/actors', 'get /healthz', 'get /metrics', 'get /readyz', 'get post /api/hosts', 'get post /debug/actors/{path}', 'post /api/hosts/test',
  ]);
});

test('every reference leads somewhere, every operation has a summary and typed answers, every parameter of a path is declared', () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
  expect(refs.length).toBeGreaterThan(10);
  for (const name of refs) expect(document.components.schemas).toHaveProperty([name]);
  for (const [path, methods] of Object.entries<Record<string, any>>(document.paths)) {
    for (const operation of Object.values(methods)) {
      expect([path, operation.summary]).toEqual([path, expect.any(String)]);
      const declared = (operation.parameters ?? []).filter((parameter: any) => parameter.in === 'path').map((parameter: any) => parameter.name).sort();
      expect([path, declared]).toEqual([path, [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name!).sort()]);
      for (const [status, response] of Object.entries<any>(operation.responses)) {
        expect(response.description).toEqual(expect.any(String));
        if (status !== '204') expect([path, status, Object.values<any>(response.content ?? {}).every(({ schema }) => Object.keys(schema).length > 0) && response.content !== undefined]).toEqual([path, status, true]);
      }
    }
  }
});

test('query parameters are typed', () => {
  const parameters = Object.fromEntries(document.paths['/api/activity'].get.parameters.map((parameter: any) => [parameter.name, parameter]));
  expect(Object.keys(parameters)).toEqual(['host', 'from', 'to', 'model', 'status', 'path', 'limit', 'cursor', 'format']);
  expect(parameters.limit).toMatchObject({ in: 'query', required: false, description: expect.any(String) });
  expect(parameters.format.schema.enum).toEqual(['json', 'csv', 'ndjson']);
});

test('the catalogue of errors is in it, whole', () => {
  for (const [code, { status, cure }] of Object.entries(ERRORS)) {
    expect(document.info.description).toContain(`| \`${code}\` | ${status} |`);
    expect(document.info.description).toContain(cure);
  }
});

test('/docs comes with its own files alone and without inline script or style', async () => {
  const page = await (await fetch(`${http.url}/docs/`)).text();
  const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!);
  expect(links.length).toBeGreaterThan(3);
  for (const link of links) {
    expect(link).toMatch(/^\.\//);
    expect([link, (await fetch(new URL(link, `${http.url}/docs/`))).status]).toEqual([link, 200]);
  }
  expect(page).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>|<style|style=/);
});
