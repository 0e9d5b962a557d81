/** What is wrong in one word or two, and the icon of the tab for it: seen while one looks elsewhere. */
import type { Connection } from '../state/connection.ts';

const icon = (colour: string): string => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f2937"/><path d="M9 23V9h6.5a7 7 0 0 1 0 14Z" fill="none" stroke="#f9fafb" stroke-width="3" stroke-linejoin="round"/><circle cx="24" cy="8" r="6" fill="${colour}"/></svg>`)}`;
const ICONS = { well: '/icon.svg', trouble: icon('#e5484d'), cut: icon('#9aa3b2') };
const CUT = 'not connected';

/** "2 down, 1 stale"; '' when all is well. Those in quarantine are down. */
export function troubleOf({ client, line }: Connection): string {
  if (line.state === 'closed' && line.heardAt !== null) return CUT;
  let [down, stale] = [0, 0];
  for (const { state: { liveness } } of client.fleet.hosts.values()) {
    if (liveness.state === 'down' || liveness.state === 'quarantined') down += 1;
    else if (liveness.state === 'stale') stale += 1;
  }
  return [...(down === 0 ? [] : [`${down} down`]), ...(stale === 0 ? [] : [`${stale} stale`])].join(', ');
}

export const iconOf = (trouble: string): string => (trouble === '' ? ICONS.well : trouble === CUT ? ICONS.cut : ICONS.trouble);
