/** The one thing that somebody without a session sees. */
import { useState, type FormEvent, type ReactElement } from 'react';
import { ApiFault } from '../state/api.ts';
import { signIn } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';

export function SignIn(): ReactElement {
  const [token, type] = useState('');
  const [fault, setFault] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setBusy(true);
    signIn(token)
      .catch((error: unknown) => setFault(wordsOf(error)))
      .finally(() => setBusy(false));
  };
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <form onSubmit={submit} className="panel grid w-full max-w-sm gap-4 p-6">
        <h1 className="flex items-center gap-2 text-xl font-semibold"><img src="/icon.svg" alt="" className="size-7" />Drover</h1>
        <TextField label="Token" type="password" autoComplete="current-password" autoFocus required value={token} onChange={(event) => type(event.target.value)} fault={fault} hint="What DROVER_TOKEN is set to on the server." />
        <Button type="submit" look="solid" disabled={busy}>Sign in</Button>
      </form>
    </main>
  );
}

/** The hints of the API are for those who write programs. */
function wordsOf(error: unknown): string {
  if (!(error instanceof ApiFault)) return String(error);
  switch (error.code) {
    case 'unauthorized': return 'This is not the token. It is what DROVER_TOKEN is set to on the server.';
    case 'too_many_requests': return 'Too many wrong tokens: wait a minute.';
    default: return `${error.message} ${error.hint ?? ''}`;
  }
}
