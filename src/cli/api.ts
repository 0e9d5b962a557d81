/** Drover's own HTTP API, as a client. */
import type { Command } from 'commander';
import { urlHost } from '../io/listen-address.ts';
import { addConfigFlags, configOf } from './flags.ts';

export interface Api {
  readonly url: string;
  json(method: string, path: string, body?: unknown): Promise<unknown>;
  text(path: string): Promise<string>;
}

/** What the API answered, in one line: message, cure and code. */
export class ApiFailure extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.name = 'ApiFailure';
    this.status = status;
  }
}

export function addApiFlags(command: Command): Command {
  return addConfigFlags(command).option('--url <url>', 'where Drover listens (else by the configuration)');
}

export function apiOf(flags: Record<string, unknown>): Api {
  const config = configOf(flags);
  const { host, port } = config.listen;
  const own = `http://${urlHost(host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host)}:${port}`;
  const url = (typeof flags['url'] === 'string' ? flags['url'] : own).replace(/\/+$/, '');
  if (!URL.canParse(url)) throw new Error('--url: expected a URL such as http://127.0.0.1:4747');

  const request = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const headers: Record<string, string> = { ...(config.token === null ? {} : { authorization: `Bearer ${config.token}` }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) };
    let answer: Response;
    try {
      answer = await fetch(url + path, { method, headers, redirect: 'error', ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    } catch (error) {
      const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
      throw new Error(`nobody answers at ${url} (${cause?.code ?? cause?.message ?? (error as Error).message}): start Drover, or give --url`, { cause: error });
    }
    if (answer.ok) return answer;
    const { error } = ((await answer.json().catch(() => null)) ?? {}) as { error?: { code: string; message: string; hint?: string } };
    throw new ApiFailure(answer.status, error === undefined ? `${url} answered ${answer.status}: is that Drover?` : `${error.message}${error.hint === undefined ? '' : ` ${error.hint}`} (${error.code})`);
  };
  return {
    url,
    async json(method, path, body) {
      const answer = await request(method, path, body);
      return answer.status === 204 ? null : answer.json();
    },
    text: async (path) => (await request('GET', path)).text(),
  };
}
