/** Hosts, how the page looks, who is signed in, and what this process is. */
import { useState, type ReactElement } from 'react';
import { prefer, type Preferences } from '../../state/preferences.ts';
import { usePreferences, useSession } from '../../state/hooks.ts';
import { signOut } from '../../state/session.ts';
import { Button } from '../../ui/button.tsx';
import { Segments } from '../../ui/field.tsx';
import { Fault } from '../../ui/notes.tsx';
import { PageHead } from '../../ui/page-head.tsx';
import { Section } from '../../ui/section.tsx';
import { AboutSection } from './about-section.tsx';
import { HostsSection } from './hosts-section.tsx';

export function SettingsView(): ReactElement {
  return (
    <>
      <PageHead title="Settings" />
      <div className="grid max-w-5xl gap-4 px-4 pb-8">
        <HostsSection />
        <AppearanceSection />
        <SessionSection />
        <AboutSection />
      </div>
    </>
  );
}

const THEMES = [{ value: 'system', label: 'System' }, { value: 'light', label: 'Light' }, { value: 'dark', label: 'Dark' }] as const;
const ZONES = [{ value: 'local', label: 'Mine' }, { value: 'utc', label: 'UTC' }, { value: 'host', label: 'The host\'s' }] as const;

function AppearanceSection(): ReactElement {
  const { theme, zone } = usePreferences();
  const set = (change: Partial<Preferences>): void => prefer(change);
  return (
    <Section title="This browser">
      <dl className="grid grid-cols-[3.5rem_minmax(0,1fr)] items-center gap-x-4 gap-y-3 sm:grid-cols-[8rem_minmax(0,1fr)]">
        <dt className="text-soft">Theme</dt><dd><Segments label="Theme" value={theme} options={THEMES} onChange={(next) => set({ theme: next })} /></dd>
        <dt className="text-soft">Times</dt>
        <dd className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Segments label="Time zone" value={zone} options={ZONES} onChange={(next) => set({ zone: next })} />
          {zone === 'host' ? <span className="text-sm text-faint">Where a host's zone is not known, times are in yours.</span> : null}
        </dd>
      </dl>
    </Section>
  );
}

function SessionSection(): ReactElement | null {
  const session = useSession();
  const [error, setError] = useState<unknown>(null);
  if (session.state === 'unknown') return null;
  return (
    <Section title="Access">
      {session.required ? (
        <div className="flex flex-wrap items-center gap-3"><p className="grow text-soft">This browser is signed in with the token. The session outlives a restart of Drover.</p><Button onClick={() => void signOut().then(() => setError(null), setError)}>Sign out</Button></div>
      ) : <p className="text-soft">Drover listens on this machine alone and wants no token. To reach it from elsewhere, set <code className="font-mono">DROVER_TOKEN</code> and <code className="font-mono">DROVER_LISTEN</code>.</p>}
      {error === null ? null : <div className="mt-3"><Fault error={error} onClose={() => setError(null)} /></div>}
    </Section>
  );
}
