/** Asks once who is here, then keeps the socket open for as long as somebody may look. */
import { connect, connection, disconnect, type Connection } from '../state/connection.ts';
import { askSession, session } from '../state/session.ts';

const RETRY_MS = 2_000;
/** Of the page's own build, set by Vite. A server of another version wants another page. */
declare const DROVER_VERSION: string;

export function startSession(): void {
  session.subscribe(({ context }) => {
    switch (context.state) {
      case 'in': connect(); break;
      case 'out': disconnect(); break;
      case 'unknown': break;
      default: context satisfies never;
    }
  });
  ask();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden' && isOutdated(connection.getSnapshot().context)) location.reload();
  });
}

/** The server has moved on while this page stayed open. */
export function isOutdated({ client: { version } }: Connection): boolean {
  return version !== null && version !== DROVER_VERSION;
}

function ask(): void {
  askSession().catch(() => setTimeout(ask, RETRY_MS));
}
