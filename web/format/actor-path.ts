/** An actor's path for people. */

/** A host's own supervisor is named so, its id behind. */
export const HOST = 'host:';

/** What tells an actor from the others, and what leads there: a host's stand by the host, others by their name. */
export function partsOf(path: string): { lead: string; tail: string } {
  const host = path.indexOf(`/${HOST}`);
  const cut = host >= 0 ? host + 1 : path.lastIndexOf('/') + 1;
  return { lead: path.slice(0, cut), tail: path.slice(cut) };
}
