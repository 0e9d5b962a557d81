/** Where recordings lie: all of them where `DROVER_RECORDINGS` says so, else the committed ones. */
import { join } from 'node:path';
import { listScenarios } from '../../src/demo/recordings/recording.ts';

export const recordingsRoot = process.env['DROVER_RECORDINGS'] ?? join(import.meta.dirname, '..', 'fixtures', 'recordings');

/** Scenarios of llama-swap releases (folders of other servers have other formats). */
export const scenarios = (): { release: string; name: string; folder: string }[] =>
  listScenarios(recordingsRoot).filter(({ release }) => /^(v\d+|after-v250)$/.test(release));
