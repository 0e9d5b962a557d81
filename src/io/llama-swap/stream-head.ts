/** The head of an answer: is it what was asked for? */
import type { HostFault } from '../../model/host/liveness.ts';

export interface Head {
  status: number;
  /** Lower-case names. */
  headers: Readonly<Record<string, string>>;
}

/** null: 200 and `text/event-stream`. Else why this is no event stream of llama-swap, for people. */
export function streamFault(head: Head): HostFault | null {
  const fault = statusFault(head);
  if (fault !== null) return fault.code === 'not_found' ? { code: 'not_found', text: 'The address answers, but has no /api/events (404): is it llama-swap, and is the base URL right?' } : fault;
  const type = contentType(head);
  if (type === 'text/event-stream') return null;
  return { code: 'not_event_stream', text: `Expected an event stream (text/event-stream) at /api/events; ${type === '' ? 'an answer without a content type' : printable(type)} came: another server, or a proxy in between.` };
}

/**
 * null: 200. Else why not. An answer from another host than the one asked shows only where that host says so (421), where it
 * sends one elsewhere (a redirect is not followed, and its target named), or by its certificate; another llama-swap behind the
 * same address is told by its ids, as a new boot.
 */
export function statusFault(head: Head): HostFault | null {
  const { status } = head;
  if (status === 200) return null;
  if (status === 401 || status === 403) return { code: 'unauthorized', text: `The host refuses the API key or wants one (HTTP ${status}).` };
  if (status === 404) return { code: 'not_found', text: 'The address answers, but does not know the path (HTTP 404).' };
  if (status === 421) return { code: 'other_host', text: 'Another host answers at this address: it says that it is not the one that was asked (HTTP 421).' };
  if (status >= 300 && status < 400) {
    const target = origin(head.headers['location']);
    return { code: 'redirect', text: `The host redirects (HTTP ${status}${target === null ? '' : ` to ${target}`}); redirects are not followed: give the final address as the base URL.` };
  }
  return { code: 'http_error', text: `Expected HTTP 200, HTTP ${status} came.` };
}

export function contentType(head: Head): string {
  return (head.headers['content-type'] ?? '').split(';', 1)[0]!.trim().toLowerCase();
}

/** Scheme, name and port alone: paths and queries may hold secrets. */
function origin(location: string | undefined): string | null {
  if (location === undefined || !URL.canParse(location)) return null;
  const { origin: target } = new URL(location);
  return target === 'null' ? null : printable(target);
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 100);
}
