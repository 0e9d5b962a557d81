/** The link: the actor that owns one host's connection. Child `link` of `host:<id>`. */
import type { ChildContext, Start } from '../child.ts';
import { startMachine } from '../observed.ts';
import { createBody, type Body, type LinkDeps, type LinkHost, type LinkMessage } from './body.ts';
import { linkMachine, type LinkEvent } from './machine.ts';

/** Where running links can be told things, by host. Held by the composition root: it outlives them. */
export interface LinkDirectory {
  /** A later link of the same host replaces the former. Returns the way out. */
  enter(hostId: string, tell: (message: LinkMessage) => void): () => void;
  /** False: no link of that host runs. */
  tell(hostId: string, message: LinkMessage): boolean;
  tellAll(message: LinkMessage): void;
}

export function createLinkDirectory(): LinkDirectory {
  const links = new Map<string, (message: LinkMessage) => void>();
  return {
    enter(hostId, tell) {
      links.set(hostId, tell);
      return () => {
        if (links.get(hostId) === tell) links.delete(hostId);
      };
    },
    tell(hostId, message) {
      const link = links.get(hostId);
      link?.(message);
      return link !== undefined;
    },
    tellAll(message) {
      for (const tell of links.values()) tell(message);
    },
  };
}

export interface LinkOptions {
  deps: LinkDeps;
  directory: LinkDirectory;
  /** Asked at each start: what is declared and remembered may have changed since. */
  host(): LinkHost;
}

export function link(options: LinkOptions): Start {
  return (context: ChildContext) => {
    const host = options.host();
    let body: Body | null = null;
    const send = (event: LinkEvent): void => {
      if (!context.signal.aborted) actor.send(event);
    };
    const tell = (message: LinkMessage): void => {
      try {
        body?.tell(message);
      } catch (error) {
        send({ type: 'crash', error });
      }
    };
    const { feed } = options.deps;
    const channel = feed.attach({
      host: host.id, token: feed.nextToken(),
      republish: () => tell({ type: 'republish' }),
      wantLogs: (models) => tell({ type: 'want-logs', models }),
      recentLogs: (model) => body?.recentLogs(model) ?? [],
    });
    const leave = options.directory.enter(host.id, tell);
    body = createBody(options.deps, host, channel, send, (count) => context.probe.handled(count));
    const made = body;
    const started = startMachine(context, linkMachine, {
      input: { body: made, random: options.deps.random, limits: { backoff: options.deps.limits.backoff, greetingMs: options.deps.limits.stream.headersTimeoutMs, probe: options.deps.limits.probe } },
      drains: true,
    });
    if (started.kind !== 'ok') return started;
    const { actor } = started;
    context.signal.addEventListener('abort', () => {
      body = null;
      leave();
      made.drop();
      channel.detach();
    }, { once: true });
    return started;
  };
}
