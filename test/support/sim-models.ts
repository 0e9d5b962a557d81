/** The models that the recorded hosts were configured with. */
import type { SimModelSpec } from '../../src/demo/sim-types.ts';

export const recordedModels = (release: string): SimModelSpec[] => [
  // The older releases were recorded without capabilities in their configuration.
  { id: 'alpha-8b-q4', name: 'Alpha 8B', description: 'everyday chat', aliases: ['gpt-4o-mini', 'alpha'], loadMs: 5, stopMs: 1, ...(['v235', 'v238', 'v240', 'v250', 'after-v250'].includes(release) ? { capabilities: { function_calling: true }, contextLength: 8_192 } : {}) },
  { id: 'beta-32b-q4', name: 'Beta 32B', ttlS: 3, loadMs: 5, stopMs: 1 },
  { id: 'broken-13b-q4', loadMs: 5, fails: true },
  { id: 'embed-small', resident: true, loadMs: 5, stopMs: 1 },
  { id: 'peer-mini', peer: 'lab' },
];
