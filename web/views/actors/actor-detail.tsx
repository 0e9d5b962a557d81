/** One actor: what it is doing, how it last ended, what it went through, who is under it; and its restart by hand. */
import { useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { exitWords, type ActorDetail as Detail, type ActorStatus } from '../../../src/model/status.ts';
import { timeOfMs } from '../../../src/model/time.ts';
import { HOST, partsOf } from '../../format/actor-path.ts';
import { actorApi } from '../../format/addresses.ts';
import { isCrash } from '../../format/exits.ts';
import { counted, whole } from '../../format/figures.ts';
import { api, ApiFault } from '../../state/api.ts';
import { useQuery } from '../../state/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { HostLink } from '../../ui/links.tsx';
import { Fault, Waiting } from '../../ui/notes.tsx';
import { Ago, At, For } from '../../ui/time.tsx';
import { isPlain, isTyping } from '../../ui/view-keys.ts';
import { StateWord, timesWords } from './actor-cells.tsx';
import { COLUMN_WORDS, eventWords, exitTitle } from './actor-words.ts';
import { freshest, type Counters } from './counters.ts';
import { RestartConfirm } from './restart-confirm.tsx';

/** What of a status a delta tells: when it differs, the detail is asked for again. */
const revisionOf = ({ state, since, incarnation, restarts: { count, total }, lastExit }: ActorStatus): string => `${state} ${since} ${incarnation} ${count} ${total} ${lastExit?.at ?? ''}`;

/** What was asked for and what came since are told together only of the same life; else the newer one stands alone. */
function oneLife(asked: Detail, live: ActorStatus | null): Life {
  if (live === null || live.incarnation < asked.incarnation) return asked;
  return live.incarnation === asked.incarnation ? { ...asked, ...live } : { ...live, recent: null, children: null };
}
/** null: not asked for yet. */
type Life = ActorStatus & { [part in 'recent' | 'children']: Detail[part] | null };

export interface ActorDetailProps { path: string; live: ActorStatus | null; counters: Counters | null; onChoose: (path: string) => void; onClose: () => void }

export function ActorDetail({ path, live, counters, onChoose, onClose }: ActorDetailProps): ReactElement {
  const { data, error, reload } = useQuery<Detail>(actorApi(path), live === null ? 'gone' : revisionOf(live));
  const [asking, setAsking] = useState(false);
  const [fault, setFault] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && isPlain(event) && !isTyping(event)) onClose();
    };
    addEventListener('keydown', pressed);
    return () => removeEventListener('keydown', pressed);
  }, [onClose]);
  const restart = async (): Promise<void> => {
    setBusy(true);
    setFault(null);
    try {
      await api(`${actorApi(path)}?do=restart`, { method: 'POST', body: {} });
      reload();
    } catch (refusal) {
      setFault(refusal);
    }
    setBusy(false);
    setAsking(false);
  };
  const [, host] = new RegExp(`/${HOST}([^/]+)`).exec(path) ?? [];
  const gone = error instanceof ApiFault && error.code === 'no_such_actor';
  return (
    <aside aria-label={`Actor ${path}`} className="panel flex min-h-0 w-full shrink-0 flex-col overflow-hidden lg:w-[26rem]">
      <header className="flex items-start gap-2 border-b border-line py-2 pr-2 pl-4">
        <div className="min-w-0 grow">
          <h2 className="truncate text-lg font-medium">{partsOf(path).tail}</h2>
          <p className="text-sm break-all text-faint">{path}</p>
        </div>
        <Button onClick={() => setAsking(true)} disabled={gone || busy}><Icon name="restart" />Restart</Button>
        <Button look="quiet" onClick={onClose} aria-label="Close" className="px-2"><Icon name="close" /></Button>
      </header>
      <div className="grid min-h-0 grow content-start gap-5 overflow-y-auto p-4" tabIndex={0} role="group" aria-label="What is known of it">
        {fault === null ? null : <Fault error={fault} onClose={() => setFault(null)} />}
        {error === null ? null : gone ? <Gone fault={error} /> : <Fault error={error} retry={reload} />}
        {data === null ? (error === null ? <Waiting what="the actor" /> : null) : <Known life={oneLife(data, live)} counters={counters} host={host} onChoose={onChoose} />}
      </div>
      {asking ? <RestartConfirm path={path} busy={busy} onConfirm={() => void restart()} onClose={() => setAsking(false)} /> : null}
    </aside>
  );
}

