/** What the words of the tree mean, for those who rest on them. */

const STATES: Readonly<Record<string, string>> = {
  running: 'it runs; a supervisor whose children are up',
  starting: 'its start is under way',
  stopping: 'it was told to stop and finishes what it has begun',
  queued: 'waiting for its turn to connect: only so many hosts are tried at once',
  opening: 'connecting to the host',
  greeting: 'connected, waiting for the host\'s first words',
  'open.live': 'connected, and the host answers in time',
  'open.stale': 'connected, but the host did not answer the last probe',
  broken: 'the connection was open and broke; the next try comes after a pause',
  resting: 'a try failed; the next one comes after a pause',
  closed: 'it has ended its connection',
  ready: 'the database answers',
  migrating: 'the tables are brought up to date',
  away: 'the database does not answer; it is tried again and again',
  refused: 'the database cannot be used as it is; Drover has to be started anew',
  idle: 'nothing to do now',
  gathering: 'rows have come; they are written together in a moment',
  writing: 'writing rows to the database',
  waiting: 'waiting for another actor: most often for the database',
  making: 'making a partition for rows that wait for it',
  passing: 'making partitions ahead and dropping those past their time',
  holding: 'it holds each host\'s last state',
  serving: 'it serves the dashboards',
  keeping: 'it sees to it that the hosts\' actors run',
};

/** A state that is not known here is one of the actor's own. */
export const stateWords = (state: string): string => (STATES[state] === undefined ? state : `${state}: ${STATES[state]}`);

/** What a machine's timers wait for, by their names. */
const TIMERS: Readonly<Record<string, string>> = {
  backoff: 'after its wait',
  greeting: 'as no first word came in time',
  stale: 'as no probe was answered in time',
  healthy: 'after it had stayed well',
};

const EVENTS: Readonly<Record<string, string>> = {
  start: 'at its start',
  granted: 'its turn has come',
  opened: 'the host has accepted',
  spoke: 'the first words came',
  failed: 'it failed',
  'probe.answered': 'a probe was answered',
  'probe.failed': 'a probe was not answered',
  shutdown: 'told to stop',
};

/** What made an actor change its state, in words. XState names what a machine tells itself by the machine's own parts; what is not known here is an actor's own word. */
export function eventWords(event: string): string {
  const [, kind, rest = ''] = /^xstate\.(after|done|error)\.(.+)$/s.exec(event) ?? [];
  if (kind === 'done') return 'what it waited for is done';
  if (kind === 'error') return 'what it waited for failed';
  if (kind !== 'after') return Object.hasOwn(EVENTS, event) ? EVENTS[event] ?? event : event;
  const [timer = ''] = rest.split('.');
  if (Object.hasOwn(TIMERS, timer)) return TIMERS[timer] ?? '';
  return /^\d+$/.test(timer) ? 'after its wait' : `after ${timer}`;
}

export const COLUMN_WORDS = {
  state: 'What the actor is doing, in its own word',
  since: 'How long it has been in this state',
  queued: 'Messages that wait in its own queue now; – where it has none',
  handled: 'Messages that this incarnation has handled',
  incarnation: 'The lives lived at this place in the tree: #1 has never been started again',
  restarts: 'Of a supervisor: crashes of its children in the time that counts, and how many it takes before it gives up. Then how often the actor itself was started again, by hand or not.',
  lastExit: 'How the life before this one ended; none: there was none',
} as const;

const EXITS: Readonly<Record<string, string>> = {
  normal: 'normal: it had done its work',
  shutdown: 'shutdown: it was told to stop, and did',
  killed: 'killed: it was cut off, as it did not stop in time or nobody waited for it',
  'restarted by hand': 'restarted by hand: somebody restarted it, or one that takes it along',
};

export const exitTitle = (words: string): string => EXITS[words] ?? words;
