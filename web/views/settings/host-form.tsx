/** A host to add or to change. It can be tried first: what answers there, or why nothing does. */
import { useState, type FormEvent, type ReactElement } from 'react';
import type { Reason } from '../../../src/model/host/liveness.ts';
import type { HostConfig, HostState } from '../../../src/model/host/state.ts';
import { hostApi } from '../../format/addresses.ts';
import { counted } from '../../format/figures.ts';
import { api } from '../../state/api.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { Fault } from '../../ui/notes.tsx';

interface Trial { ok: boolean; reason: Reason | null; generation: number | null; build: HostState['build']; models: string[] | null }
export interface HostFormProps { host: HostConfig | null; onClose: () => void; onDone: () => void }

const slug = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 63);
const tagsOf = (text: string): string[] => text.split(/[\s,]+/).map((tag) => tag.replace(/^#/, '')).filter((tag) => tag !== '');

export function HostForm({ host, onClose, onDone }: HostFormProps): ReactElement {
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
  const key = apiKey === '' ? {} : { apiKey };

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
    <Dialog title={host === null ? 'Add a host' : `Change ${host.name}`} onClose={onClose}>
      <form onSubmit={submit} className="grid gap-3 p-4">
        <TextField label="Address" type="url" required value={baseUrl} onChange={({ target }) => { setBaseUrl(target.value); setTrial(null); }} hint="Where its llama-swap listens, such as http://192.168.1.20:8080" />
        <TextField label="Name" value={name} onChange={({ target }) => setName(target.value)} hint="What people call it" />
        {host === null ? <TextField label="Id" required pattern="[a-z0-9][a-z0-9\-]{0,62}" value={id} onChange={({ target }) => setId(target.value)} hint="Small letters, digits, dashes. It stays." /> : null}
        <TextField label="API key" type="password" autoComplete="off" value={apiKey} disabled={dropKey} onChange={({ target }) => { setApiKey(target.value); setTrial(null); }} hint={host?.hasApiKey === true ? 'One is stored; a new one replaces it.' : 'If it wants one. It is stored encrypted and never shown again.'} />
        {host?.hasApiKey === true ? <label className="flex items-center gap-2"><input type="checkbox" checked={dropKey} onChange={({ target }) => setDropKey(target.checked)} />Forget the stored key</label> : null}
        <TextField label="Tags" value={tags} onChange={({ target }) => setTags(target.value)} hint="Words to filter by" />
        {trial === null ? null : <TrialNote trial={trial} />}
        {error === null ? null : <Fault error={error} />}
        <div className="flex flex-wrap justify-between gap-2">
          <Button onClick={attempt} disabled={trial === 'under way'}>Try it</Button>
          <span className="flex gap-2"><Button onClick={onClose}>Cancel</Button><Button type="submit" look="solid" disabled={busy}>{host === null ? 'Add' : 'Save'}</Button></span>
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
