/** Ctrl K: go to any host, model or view, or do what needs no view. Loaded when it is first opened. */
import { Command } from 'cmdk';
import { useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { useLocation } from 'wouter';
import { hostAddress, modelAddress } from '../format/addresses.ts';
import { shown } from '../format/shown.ts';
import { connectNow } from '../state/connection.ts';
import { useFleet, useLine, usePreferences, useSession } from '../state/hooks.ts';
import { useNames } from '../state/names.ts';
import { prefer } from '../state/preferences.ts';
import { signOut } from '../state/session.ts';
import { Dialog } from '../ui/dialog.tsx';
import { Icon } from '../ui/icon.tsx';
import { LivenessMark } from '../ui/liveness.tsx';
import { NAVIGATION } from './views.ts';

/** Beyond it a list helps nobody: type. */
const MOST = 200;

/** `typed`: what was typed while it was loaded. */
export function Palette({ typed, onClose, help }: { typed: { readonly current: string }; onClose: () => void; help: () => void }): ReactElement {
  const [search, setSearch] = useState(() => typed.current);
  const [, go] = useLocation();
  const fleet = useFleet();
  const session = useSession();
  const names = useNames();
  const { theme } = usePreferences();
  const { state: line } = useLine();
  const models = useMemo(() => {
    const found = new Map<string, { name: string; hosts: number }>();
    for (const { state } of fleet?.values() ?? []) for (const [key, { name }] of Object.entries(state.models)) found.set(key, { name, hosts: (found.get(key)?.hosts ?? 0) + 1 });
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, MOST);
  }, [fleet]);
  const run = (work: () => void) => (): void => {
    onClose();
    work();
  };
  return (
    <Dialog title="Go to" bare onClose={onClose} className="mt-[12dvh] w-full max-w-xl">
      <Command label="Go to" loop filter={match}>
        <div className="flex items-center gap-2 border-b border-line px-3"><Icon name="search" className="text-faint" /><Command.Input value={search} onValueChange={setSearch} className="h-11 w-full bg-transparent text-lg outline-none" placeholder="A host, a model, a view, a command" /></div>
        <Command.List className="max-h-[50dvh] overflow-y-auto p-2">
          <Command.Empty className="px-2 py-6 text-center text-soft">Nothing of that name</Command.Empty>
          <Group heading="Views">
            {NAVIGATION.map(({ path, name, icon, key }) => <Item key={path} value={`view ${name}`} onSelect={run(() => go(path))} hint={`g ${key}`}><Icon name={icon} />{name}</Item>)}
          </Group>
          <Group heading="Hosts">
            {[...(fleet ?? [])].slice(0, MOST).map(([id, { state }]) => (
              <Item key={id} value={`host ${id} ${state.name} ${state.tags.join(' ')}`} onSelect={run(() => go(hostAddress(id)))} hint={state.liveness.state}><LivenessMark state={state.liveness.state} /><span className="truncate">{names.host(id)}</span></Item>
            ))}
          </Group>
          <Group heading="Models">
            {models.map(([key, { name, hosts }]) => <Item key={key} value={`model ${key} ${name}`} onSelect={run(() => go(modelAddress(key)))} hint={`${hosts} ×`}><span className="truncate">{shown(key)}</span></Item>)}
          </Group>
          <Group heading="Commands">
            <Item value="add a host" onSelect={run(() => go('/settings?add=1'))}><Icon name="plus" />Add a host</Item>
            {(['system', 'light', 'dark'] as const).filter((one) => one !== theme).map((one) => <Item key={one} value={`theme ${one}`} onSelect={run(() => prefer({ theme: one }))}>Theme: {one}</Item>)}
            {(['local', 'utc', 'host'] as const).map((zone) => <Item key={zone} value={`time zone ${zone}`} onSelect={run(() => prefer({ zone }))}>Times: {{ local: 'mine', utc: 'UTC', host: 'the host\'s' }[zone]}</Item>)}
            {line === 'closed' ? <Item value="reconnect now" onSelect={run(connectNow)}>Connect now</Item> : null}
            {session.state === 'in' && session.required ? <Item value="sign out" onSelect={run(() => void signOut().catch(() => undefined))}>Sign out</Item> : null}
            <Item value="keys help" onSelect={run(help)} hint="?">Show the keys</Item>
            <Item value="api documentation openapi" onSelect={run(() => location.assign('/docs/'))}>API documentation</Item>
          </Group>
        </Command.List>
      </Command>
    </Dialog>
  );
}

/** Every word has to stand in it; the beginning of a word counts more. */
function match(value: string, search: string): number {
  const text = value.toLowerCase();
  const words = search.toLowerCase().split(/\s+/).filter((word) => word !== '');
  if (!words.every((word) => text.includes(word))) return 0;
  return words.every((word) => text.startsWith(word) || text.includes(` ${word}`)) ? 1 : 0.5;
}

function Group({ heading, children }: { heading: string; children: ReactNode }): ReactElement {
  return <Command.Group heading={heading} className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-sm [&_[cmdk-group-heading]]:text-faint">{children}</Command.Group>;
}

function Item({ value, onSelect, hint, children }: { value: string; onSelect: () => void; hint?: string; children: ReactNode }): ReactElement {
  return (
    <Command.Item value={value} onSelect={onSelect} className="flex h-8 cursor-pointer items-center gap-2 rounded-md px-2 aria-selected:bg-chosen">
      {children}{hint === undefined ? null : <span className="ml-auto text-sm text-faint">{hint}</span>}
    </Command.Item>
  );
}
