/** The tab's title and icon tell of trouble while one looks elsewhere. */
import { connection, type Connection } from '../state/connection.ts';
import { counted } from '../format/figures.ts';

const TROUBLED = new Set(['down', 'quarantined', 'stale']);
const icon = (colour: string): string => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f2937"/><path d="M9 23V9h6.5a7 7 0 0 1 0 14Z" fill="none" stroke="#f9fafb" stroke-width="3" stroke-linejoin="round"/><circle cx="24" cy="8" r="6" fill="${colour}"/></svg>`)}`;
const ICONS = { well: '/icon.svg', trouble: icon('#e5484d'), cut: icon('#9aa3b2') };

/** Returns its end. */
export function startTrouble(): () => void {
  let last = '';
  const update = ({ client, line }: Connection): void => {
    const hosts = [...client.fleet.hosts.values()];
    const troubled = hosts.filter(({ state }) => TROUBLED.has(state.liveness.state)).length;
    const kind = line.state === 'closed' && line.heardAt !== null ? 'cut' : troubled > 0 ? 'trouble' : 'well';
    const title = kind === 'cut' ? 'not connected · Drover' : troubled > 0 ? `${counted(troubled, 'host')} not live · Drover` : 'Drover';
    if (`${kind} ${title}` === last) return;
    last = `${kind} ${title}`;
    document.title = title;
    document.querySelector('link[rel=icon]')?.setAttribute('href', ICONS[kind]);
  };
  update(connection.getSnapshot().context);
  const { unsubscribe } = connection.subscribe(({ context }) => update(context));
  return unsubscribe;
}
