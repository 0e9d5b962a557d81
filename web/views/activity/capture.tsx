/** What was asked and answered, as the host kept it: fetched from the host's memory when somebody looks. */
import { useMemo, useState, type ReactElement } from 'react';
import type { ActivityRow } from '../../../src/model/records/activity.ts';
import { hostApi } from '../../format/addresses.ts';
import { ApiFault, withQuery } from '../../state/api.ts';
import { useNames } from '../../state/names.ts';
import { useQuery } from '../../state/use-query.ts';
import { bytes, counted } from '../../format/figures.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Segments } from '../../ui/field.tsx';
import { Fault } from '../../ui/notes.tsx';
import { prettyJson, readStream, type Answer, type StreamedAnswer } from './answer-text.ts';

/** Drover hands on no more of a body. */
const CUT_BYTES = 1_048_576;

interface Body { text: string; bytes: number; cut: boolean }
interface Capture { reqPath: string; reqHeaders: Record<string, string>; reqBody: Body | null; respHeaders: Record<string, string>; respBody: Body | null }

export function CaptureOf({ row: { hostId, bootEpoch, upstreamId, hasCapture } }: { row: ActivityRow }): ReactElement {
  const asked = bootEpoch !== null && hasCapture !== false;
  const { data, error, loading, reload } = useQuery<Capture>(asked ? withQuery(`${hostApi(hostId)}/captures/${upstreamId}`, { boot: bootEpoch }) : null);
  return (
    <section className="grid gap-3" aria-label="Capture" aria-busy={loading}>
      <h3 className="font-medium">Capture</h3>
      {hasCapture === false ? <p className="text-soft">The host kept no capture of this request.</p>
        : bootEpoch === null ? <p className="text-soft">It can be read as soon as it is known to which boot of the host this request belongs.</p>
        : error !== null ? <NoCapture error={error} hostId={hostId} retry={reload} />
        : data === null ? <p role="status" className="text-soft">Asking the host …</p>
        : <><Part title="Request" headers={data.reqHeaders} body={data.reqBody} none="No body." /><Part title="Response" headers={data.respHeaders} body={data.respBody} none="No body: the request failed." /></>}
    </section>
  );
}

function NoCapture({ error, hostId, retry }: { error: unknown; hostId: string; retry: () => void }): ReactElement {
  const names = useNames();
  const code = error instanceof ApiFault ? error.code : null;
  if (code === 'capture_gone') return <p className="text-soft">The host no longer holds it: captures live in the host's memory, make room for newer ones, and end when it restarts.</p>;
  if (code === 'no_such_host') return <p className="text-soft"><span title={hostId}>{names.host(hostId)}</span> is no longer one of the fleet, so nobody can be asked for it.</p>;
  if (code === 'host_unavailable') return <p className="flex flex-wrap items-center gap-2 text-soft"><span className="min-w-0 grow basis-48">The host cannot be asked now: {(error as ApiFault).message}</span><Button onClick={retry}>Try again</Button></p>;
  return <Fault error={error} retry={retry} />;
}

function Part({ title, headers, body, none }: { title: string; headers: Record<string, string>; body: Body | null; none: string }): ReactElement {
  const streamed = useMemo(() => (body === null ? null : readStream(body.text)), [body]);
  const pretty = useMemo(() => (body === null || streamed !== null ? null : prettyJson(body.text)), [body, streamed]);
  const [way, choose] = useState<'read' | 'raw'>('read');
  const names = Object.keys(headers);
  const readable = streamed !== null || pretty !== null;
  return (
    <section className="grid gap-2" aria-label={title}>
      <div className="flex flex-wrap items-center gap-2">
        <h4 className="grow font-medium">{title} <span className="font-normal text-faint">{body === null ? '' : bytes(body.bytes)}</span></h4>
        {readable ? <Segments label={`${title} shown`} value={way} onChange={choose} options={[{ value: 'read', label: streamed === null ? 'JSON' : 'Text' }, { value: 'raw', label: 'Raw' }]} /> : null}
        {body === null ? null : <CopyButton what={`the ${title.toLowerCase()}'s body`} text={() => (way === 'raw' ? body.text : streamed === null ? pretty ?? body.text : plainText(streamed))} />}
      </div>
      {names.length === 0 ? null : (
        <details>
          <summary className="text-sm text-soft">{counted(names.length, 'header')}</summary>
          <dl className="mt-1 grid gap-0.5 font-mono text-sm">{names.map((name) => <div key={name} className="break-all"><dt className="inline text-soft">{name}: </dt><dd className="inline">{headers[name]}</dd></div>)}</dl>
        </details>
      )}
      {body === null ? <p className="text-soft">{none}</p> : (
        <>
          {body.cut ? <p className="text-sm text-warn">Cut after {bytes(CUT_BYTES)} of {bytes(body.bytes)}: what follows is not here.</p> : null}
          {body.bytes === 0 ? <p className="text-soft">Empty.</p> : way === 'read' && streamed !== null ? <Streamed answer={streamed} cut={body.cut} /> : <Text label={`${title} body`} text={way === 'read' ? pretty ?? body.text : body.text} />}
        </>
      )}
    </section>
  );
}

function Streamed({ answer: { answers, loading, complete, strange }, cut }: { answer: StreamedAnswer; cut: boolean }): ReactElement {
  return (
    <div className="grid gap-2" data-streamed>
      {loading === '' ? null : <Text label="Said by llama-swap while the model loaded" text={loading} titled />}
      {answers.map((one) => <Said key={one.index} answer={one} many={answers.length > 1} />)}
      {answers.length === 0 && loading === '' ? <p className="text-soft">The stream says nothing.</p> : null}
      {complete || cut ? null : <p className="text-sm text-warn">The stream ended without its mark of an end: it was cut off.</p>}
      {strange === 0 ? null : <p className="text-sm text-faint">{counted(strange, 'event')} not understood: see the raw text.</p>}
    </div>
  );
}

function Said({ answer: { index, reasoning, text, toolCalls, finish }, many }: { answer: Answer; many: boolean }): ReactElement {
  return (
    <>
      {many ? <p className="font-medium">Choice {index + 1}</p> : null}
      {reasoning === '' ? null : <details><summary className="text-sm text-soft">Reasoning</summary><Text label="Reasoning" text={reasoning} /></details>}
      {text === '' ? null : <Text label="Message" text={text} plain />}
      {toolCalls.map((call, at) => <Text key={`${at} ${call.id ?? ''}`} label={`Tool call ${call.name}`} titled text={prettyJson(call.arguments) ?? call.arguments} />)}
      {finish === null ? null : <p className="text-sm text-faint">finished: {finish}</p>}
    </>
  );
}

function Text({ label, text, titled = false, plain = false }: { label: string; text: string; titled?: boolean; plain?: boolean }): ReactElement {
  return (
    <div className="grid min-w-0 gap-1">
      {titled ? <p className="text-sm text-soft">{label}</p> : null}
      <pre tabIndex={0} aria-label={label} className={`max-h-96 overflow-auto rounded-md border border-line bg-ground p-2 break-words whitespace-pre-wrap ${plain ? 'font-sans' : 'font-mono text-sm'}`}>{text}</pre>
    </div>
  );
}

function plainText({ answers }: StreamedAnswer): string {
  return answers.map(({ text, toolCalls }) => [text, ...toolCalls.map((call) => `${call.name}(${call.arguments})`)].filter((one) => one !== '').join('\n')).join('\n\n');
}
