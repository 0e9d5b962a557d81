/** The few drawings that the cockpit uses, 16 × 16, in the colour of the text around them. They are decoration: the word stands beside or in a label. */
import type { ReactElement } from 'react';

const PATHS = {
  fleet: 'M2 3.5h12v3.5H2zM2 9h12v3.5H2zM4.5 5.25h.01M4.5 10.75h.01',
  activity: 'M1.5 8h3l2-5 3 10 2-5h3',
  performance: 'M2 13.5h12M3 11l3.2-4 2.6 2.2L13 4',
  logs: 'M3 3h10M3 6.3h7M3 9.6h9M3 13h5',
  actors: 'M8 2.5v3M8 5.5 4 9.5M8 5.5l4 4M2.7 9.5h2.6v3H2.7zM10.7 9.5h2.6v3h-2.6z',
  settings: 'M2 4.5h7M12 4.5h2M2 11.5h2M7 11.5h7M9 3v3h2.5V3zM4.3 10v3h2.5v-3z',
  matrix: 'M2.5 2.5h3v3h-3zM10.5 2.5h3v3h-3zM2.5 10.5h3v3h-3zM10.5 10.5h3v3h-3zM6.5 6.5h3v3h-3z',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10ZM10.8 10.8 14 14',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  up: 'M8 13V3.5M4 7l4-4 4 4',
  down: 'M8 3v9.5M4 9l4 4 4-4',
  open: 'M3.5 6 8 10.5 12.5 6',
  right: 'M6 3.5 10.5 8 6 12.5',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  table: 'M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11',
  cards: 'M2.5 3h4.5v4.2H2.5zM9 3h4.5v4.2H9zM2.5 9h4.5v4H2.5zM9 9h4.5v4H9z',
  plus: 'M8 3v10M3 8h10',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  play: 'M5 3.2v9.6L12.5 8z',
  restart: 'M13 8a5 5 0 1 1-1.6-3.7M13 2.5V5h-2.6',
  download: 'M8 2.5v7.5M4.5 7 8 10.3 11.5 7M3 13.3h10',
  copy: 'M5.5 5.5h7v7.5h-7zM3.5 10.5V3h7',
  warning: 'M8 2.5 14 13H2zM8 6.5v3M8 11.3h.01',
} as const;
export type IconName = keyof typeof PATHS;

export function Icon({ name, className = '' }: { name: IconName; className?: string }): ReactElement {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className={`size-4 shrink-0 ${className}`} fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round">
      <path d={PATHS[name]} />
    </svg>
  );
}
