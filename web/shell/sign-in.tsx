/** The one thing that somebody without a session sees. */
import { useRef, useState, type FormEvent, type ReactElement } from 'react';
import { ApiFault } from '../state/api.ts';
import { useAsOfNow } from '../state/now.ts';
import { signIn } from '../state/session.ts';
import { Button } from '../ui/button.tsx';
import { TextField } from '../ui/field.tsx';
import { PublicUrl } from './public-url.tsx';

/** As long as Drover counts wrong tokens, for an answer that does not say how long. */
const WAIT_S = 60;

interface Refusal {
  words: string;
  code: string | null;
  /** Until when nothing is to be tried, ms since 1970. */
  untilMs: number;
}

export function SignIn(): ReactElement {
  const form = useRef<HTMLFormElement>(null);
  const [token, type] = useState('');
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [tries, setTries] = useState(0);
  const [busy, setBusy] = useState(false);
  const waitS = useAsOfNow((now) => (refusal === null ? 0 : Math.max(0, Math.ceil((refusal.untilMs - now) / 1_000))));
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (busy || waitS > 0) return;
    setBusy(true);
    signIn(token)
      .catch((error: unknown) => {
        setRefusal(refusalOf(error));
        setTries((before) => before + 1);
        // The next one that is typed takes its place.
        form.current?.querySelector('input')?.select();
      })
      .finally(() => setBusy(false));
  };
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <form ref={form} onSubmit={submit} className="panel grid w-full max-w-sm gap-4 p-6">
        <h1 className="flex items-center gap-2 text-xl font-semibold"><img src="/icon.svg" alt="" className="size-7" />Drover</h1>
        <TextField label="Token" type="password" autoComplete="current-password" autoFocus required value={token} onChange={(event) => type(event.target.value)} aria-invalid={refusal?.code === 'unauthorized'} hint="What DROVER_TOKEN is set to on the server." />
        <div role="alert" className="text-bad empty:hidden">{refusal === null ? null : <p key={tries}>{refusal.words}</p>}</div>
        {refusal?.code === 'too_many_requests' ? <Wait s={waitS} /> : null}
        {refusal?.code === 'foreign_origin' ? <PublicUrl /> : null}
        <Button type="submit" look="solid" disabled={busy || waitS > 0}>Sign in</Button>
      </form>
    </main>
  );
}

/** Counts down for the eye; for the ear only the end is said. */
function Wait({ s }: { s: number }): ReactElement {
  const over = 'You can try again now.';
  return <p><span aria-hidden="true" className="tabular-nums">{s > 0 ? `You can try again in ${s} s.` : over}</span><span role="status" className="sr-only">{s > 0 ? '' : over}</span></p>;
}

/** The hints of the API are for those who write programs. */
function refusalOf(error: unknown): Refusal {
  if (!(error instanceof ApiFault)) return { words: String(error), code: null, untilMs: 0 };
  const { code, message, hint, retryAfterS } = error;
  switch (code) {
    case 'unauthorized': return { words: 'This is not the token.', code, untilMs: 0 };
    case 'too_many_requests': return { words: 'Too many wrong tokens have come from your address, so for up to a minute none is looked at, the right one neither. Behind a proxy that address is the proxy\'s, and everybody\'s who signs in through it.', code, untilMs: Date.now() + (retryAfterS ?? WAIT_S) * 1_000 };
    case 'foreign_origin': return { words: `Drover does not know ${location.origin} as its own address. Set this where Drover runs, and start it again:`, code, untilMs: 0 };
    default: return { words: `${message} ${hint ?? ''}`, code, untilMs: 0 };
  }
}
