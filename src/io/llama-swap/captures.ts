/** One request and its answer as llama-swap kept them, fit to be shown: secrets masked, bodies as text, cut at 1 MiB. */
import type { HostFault } from '../../model/liveness.ts';
import type { HostPort } from '../../model/seams.ts';

export interface CaptureBody {
  text: string;
  /** Bytes before the cut. */
  bytes: number;
  cut: boolean;
}

export interface Capture {
  upstreamId: number;
  reqPath: string;
  reqHeaders: Record<string, string>;
  reqBody: CaptureBody | null;
  respHeaders: Record<string, string>;
  /** null: the request failed. */
  respBody: CaptureBody | null;
}

/** `gone`: evicted, never kept, or the host is too old for captures. */
export type CaptureAnswer = { kind: 'capture'; capture: Capture } | { kind: 'gone' } | { kind: 'fault'; fault: HostFault };

/** Never rejects but for an aborted signal's fault. */
export function fetchCapture(_port: HostPort, _upstreamId: number, _signal: AbortSignal): Promise<CaptureAnswer> { throw new Error('to come'); }
