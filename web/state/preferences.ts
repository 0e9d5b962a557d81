/** What this browser remembers for its user: theme, time zone, columns. Kept in localStorage; a browser without it forgets. */
import { createStore } from '@xstate/store';
import type { Zone } from '../format/times.ts';

export type Theme = 'system' | 'light' | 'dark';
export interface Preferences {
  theme: Theme;
  zone: Zone;
  fleetLayout: 'table' | 'cards';
  /** Columns of the fleet's table that are hidden. */
  hiddenColumns: readonly string[];
}

const KEY = 'drover.preferences';
const DEFAULTS: Preferences = { theme: 'system', zone: 'local', fleetLayout: 'table', hiddenColumns: [] };

export const preferences = createStore({
  context: read(),
  on: { changed: (context, event: { change: Partial<Preferences> }): Preferences => ({ ...context, ...event.change }) },
});

export function prefer(change: Partial<Preferences>): void {
  preferences.trigger.changed({ change });
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences.getSnapshot().context));
  } catch {
    // Private windows refuse: the choice then lasts as long as the page.
  }
}

function read(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Record<keyof Preferences, unknown>>;
    return {
      theme: oneOf(kept.theme, ['system', 'light', 'dark'], DEFAULTS.theme),
      zone: oneOf(kept.zone, ['local', 'utc', 'host'], DEFAULTS.zone),
      fleetLayout: oneOf(kept.fleetLayout, ['table', 'cards'], DEFAULTS.fleetLayout),
      hiddenColumns: Array.isArray(kept.hiddenColumns) ? kept.hiddenColumns.filter((one): one is string => typeof one === 'string') : DEFAULTS.hiddenColumns,
    };
  } catch {
    return DEFAULTS;
  }
}

function oneOf<T extends string>(value: unknown, choices: readonly T[], otherwise: T): T {
  return choices.find((choice) => choice === value) ?? otherwise;
}
