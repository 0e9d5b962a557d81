/** A host to add or to change. It can be tried first: what answers there, or why nothing does. */
import { useState, type FormEvent, type ReactElement } from 'react';
import type { Reason } from '../../../src/model/host/liveness.ts';
import type { HostConfig, HostState } from '../../../src/model/host/state.ts';
import { hostApi } from '../../format/addresses.ts';
import { counted } from '../../format/figures.ts';
import { shown } from '../../format/shown.ts';
import { api, ApiFault } from '../../state/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Fault } from '../../ui/notes.tsx';

interface Trial { ok: boolean; reason: Reason | null; generation: number | null; build: HostState['build']; models: string[] | null }
/** `others`: what is watched already. */
export interface HostFormProps { host: HostConfig | null; others: readonly HostConfig[]; onClose: () => void; onDone: () => void }

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 63);
const tagsOf = (text: string): string[] => text.split(/[\s,]+/).map((tag) => tag.replace(/^#/, '')).filter((tag) => tag !== '');

const isAddress = (text: string): boolean => URL.canParse(text) && new URL(text).hostname !== '';

/** However they are written; this machine has more than one name. */
function isSameAddress(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => {
    if (!isAddress(text)) return null;
    const { protocol, hostname, port, pathname } = new URL(text);
    return `${protocol}//${/^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) ? 'localhost' : hostname}:${port}${pathname.replace(/\/+$/, '')}`;
  });
  return one !== null && one === other;
}

const AT_FIELD: Readonly<Record<string, 'address' | 'id'>> = { bad_base_url: 'address', address_refused: 'address', host_exists: 'id' };
const isAtField = (error: unknown): error is ApiFault => error instanceof ApiFault && AT_FIELD[error.code] !== undefined;
/** What the server would not take, where it was typed. */
const faultAt = (error: unknown, field: 'address' | 'id'): string | null => (isAtField(error) && AT_FIELD[error.code] === field ? `${error.message} ${error.hint ?? ''}` : null);

export function HostForm({ host, others, onClose, onDone }: HostFormProps): ReactElement {
  const [baseUrl, setBaseUrl] = useState(host?.baseUrl ?? 'http://');
  const [name, setName] = useState(host?.name ?? '');
  const [typedId, setId] = useState<string | null>(null);
  const [apiKey, setApiKey] = useState('');
  const [dropKey, setDropKey] = useState(false);
  const [tags, setTags] = useState(host?.tags.join(' ') ?? '');
  const [trial, setTrial] = useState<Trial | 'under way' | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const id = host?.id ?? typedId ?? slug(name);
  const twin = others.find((one) => one.id !== host?.id && isSameAddress(one.baseUrl, baseUrl)) ?? null;
  const taken = host === null ? others.find((one) => one.id === id) ?? null : null;
  const moved = host === null || !isSameAddress(host.baseUrl, baseUrl);
  const key = apiKey === '' ? {} : { apiKey };

  const keyRefused = trial !== null && trial !== 'under way' && !trial.ok && trial.reason?.code === 'unauthorized';
  /** What was found is of what stood there. */
  const forget = (): void => {
    setTrial(null);
    setError(null);
  };

  const attempt = (): void => {
    setError(null);
    setTrial('under way');
    api<Trial>('/api/hosts/test', { method: 'POST', body: { baseUrl, ...key } }).then(setTrial, (fault: unknown) => {
      setTrial(null);
      setError(fault);
    });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    const face = { baseUrl, tags: tagsOf(tags), ...(name === '' ? {} : { name }) };
    const work = host === null
      ? api('/api/hosts', { method: 'POST', body: { id, ...face, ...key } })
      : api(hostApi(host.id), { method: 'PATCH', body: { ...face, ...(dropKey ? { apiKey: null } : key) } });
    work.then(() => { onDone(); onClose(); }, setError).finally(() => setBusy(false));
  };
  return (
    <Dialog title={host === null ? 'Add a host' : `Change ${shown(host.name)}`} onClose={onClose}>
      <form onSubmit={submit} className="grid gap-3 p-4">
        <div className="grid gap-2">
          <div className="flex items-start gap-2">
            <TextField label="Address" mark="required" className="grow" type="url" required value={baseUrl} onChange={({ target }) => { setBaseUrl(target.value); forget(); }} fault={faultAt(error, 'address')} hint="Where its llama-swap listens, such as http://192.168.1.20:8080" />
            <Button onClick={attempt} disabled={trial === 'under way' || !isAddress(baseUrl)} className="mt-6">Try it</Button>
          </div>
          {twin !== null && moved ? <p role="status" className="rounded-md border border-warn px-3 py-2"><span className="font-medium text-warn">Already watched as <bdi>{shown(twin.name)}</bdi></span> <span className="text-soft">({twin.id}). A second time, all of its requests are stored and counted twice.</span></p> : null}
          {trial === null || keyRefused ? null : <TrialNote trial={trial} />}
        </div>
        <TextField label="API key" mark="optional" type="password" autoComplete="off" value={apiKey} disabled={dropKey} onChange={({ target }) => { setApiKey(target.value); forget(); }} fault={keyRefused ? `It does not work. ${trial.reason?.text ?? ''}` : null} hint={`${host?.hasApiKey === true ? 'One is stored; a new one replaces it.' : 'Only if that llama-swap wants one (apiKeys in its configuration).'} It is stored encrypted and never shown again.`} />
        {host?.hasApiKey === true ? <label className="flex items-center gap-2"><input type="checkbox" checked={dropKey} onChange={({ target }) => { setDropKey(target.checked); forget(); }} />Forget the stored key</label> : null}
        <TextField label="Name" mark="optional" value={name} onChange={({ target }) => setName(target.value)} hint="What people call it; without one, its id" />
        {host === null ? <TextField label="Id" mark="required" required pattern="[a-z0-9][a-z0-9\-]{0,62}" value={id} onChange={({ target }) => { setId(target.value); setError(null); }} fault={faultAt(error, 'id') ?? (taken === null ? null : `${shown(taken.name)} has this id.`)} hint="In addresses and history: small letters, digits, dashes. It cannot be changed later." /> : null}
        <TextField label="Tags" mark="optional" value={tags} onChange={({ target }) => setTags(target.value)} hint="Words to filter the fleet by, a space between, such as: office rtx" />
        {error === null || isAtField(error) ? null : <Fault error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Cancel</Button><Button type="submit" look="solid" disabled={busy}>{host === null ? 'Add' : 'Save'}{twin !== null && moved ? ' all the same' : ''}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function TrialNote({ trial }: { trial: Trial | 'under way' }): ReactElement {
  if (trial === 'under way') return <p role="status" className="text-soft">Trying … it may take 10 s.</p>;
  const { ok, reason, generation, build, models } = trial;
  if (!ok) return <p role="status" className="rounded-md border border-bad px-3 py-2"><span className="font-medium text-bad">It does not work.</span> {reason?.text}</p>;
  return (
    <div role="status" className="rounded-md border border-good px-3 py-2">
      <p><span className="font-medium text-good">It works.</span> llama-swap{build === null ? '' : ` ${build.version}`}{generation === null ? '' : `, generation ${generation} of its wire`}{models === null ? '' : `, ${counted(models.length, 'model')}`}.</p>
      {models === null || models.length === 0 ? null : <p className="mt-1 max-h-24 overflow-y-auto text-sm text-soft">{models.join(', ')}</p>}
    </div>
  );
}
