/**
 * The whole tree of Drover on one page: who lives under whom, what is restarted with whom, how often, and how long a stop may
 * take. Children start in order and stop in reverse: http first, the database last, so that everything can still be written down.
 */
import type { Start } from '../actors/child.ts';
import { LIMITS, type Limits } from '../model/limits.ts';
import type { SupervisorSpec } from './spec.ts';

/** What the composition root knows how to start. */
export interface TreeParts {
  postgres: Start;
  activityPersister: Start;
  perfPersister: Start;
  eventsPersister: Start;
  retention: Start;
  fleetStore: Start;
  broadcaster: Start;
  keeper: Start;
  http: Start;
}

export const ROOT = 'drover';
/** The supervisor of all hosts' trees. */
export const HOSTS = `${ROOT}/fleet/hosts`;
/** Of a host's own tree: `host:<id>` under HOSTS. */
export const hostChild = (hostId: string): string => `host:${hostId}`;

export function droverTree(parts: TreeParts, drain: Limits['drain'] = LIMITS.drain): SupervisorSpec {
  return {
    strategy: 'one_for_one', intensity: 5, periodS: 60,
    children: [
      {
        id: 'database',
        supervisor: {
          strategy: 'rest_for_one', intensity: 5, periodS: 60,
          children: [
            { id: 'postgres', start: parts.postgres, shutdown: drain.databaseMs },
            {
              id: 'writers',
              supervisor: {
                strategy: 'one_for_one', intensity: 10, periodS: 60,
                children: [
                  // Stopped last, since the persisters' last batches may want a partition.
                  { id: 'retention', start: parts.retention, shutdown: 'brutal_kill' },
                  { id: 'events', start: parts.eventsPersister, shutdown: drain.writersMs },
                  { id: 'perf', start: parts.perfPersister, shutdown: drain.writersMs },
                  { id: 'activity', start: parts.activityPersister, shutdown: drain.writersMs },
                ],
              },
            },
          ],
        },
      },
      {
        id: 'view',
        supervisor: {
          strategy: 'rest_for_one', intensity: 5, periodS: 60,
          children: [
            { id: 'fleet-store', start: parts.fleetStore, shutdown: 'brutal_kill' },
            { id: 'broadcaster', start: parts.broadcaster, shutdown: 'brutal_kill' },
          ],
        },
      },
      {
        id: 'fleet',
        supervisor: {
          strategy: 'rest_for_one', intensity: 3, periodS: 60,
          children: [
            {
              id: 'hosts',
              supervisor: {
                strategy: 'simple_one_for_one',
                // A host's tree that gives up is the keeper's business: it never counts against the other hosts.
                template: { id: 'host', type: 'supervisor', restart: 'temporary', shutdown: drain.linksMs },
              },
            },
            { id: 'keeper', start: parts.keeper, shutdown: drain.linksMs },
          ],
        },
      },
      { id: 'http', start: parts.http, shutdown: drain.httpMs, restartable: false },
    ],
  };
}

/** One host's small tree. */
export function hostTree(link: Start, drain: Limits['drain'] = LIMITS.drain): SupervisorSpec {
  return {
    strategy: 'one_for_one', intensity: 5, periodS: 60,
    children: [{ id: 'link', start: link, shutdown: drain.linksMs }],
  };
}