function Known({ life, counters, host, onChoose }: { life: Life; counters: Counters | null; host: string | undefined; onChoose: (path: string) => void }): ReactElement {
  const { kind, state, since, incarnation, restarts: { count, intensity, periodS, total }, lastExit, recent, children } = life;
  const { queued, handled } = freshest(life, counters);
  return (
    <>
      <dl className="grid grid-cols-[7rem_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        <Pair name="Kind">{kind}{host === undefined ? null : <>, of <HostLink id={host} className="text-accent underline" /></>}</Pair>
        <Pair name="State"><StateWord state={state} /></Pair>
        <Pair name="For" title={COLUMN_WORDS.since}><For since={since} /></Pair>
        <Pair name="Incarnation" title={COLUMN_WORDS.incarnation}>{whole(incarnation)}<span className="text-soft">, restarted {timesWords(total)}</span></Pair>
        {intensity === null ? null : <Pair name="Its children" title="At more crashes than that in the time it gives up and ends itself. Restarts by hand do not count.">{counted(count, 'crash', 'crashes')} in {whole(periodS)} s, {whole(intensity)} allowed</Pair>}
        <Pair name="Queued" title={COLUMN_WORDS.queued}>{queued === null ? <span className="text-faint">it has no queue</span> : whole(queued)}</Pair>
        <Pair name="Handled" title={COLUMN_WORDS.handled}>{whole(handled)} {counters === null ? null : <span className="text-faint">as of <At at={timeOfMs(counters.atMs)} /></span>}</Pair>
      </dl>
      {lastExit === null ? <Part title="Last exit"><p className="text-soft">None: this is its first life.</p></Part> : <Exit exit={lastExit} />}
      <Part title="Recent transitions">
        {recent === null ? <p className="text-soft">Asking …</p> : recent.length === 0 ? <p className="text-soft">None yet.</p> : (
          <ol className="grid gap-1">
            {recent.toReversed().map(({ at, from, event, to }, place) => (
              <li key={recent.length - place} className="grid grid-cols-[4.5rem_minmax(0,1fr)] gap-x-3">
                <span className="text-faint"><At at={at} /></span>
                <span className="min-w-0 break-words">{from} → <span className="font-medium">{to}</span> <span className="text-faint" title={event}>{eventWords(event)}</span></span>
              </li>
            ))}
          </ol>
        )}
      </Part>
      {children === null || children.length === 0 ? null : (
        <Part title={`Children (${whole(children.length)})`}>
          <ul className="grid max-h-72 gap-0.5 overflow-y-auto">
            {children.map(({ path, name, state: its }) => (
              <li key={path} className="flex items-center justify-between gap-3"><button type="button" className="truncate text-accent hover:underline" onClick={() => onChoose(path)}>{name}</button><StateWord state={its} /></li>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}

function Gone({ fault: { message, details } }: { fault: ApiFault }): ReactElement {
  const { lastExit = null } = (details ?? {}) as { lastExit?: ActorStatus['lastExit'] };
  return (
    <>
      <p role="status" className="rounded-md border border-held px-3 py-2"><span className="font-medium">{message}</span> <span className="text-soft">{lastExit === null ? 'Choose another in the tree.' : 'It has ended; how, stands below.'}</span></p>
      {lastExit === null ? null : <Exit exit={lastExit} />}
    </>
  );
}

function Exit({ exit }: { exit: NonNullable<ActorStatus['lastExit']> }): ReactElement {
  return (
    <Part title="Last exit">
      <p className={`break-words ${isCrash(exit) ? 'text-bad' : ''}`}><span title={exitTitle(exitWords(exit))}>{exitWords(exit)}</span></p>
      <p className="text-sm text-faint"><Ago at={exit.at} />, at <At at={exit.at} /></p>
      {exit.stack === null ? null : <pre className="mt-2 max-h-72 overflow-auto rounded-md border border-line bg-ground p-2 font-mono text-sm" tabIndex={0}>{exit.stack}</pre>}
    </Part>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return <section aria-label={title}><h3 className="mb-1 font-medium">{title}</h3>{children}</section>;
}

function Pair({ name, title, children }: { name: string; title?: string; children: ReactNode }): ReactElement {
  return <><dt className="text-soft" title={title}>{name}</dt><dd className="min-w-0">{children}</dd></>;
}
