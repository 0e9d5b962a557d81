/** `/api/hosts`: which hosts there are, each with its published state. */
import { z } from 'zod';
import { checkBaseUrl } from '../../io/llama-swap/address-guard.ts';
import { HOST_ID } from '../../model/host/host-id.ts';
import { stateDocument } from '../../model/documents.ts';
import { ApiError } from '../../model/errors.ts';
import type { HostConfig, HostState } from '../../model/host/state.ts';
import type { App, RouteContext } from '../route.ts';
import type { HostAnswer } from '../../actors/keeper/hosts-admin.ts';
import { plainText } from '../query.ts';
import { errors } from '../responses.ts';

const id = z.string().regex(HOST_ID, 'expected lower-case letters, digits and "-", at most 63, beginning with a letter or digit').meta({ example: 'gpu1' });
const name = plainText(200).min(1);
const tags = z.array(plainText(100).min(1)).max(50);
const apiKey = z.string().regex(/^[\x21-\x7e]{1,4096}$/, 'expected printable ASCII without spaces');
const baseUrl = z.string().max(2_048).meta({ description: 'http or https, without user info and query.', example: 'http://192.168.1.20:8080' });

export const hostDocument = z.object({
  id: z.string(), name: z.string(), baseUrl: z.string(), tags: z.array(z.string()), enabled: z.boolean(), source: z.enum(['config', 'api']), hasApiKey: z.boolean(),
  epoch: z.string(), seq: z.int(), state: stateDocument,
}).meta({ id: 'Host', description: '`epoch`, `seq` and `state` are read together: they equal what any client of `/ws` holds at that seq.' });
type HostDocument = HostConfig & { epoch: string; seq: number; state: HostState };

const params = z.object({ id: z.string() });

/** Throws `address_refused` or `bad_base_url`. */
function usableUrl(text: string): string {
  const check = checkBaseUrl(text);
  if (check.kind === 'ok') return check.url;
  throw new ApiError(check.kind === 'address_refused' ? 'address_refused' : 'bad_base_url', check.text);
}

export async function registerHosts(app: App, { deps }: RouteContext): Promise<void> {
  const { hosts, fleet } = deps;
  const document = ({ id, name, baseUrl, tags, enabled, source, hasApiKey }: HostConfig): HostDocument | null => {
    const published = fleet.get(id);
    return published === null ? null : { id, name, baseUrl, tags, enabled, source, hasApiKey, epoch: published.epoch, seq: published.seq, state: published.state };
  };
  const settled = (answer: HostAnswer): HostDocument => {
    switch (answer.kind) {
      case 'ok': {
        const found = document(answer.host);
        if (found === null) throw new Error(`host ${answer.host.id} is not in the fleet-store after its change`);
        return found;
      }
      case 'exists': throw new ApiError('host_exists');
      case 'unknown': throw new ApiError('no_such_host');
      case 'declared': throw new ApiError('host_declared');
      default: return answer satisfies never;
    }
  };

  app.get('/api/hosts', {
    schema: { tags: ['hosts'], summary: 'All hosts', response: { 200: z.object({ hosts: z.array(hostDocument) }), ...errors('unauthorized') } },
  }, async () => ({ hosts: hosts.list().flatMap((host) => document(host) ?? []) }));

  app.get('/api/hosts/:id', {
    schema: { tags: ['hosts'], summary: 'One host', params, response: { 200: hostDocument, ...errors('unauthorized', 'no_such_host') } },
  }, async ({ params: { id } }) => {
    const host = hosts.get(id);
    const found = host === null ? null : document(host);
    if (found === null) throw new ApiError('no_such_host');
    return found;
  });

  app.post('/api/hosts', {
    schema: {
      tags: ['hosts'], summary: 'Add a host', description: 'At once effective, and kept. The API key is stored encrypted and never shown again.',
      body: z.strictObject({ id, baseUrl, name: name.optional(), apiKey: apiKey.optional(), tags: tags.optional(), enabled: z.boolean().optional() }),
      response: { 201: hostDocument, ...errors('bad_request', 'bad_base_url', 'address_refused', 'unauthorized', 'foreign_origin', 'host_exists', 'not_json', 'database_away') },
    },
  }, async ({ body }, reply) => {
    const url = usableUrl(body.baseUrl);
    const added = settled(await hosts.add({ ...body, baseUrl: url }));
    return reply.code(201).header('location', `/api/hosts/${added.id}`).send(added);
  });

  app.patch('/api/hosts/:id', {
    schema: {
      tags: ['hosts'], summary: 'Change, enable or disable a host', description: 'What is absent stays; `apiKey: null` removes the key. Of a declared host only `enabled` may change.',
      params, body: z.strictObject({ baseUrl: baseUrl.optional(), name: name.optional(), apiKey: apiKey.nullable().optional(), tags: tags.optional(), enabled: z.boolean().optional() }),
      response: { 200: hostDocument, ...errors('bad_request', 'bad_base_url', 'address_refused', 'unauthorized', 'foreign_origin', 'no_such_host', 'host_declared', 'not_json', 'database_away') },
    },
  }, async ({ params: { id }, body }) => {
    if (hosts.get(id) === null) throw new ApiError('no_such_host');
    const change = body.baseUrl === undefined ? body : { ...body, baseUrl: usableUrl(body.baseUrl) };
    return settled(await hosts.change(id, change));
  });

  app.delete('/api/hosts/:id', {
    schema: {
      tags: ['hosts'], summary: 'Remove a host', description: 'Its history stays. The id taken again goes on with the next boot epoch.',
      params, response: { 204: z.null(), ...errors('unauthorized', 'foreign_origin', 'no_such_host', 'host_declared', 'database_away') },
    },
  }, async ({ params: { id } }, reply) => {
    const answer = await hosts.remove(id);
    if (answer.kind !== 'ok') settled(answer);
    return reply.code(204).send(null);
  });
}
