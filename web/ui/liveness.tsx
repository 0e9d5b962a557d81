/** A host's liveness by shape, colour and word: no one of them is needed to tell the others. */
import type { ReactElement } from 'react';
import type { LivenessState } from '../../src/model/host/liveness.ts';

const COLOURS: Record<LivenessState, string> = {
  live: 'text-good', connecting: 'text-busy', stale: 'text-warn', down: 'text-bad', quarantined: 'text-held', disabled: 'text-off',
};

function Shape({ state }: { state: LivenessState }): ReactElement {
  switch (state) {
    case 'live': return <circle cx="6" cy="6" r="4.5" fill="currentColor" />;
    case 'connecting': return <circle cx="6" cy="6" r="4" fill="none" stroke="currentColor" strokeWidth="2" strokeDasharray="13 12" className="origin-center animate-spin" />;
    case 'stale': return <path d="M6 1.2 11.2 10.5H.8Z" fill="currentColor" />;
    case 'down': return <path d="M2 2l8 8M10 2l-8 8" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />;
    case 'quarantined': return <path d="M6 .8 11.2 6 6 11.2.8 6Z" fill="none" stroke="currentColor" strokeWidth="2" />;
    case 'disabled': return <path d="M1.5 6h9" stroke="currentColor" strokeWidth="2.4" strokeLinecap="round" />;
    default: return state satisfies never;
  }
}

/** The shape alone, for where the word stands near. */
export function LivenessMark({ state, className = '' }: { state: LivenessState; className?: string }): ReactElement {
  return <svg viewBox="0 0 12 12" aria-hidden="true" className={`size-3 shrink-0 ${COLOURS[state]} ${className}`}><Shape state={state} /></svg>;
}

export function LivenessWord({ state }: { state: LivenessState }): ReactElement {
  return <span className={`inline-flex items-baseline gap-1.5 font-medium ${COLOURS[state]}`}><LivenessMark state={state} className="self-center" />{state}</span>;
}
