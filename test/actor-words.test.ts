/** What a machine's own events are called where people read them. */
import { expect, test } from 'vitest';
import { eventWords } from '../web/views/actors/actor-words.ts';

test.each([
  ['xstate.after.backoff.link.resting', 'after its wait'],
  ['xstate.after.1000.postgres.away', 'after its wait'],
  ['xstate.after.constructor.link.open', 'after constructor'],
  ['xstate.done.actor.0.postgres.starting', 'what it waited for is done'],
  ['xstate.error.actor.0.postgres.ready', 'what it waited for failed'],
  ['probe.failed', 'a probe was not answered'],
  ['toString', 'toString'],
  ['fetch', 'fetch'],
])('%s', (event, words) => expect(eventWords(event)).toBe(words));
