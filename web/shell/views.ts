/** The views, in the order of the navigation. Those that most people do not open first are loaded when they are. */
import { lazy, type ComponentType } from 'react';
import { FleetView } from '../views/fleet/fleet-view.tsx';
import type { IconName } from '../ui/icon.tsx';

export interface ViewEntry { path: string; name: string; icon: IconName; key: string }

/** `key`: pressed after `g`. */
export const NAVIGATION: readonly ViewEntry[] = [
  { path: '/', name: 'Fleet', icon: 'fleet', key: 'f' },
  { path: '/matrix', name: 'Matrix', icon: 'matrix', key: 'm' },
  { path: '/activity', name: 'Activity', icon: 'activity', key: 'a' },
  { path: '/performance', name: 'Performance', icon: 'performance', key: 'p' },
  { path: '/logs', name: 'Logs', icon: 'logs', key: 'l' },
  { path: '/actors', name: 'Actors', icon: 'actors', key: 't' },
  { path: '/settings', name: 'Settings', icon: 'settings', key: 's' },
];

export const ROUTES: readonly { path: string; view: ComponentType }[] = [
  { path: '/', view: FleetView },
  { path: '/activity', view: lazy(async () => ({ default: (await import('../views/activity/activity-view.tsx')).ActivityView })) },
  { path: '/hosts/:id', view: lazy(async () => ({ default: (await import('../views/host/host-view.tsx')).HostView })) },
  { path: '/models/*', view: lazy(async () => ({ default: (await import('../views/model/model-view.tsx')).ModelView })) },
  { path: '/matrix', view: lazy(async () => ({ default: (await import('../views/matrix/matrix-view.tsx')).MatrixView })) },
  { path: '/performance', view: lazy(async () => ({ default: (await import('../views/performance/performance-view.tsx')).PerformanceView })) },
  { path: '/logs', view: lazy(async () => ({ default: (await import('../views/logs/logs-view.tsx')).LogsView })) },
  { path: '/actors', view: lazy(async () => ({ default: (await import('../views/actors/actors-view.tsx')).ActorsView })) },
  { path: '/settings', view: lazy(async () => ({ default: (await import('../views/settings/settings-view.tsx')).SettingsView })) },
];
