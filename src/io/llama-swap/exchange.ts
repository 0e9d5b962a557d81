/** One GET, from the call to the last byte: bounded in time and size, its failure a fault. */
import type { Dispatcher } from 'undici';
import type { HostFault } from '../../model/host/liveness.ts';
import type { HostAnswer } from '../../model/seams.ts';
import { faultOf } from './faults.ts';
import { flatHeaders } from './headers.ts';

export interface Exchange {
  path: string;
  headers: Record<string, string>;
  signal: AbortSignal;
  /** From the call to the last byte. */
  timeoutMs: number;
  maxBytes: number;
  /** The origin, for people. */
  where: string;
}

export type Exchanged =
  | { kind: 'answered'; answer: HostAnswer }
  /** `answered`: the head had come. */
  | { kind: 'failed'; fault: HostFault; answered: boolean; error: unknown };

export function exchange(dispatcher: Pick<Dispatcher, 'dispatch'>, request: Exchange): Promise<Exchanged> {
  const { signal, where, timeoutMs, maxBytes } = request;
  return new Promise((resolve) => {
    let head: { status: number; headers: Record<string, string> } | null = null;
    let controller: Dispatcher.DispatchController | null = null;
    const chunks: Uint8Array[] = [];
    let size = 0;
    let over = false;
    const finish = (result: Exchanged): void => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(result);
    };
    const giveUp = (fault: HostFault): void => {
      finish({ kind: 'failed', fault, answered: head !== null, error: null });
      controller?.abort(new Error(fault.text));
    };
    const onAbort = (): void => giveUp({ code: 'stopping', text: 'Drover gave the request up.' });
    const timer = setTimeout(() => giveUp({ code: 'timeout', text: `${where} did not answer within ${timeoutMs / 1000} s.` }), timeoutMs);
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    dispatcher.dispatch({ method: 'GET', path: request.path, headers: request.headers, headersTimeout: 0, bodyTimeout: 0 }, {
      onRequestStart(control) {
        controller = control;
        if (over) control.abort(new Error('given up'));
      },
      onResponseStart(_control, status, raw) {
        if (status >= 200) head = { status, headers: flatHeaders(raw) };
      },
      onResponseData(_control, chunk) {
        size += chunk.length;
        if (size > maxBytes) giveUp({ code: 'too_large', text: `${where} answered with more than ${maxBytes} bytes.` });
        else if (!over) chunks.push(chunk);
      },
      onResponseEnd() {
        if (head !== null) finish({ kind: 'answered', answer: { ...head, body: chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size) } });
      },
      onResponseError(_control, error) {
        finish({ kind: 'failed', fault: faultOf(error, where, head !== null ? 'body' : controller !== null ? 'head' : 'connect'), answered: head !== null, error });
      },
    });
  });
}
