/** What Drover knows of a host's being there: the states, and the reasons that people read. */

export const LIVENESS_STATES = ['connecting', 'live', 'stale', 'down', 'quarantined', 'disabled'] as const;
export type LivenessState = (typeof LIVENESS_STATES)[number];

/** Why a host is not live. Codes are part of the API: add, never rename. */
export const REASON_CODES = [
  'refused', // the port refuses the connection
  'unreachable', // no route, network down, host down
  'dns', // the name does not resolve
  'address_refused', // the name resolves to an address that Drover does not connect to
  'tls', // certificate or handshake
  'timeout', // no answer within the limit
  'unauthorized', // 401 or 403: the host wants another key
  'not_found', // 404: something answers there, but it is not llama-swap
  'redirect', // 3xx: redirects are never followed
  'http_error', // any other status that is not 200
  'not_event_stream', // 200, but not text/event-stream (HTML of a proxy or another server)
  'other_host', // an answer from another host than the one that was asked
  'ended', // the host ended the stream
  'cut', // the connection broke
  'unresponsive', // the stream is open, but probes are not answered
  'too_large', // an answer or a frame over its limit
  'protocol', // an answer that is not what its kind should be
  'overrun', // this process could not keep up and closed the stream itself
  'crashed', // the host's supervised tree gave up
  'disabled', // by a person
  'stopping', // Drover is going away
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export interface Reason {
  code: ReasonCode;
  /** One sentence for a person: what was expected, what came. Never a secret. */
  text: string;
}

export interface Liveness {
  state: LivenessState;
  reason: Reason | null;
  since: string;
  /** When the next attempt (or the end of quarantine) is due; null while an attempt is under way. */
  nextTryAt: string | null;
  lastContactAt: string | null;
}

/** What can go wrong between Drover and a host. An outcome, not a crash. */
export type HostFault = Reason;

export class HostError extends Error {
  readonly fault: HostFault;
  constructor(fault: HostFault, options?: ErrorOptions) {
    super(fault.text, options);
    this.name = 'HostError';
    this.fault = fault;
  }
}
