/** Who may look: whether a token is needed, and whether this browser has shown it. */
import { createStore } from '@xstate/store';
import { api, onSignedOut } from './api.ts';

export interface SessionDocument { required: boolean; authenticated: boolean }
/** `unknown`: not asked yet. */
export type SessionState = { state: 'unknown' } | { state: 'in' | 'out'; required: boolean };

export const session = createStore({
  context: { state: 'unknown' } as SessionState,
  on: {
    told: (context, { now }: { now: SessionDocument }): SessionState => {
      const state = now.required && !now.authenticated ? 'out' : 'in';
      return context.state === state && context.required === now.required ? context : { state, required: now.required };
    },
    lost: (): SessionState => ({ state: 'out', required: true }),
  },
});

onSignedOut(() => session.trigger.lost());

/** What one tab of a browser does the others ask about: the cookie is theirs too. */
const tabs = new BroadcastChannel('drover.session');
tabs.addEventListener('message', () => void askSession().catch(() => undefined));

export async function askSession(): Promise<void> {
  session.trigger.told({ now: await api<SessionDocument>('/api/session') });
}

/** Throws an ApiFault when it is not the token. */
export async function signIn(token: string): Promise<void> {
  session.trigger.told({ now: await api<SessionDocument>('/api/session', { method: 'POST', body: { token } }) });
  tabs.postMessage('in');
}

export async function signOut(): Promise<void> {
  await api('/api/session', { method: 'DELETE' });
  // A Drover that wants no token any more has nobody to sign out.
  await askSession().catch(() => session.trigger.lost());
  tabs.postMessage('out');
}
