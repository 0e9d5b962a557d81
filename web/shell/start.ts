/** Asks who is here, at first and whenever Drover may be another than before; keeps the socket open for as long as somebody may look. */
import { connect, connection, disconnect, type Connection, type Line } from '../state/connection.ts';
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
  let opens = 0;
  let before: Line['state'] = 'connecting';
  connection.subscribe(({ context: { line: { state } } }) => {
    if (state === 'open' && before !== 'open') {
      opens += 1;
      // Back after a restart it may want a token where it wanted none, or none where it wanted one.
      if (opens > 1) askAgain();
    }
    before = state;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') {
      if (isOutdated(connection.getSnapshot().context)) location.reload();
    } else if (session.getSnapshot().context.state === 'out') askAgain();
  });
}

/** The server has moved on while this page stayed open. */
export function isOutdated({ client: { version } }: Connection): boolean {
  return version !== null && version !== DROVER_VERSION;
}

function askAgain(): void {
  askSession().catch(() => undefined);
}

function ask(): void {
  askSession().catch(() => setTimeout(ask, RETRY_MS));
}
