/** What tells one llama-swap release from another on the wire. Read from its source and from recorded hosts. */

export const RELEASES = ['v170', 'v208', 'v217', 'v220', 'v235', 'v238', 'v240', 'v250', 'after-v250'] as const;
export type Release = (typeof RELEASES)[number];

/** Number of a release, for 'from vN on'. */
export function releaseNumber(release: Release): number {
  return release === 'after-v250' ? 251 : Number(release.slice(1));
}

export function generationOf(release: Release): 1 | 2 | 3 {
  const n = releaseNumber(release);
  return n <= 208 ? 1 : n <= 235 ? 2 : 3;
}

export interface Build { build_date: string; commit: string; version: string }

/** `GET /api/version` (from v173 on). */
export const BUILDS: Record<Release, Build | null> = {
  'v170': null,
  'v208': { build_date: '2026-04-26T20:11:48Z', commit: 'e8d4384cd2099d02394ad48e465cae2b9b4c95f1', version: '208' },
  'v217': { build_date: '2026-05-21T00:59:49Z', commit: '636b53e70ff7c834e92a97ef2bb556ee60ca2f85', version: '217' },
  'v220': { build_date: '2026-05-31T00:04:30Z', commit: '03d58e53fa35ec26b03ce5117cf55bad6ead662c', version: '220' },
  'v235': { build_date: '2026-07-03T16:19:44Z', commit: 'c59816ba', version: 'v235' },
  'v238': { build_date: '2026-07-11T05:15:48Z', commit: '3c794616', version: 'v238' },
  'v240': { build_date: '2026-07-15T01:01:54Z', commit: '6b5320de', version: 'v240' },
  'v250': { build_date: '2026-08-14T15:45:40Z', commit: '60226b63', version: 'v250' },
  'after-v250': { build_date: '2026-08-22T00:00:00Z', commit: '0bdb3720', version: 'v250' },
};

/** Messages that wait for a reader before the host drops some. */
export function sendBuffer(release: Release): number {
  return releaseNumber(release) <= 217 ? 25 : 1_024;
}
