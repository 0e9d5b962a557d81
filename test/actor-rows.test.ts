/** The rows of the cockpit's actor tree, and where a crash flashes. */
import { expect, test } from 'vitest';
import { nearestVisible, OPEN_HOSTS, rowsOf, treeOf, type Folding } from '../web/views/actors/actor-rows.ts';
import { endsBetween, flashesAt, type Flash } from '../web/views/actors/ends.ts';
import { lastAway } from '../web/views/actors/last-away.ts';
import { partsOf } from '../web/format/actor-path.ts';
import type { ActorStatus } from '../src/model/status.ts';
import { status } from './support/http-deps.ts';

const AS_IT_IS: Folding = { all: null, flipped: new Set() };
const fleet = (hosts: number): ActorStatus[] => [
  status('drover'), status('drover/fleet'), status('drover/fleet/hosts'),
  ...Array.from({ length: hosts }, (_, at) => [status(`drover/fleet/hosts/host:h${at}`), status(`drover/fleet/hosts/host:h${at}/link`)]).flat(),
  status('drover/http'),
];
const lines = (actors: ActorStatus[], folding = AS_IT_IS, found: string[] | null = null): string[] =>
  rowsOf(treeOf(actors), folding, found === null ? null : new Set(found)).map(({ status: { name }, depth, open, below, found: itself }) => `${'  '.repeat(depth)}${open === null ? '' : open ? '- ' : '+ '}${name}${open === false ? ` ${below}` : ''}${itself ? '' : ' (leads)'}`);

test('few hosts stand open; many are folded; what was done by hand stays', () => {
  expect(lines(fleet(1))).toEqual(['- drover', '  - fleet', '    - hosts', '      - host:h0', '        link', '  http']);
  expect(lines(fleet(OPEN_HOSTS)).length).toBe(4 + 2 * OPEN_HOSTS);
  const many = lines(fleet(OPEN_HOSTS + 1));
  expect(many.length).toBe(4 + OPEN_HOSTS + 1);
  expect(many[3]).toBe('      + host:h0 1');
  expect(lines(fleet(OPEN_HOSTS + 1), { all: 'open', flipped: new Set() }).length).toBe(4 + 2 * (OPEN_HOSTS + 1));
  const flipped = new Set(['drover/fleet/hosts/host:h0', 'drover/fleet']);
  expect(lines(fleet(OPEN_HOSTS + 1), { all: null, flipped: new Set(['drover/fleet/hosts/host:h0']) })[4]).toBe('        link');
  expect(lines(fleet(1), { all: null, flipped })).toEqual(['- drover', '  + fleet 3', '  http']);
  expect(lines(fleet(2), { all: 'hosts', flipped: new Set() })).toEqual(['- drover', '  - fleet', '    - hosts', '      + host:h0 1', '      + host:h1 1', '  http']);
});

test('what is found stands below what leads to it, also in a folded host', () => {
  expect(lines(fleet(60), AS_IT_IS, ['drover/fleet/hosts/host:h7/link'])).toEqual(['- drover (leads)', '  - fleet (leads)', '    - hosts (leads)', '      - host:h7 (leads)', '        link']);
  expect(lines(fleet(60), AS_IT_IS, [])).toEqual([]);
});

test('hosts stand by name, whoever came back last; one whose supervisor is not known is not lost', () => {
  expect(lines([status('drover'), status('drover/b'), status('drover/a'), status('drover/a/host:y'), status('drover/a/host:x'), status('gone/one')]))
    .toEqual(['- drover', '  b', '  - a', '    host:x', '    host:y', 'one']);
});

test('a row says its place among its siblings', () => {
  expect(rowsOf(treeOf(fleet(2)), AS_IT_IS, null).map(({ place, places }) => `${place}/${places}`)).toEqual(['1/1', '1/2', '1/1', '1/2', '1/1', '2/2', '1/1', '2/2']);
});

const exit = (reason: string, at = '2026-08-22T10:00:05.000000Z'): ActorStatus['lastExit'] => ({ reason, at, stack: null });
const byPath = (...actors: ActorStatus[]): Record<string, ActorStatus> => Object.fromEntries(actors.map((one) => [one.path, one]));

test('a crash is a new exit that nobody ordered, or a host whose tree gave up; a restart by hand is none', () => {
  const before = byPath(status('a'), status('b', { lastExit: exit('boom') }), status('c'), status('d'), status('x/host:h1'), status('x/host:h2'));
  const hand = { ...exit('shutdown')!, byHand: true as const };
  const after = byPath(status('a', { lastExit: exit('Error: boom') }), status('b', { lastExit: exit('boom') }), status('c', { lastExit: exit('shutdown') }), status('d', { lastExit: hand }), status('new', { lastExit: exit('boom') }), status('back', { lastExit: hand }));
  expect(endsBetween(before, after, new Set(['h1'])).map(({ path, kind }) => `${path} ${kind}`)).toEqual(['a crash', 'd hand', 'back hand', 'x/host:h1 crash']);
  expect(endsBetween(after, byPath(status('a', { lastExit: exit('Error: boom', '2026-08-22T10:00:06.000000Z') }), status('d', { lastExit: hand })), new Set()).map(({ path }) => path)).toEqual(['a']);
});

test('it flashes at the nearest row in sight, once for the newest, and a crash before a restart by hand', () => {
  const visible = new Set(['drover', 'drover/fleet']);
  expect(nearestVisible('drover/fleet/hosts/host:a/link', visible)).toBe('drover/fleet');
  expect(nearestVisible('elsewhere', visible)).toBeNull();
  const crash = (at: number): Flash => ({ kind: 'crash', at });
  const hand = (at: number): Flash => ({ kind: 'hand', at });
  expect(flashesAt(new Map([['drover/fleet', crash(3)], ['drover/fleet/x', crash(1)], ['drover/view', crash(2)], ['drover/http', hand(5)], ['gone', crash(4)]]), visible)).toEqual(new Map([['drover/fleet', crash(3)], ['drover', crash(2)]]));
});

test('an actor is told from the others by the end of its path, a host\'s by the host', () => {
  expect(partsOf('drover/fleet/hosts/host:a/link')).toEqual({ lead: 'drover/fleet/hosts/', tail: 'host:a/link' });
  expect(partsOf('drover/database/writers/perf')).toEqual({ lead: 'drover/database/writers/', tail: 'perf' });
  expect(partsOf('drover')).toEqual({ lead: '', tail: 'drover' });
});

test('how long the database was last away: with its tries in between, once it is back', () => {
  const at = (s: number): string => `2026-01-01T00:00:${String(s).padStart(2, '0')}.000000Z`;
  const went = (...states: [number, string][]) => states.map(([s, to], place) => ({ at: at(s), from: states[place - 1]?.[1] ?? 'starting', event: 'e', to }));
  const ms = (s: number): number => Date.parse(at(s).replace('000Z', 'Z'));
  expect(lastAway(went([1, 'migrating'], [2, 'ready']))).toBeNull();
  expect(lastAway(went([1, 'ready'], [5, 'away'], [6, 'migrating'], [7, 'away'], [8, 'migrating'], [9, 'ready']))).toEqual({ fromMs: ms(5), toMs: ms(9) });
  expect(lastAway(went([1, 'away'], [2, 'ready'], [5, 'away'], [6, 'ready']))).toEqual({ fromMs: ms(5), toMs: ms(6) });
  expect(lastAway(went([1, 'ready'], [5, 'away'], [6, 'migrating']))).toBeNull();
});
