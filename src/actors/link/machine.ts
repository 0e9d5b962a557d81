/**
 * The life of a link, as a machine. It holds no rows and no state of the host: what happens on the wire is the body's
 * (body.ts), which tells the machine, and is told by it what to do.
 *
 *   queued → opening → greeting → open { live ⇄ stale } → resting → queued …      any → closed (shutdown)
 *
 * One definition serves all hosts: a definition a host would cost more memory than the host itself.
 */
import { assign, setup } from 'xstate';
import type { BackoffLimits } from '../../model/backoff.ts';
import { backoffDelay } from '../../model/backoff.ts';
import type { Reason } from '../../model/host/liveness.ts';
import type { Random } from '../../model/seams.ts';

/** What the machine orders. Every answer comes back as an event. */
export interface LinkBody {
  /** Ask the limiter for a place; `granted`. Liveness stays as it was, without a next try. */
  queue(): void;
  /** Begin an attempt; `opened`, later `spoke`; or `failed`. */
  connect(): void;
  /** The first frame has come. */
  live(): void;
  stale(reason: Reason): void;
  /** Whatever is open is cut. `wasOpen`: a stream that had spoken; else an attempt that failed. */
  rest(reason: Reason, wasOpen: boolean, delayMs: number): void;
  /** For good. */
  close(): void;
}

export interface LinkLimits {
  backoff: BackoffLimits & { healthyMs: number };
  /** From the 200 to the first frame, ms. */
  greetingMs: number;
  probe: { failures: number; failuresMs: number };
}

export type LinkEvent =
  | { type: 'granted' }
  | { type: 'opened' }
  | { type: 'spoke' }
  /** An attempt failed, or an open stream ended, or was found to be of no use. */
  | { type: 'failed'; reason: Reason }
  | { type: 'probe.answered' }
  | { type: 'probe.failed'; reason: Reason }
  /** What nobody expects, from a callback: a crash. */
  | { type: 'crash'; error: unknown }
  | { type: 'shutdown' };

export interface LinkInput { body: LinkBody; random: Random; limits: LinkLimits }

interface LinkContext extends LinkInput {
  /** Failures since the last healthy stretch. */
  attempt: number;
  delayMs: number;
  reason: Reason;
  /** Probes that failed in a row. */
  missed: number;
}

const SILENT: Reason = { code: 'timeout', text: 'the event stream was accepted (200), but its first frame did not come: is this llama-swap?' };

export const linkMachine = setup({
  types: { context: {} as LinkContext, events: {} as LinkEvent, input: {} as LinkInput },
  delays: {
    greeting: ({ context }) => context.limits.greetingMs,
    healthy: ({ context }) => context.limits.backoff.healthyMs,
    backoff: ({ context }) => context.delayMs,
    stale: ({ context }) => context.limits.probe.failuresMs,
  },
  guards: {
    lastProbe: ({ context }) => context.missed + 1 >= context.limits.probe.failures,
  },
}).createMachine({
  context: ({ input }) => ({ ...input, attempt: 0, delayMs: 0, reason: SILENT, missed: 0 }),
  initial: 'queued',
  on: {
    shutdown: '.closed',
    crash: { actions: ({ event }) => { throw event.error; } },
  },
  states: {
    queued: {
      entry: ({ context }) => context.body.queue(),
      on: { granted: 'opening' },
    },
    opening: {
      entry: ({ context }) => context.body.connect(),
      on: {
        opened: 'greeting',
        failed: { target: 'resting', actions: assign({ reason: ({ event }) => event.reason }) },
      },
    },
    greeting: {
      after: { greeting: { target: 'resting', actions: assign({ reason: SILENT }) } },
      on: {
        spoke: 'open',
        failed: { target: 'resting', actions: assign({ reason: ({ event }) => event.reason }) },
      },
    },
    open: {
      initial: 'live',
      on: { failed: { target: 'broken', actions: assign({ reason: ({ event }) => event.reason }) } },
      states: {
        live: {
          entry: [assign({ missed: 0 }), ({ context }) => context.body.live()],
          after: { healthy: { actions: assign({ attempt: 0 }) } },
          on: {
            'probe.failed': { target: 'stale', actions: assign({ missed: 1, reason: ({ event }) => event.reason }) },
          },
        },
        stale: {
          entry: ({ context }) => context.body.stale(context.reason),
          after: { stale: { target: '#link.broken', actions: assign({ reason: ({ context }) => unresponsive(context) }) } },
          on: {
            'probe.answered': 'live',
            'probe.failed': [
              { guard: 'lastProbe', target: '#link.broken', actions: assign({ reason: ({ context, event }) => unresponsive({ missed: context.missed + 1, reason: event.reason }) }) },
              { actions: assign({ missed: ({ context }) => context.missed + 1, reason: ({ event }) => event.reason }) },
            ],
          },
        },
      },
    },
    /** A stream that was open is over. */
    broken: {
      entry: [drawDelay(), ({ context }) => context.body.rest(context.reason, true, context.delayMs)],
      after: { backoff: 'queued' },
    },
    /** An attempt failed. */
    resting: {
      entry: [drawDelay(), ({ context }) => context.body.rest(context.reason, false, context.delayMs)],
      after: { backoff: 'queued' },
    },
    closed: {
      type: 'final',
      entry: ({ context }) => context.body.close(),
    },
  },
  id: 'link',
});

function drawDelay() {
  return assign<LinkContext, LinkEvent, undefined, LinkEvent, never>(({ context }) => ({
    delayMs: backoffDelay(context.attempt, context.limits.backoff, context.random),
    attempt: context.attempt + 1,
  }));
}

function unresponsive({ missed, reason }: Pick<LinkContext, 'missed' | 'reason'>): Reason {
  return { code: 'unresponsive', text: `the event stream is open, but ${missed} probes in a row were not answered (${reason.text}); the stream was closed, which frees a host that hangs on it` };
}
