/** From what Node and undici throw to a reason that people can read. */
import type { HostFault, ReasonCode } from '../../model/host/liveness.ts';

/** How far a request had come when it failed. */
export type Stage = 'connect' | 'head' | 'body';

/** `where` is the host's origin, such as http://gpu1:8080. */
export function faultOf(error: unknown, where: string, stage: Stage): HostFault {
  const code = codeOf(error);
  if (code === 'UND_ERR_DESTROYED') return { code: 'stopping', text: 'Drover gave the request up.' };
  const reason = reasonOf(code, stage, where.startsWith('https:'));
  return { code: reason, text: textOf(reason, where, stage, code, error) };
}

type NetworkReason = Extract<ReasonCode, 'refused' | 'unreachable' | 'dns' | 'address_refused' | 'tls' | 'timeout' | 'cut' | 'too_large' | 'protocol'>;

function reasonOf(code: string, stage: Stage, secure: boolean): NetworkReason {
  switch (code) {
    case 'ECONNREFUSED': return 'refused';
    case 'ADDRESS_REFUSED': return 'address_refused';
    case 'EHOSTUNREACH': case 'ENETUNREACH': case 'ENETDOWN': case 'EHOSTDOWN': case 'EADDRNOTAVAIL': case 'EACCES': case 'EPERM': case 'EINVAL': return 'unreachable';
    case 'ENOTFOUND': case 'EAI_AGAIN': case 'ENODATA': case 'ESERVFAIL': return 'dns';
    case 'UND_ERR_CONNECT_TIMEOUT': case 'UND_ERR_HEADERS_TIMEOUT': case 'UND_ERR_BODY_TIMEOUT': return 'timeout';
    case 'ETIMEDOUT': return stage === 'body' ? 'cut' : 'timeout';
    case 'UND_ERR_HEADERS_OVERFLOW': case 'UND_ERR_RES_EXCEEDED_MAX_SIZE': return 'too_large';
    case 'ECONNRESET': case 'EPIPE': case 'UND_ERR_SOCKET': case 'ECONNABORTED': return secure && stage === 'connect' ? 'tls' : 'cut';
    case 'EPROTO': return 'tls';
    default:
      if (code.startsWith('EAI_')) return 'dns';
      if (TLS.test(code)) return 'tls';
      // What is left are answers that are no HTTP (HPE_…) or contradict themselves.
      return 'protocol';
  }
}

const TLS = /^(ERR_TLS_|ERR_SSL_|ERR_OSSL|CERT_|CRL_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED)/;

function textOf(reason: NetworkReason, where: string, stage: Stage, code: string, error: unknown): string {
  switch (reason) {
    case 'refused': return `${where} refuses the connection: nothing listens on that port.`;
    case 'address_refused': return error instanceof Error ? error.message : 'The address is refused.';
    case 'unreachable': return `${where} cannot be reached (${code}).`;
    case 'dns': return `The name in ${where} does not resolve (${code}).`;
    case 'timeout': return `${where} did not ${stage === 'connect' ? 'take the connection' : 'answer'} in time.`;
    case 'too_large': return `${where} answered with more than Drover takes.`;
    case 'tls': return `No trusted TLS connection to ${where} (${code}${TLS_HINTS.get(code) ?? ''}).`;
    case 'cut': return stage === 'body' ? `The connection to ${where} broke (${code}).` : `${where} closed the connection without an answer (${code}).`;
    case 'protocol': return `${where} answers with something that is not the HTTP that was expected (${code}).`;
    default: return reason satisfies never;
  }
}

const TLS_HINTS: ReadonlyMap<string, string> = new Map([
  ['DEPTH_ZERO_SELF_SIGNED_CERT', ': a self-signed certificate; give it as caFile'],
  ['SELF_SIGNED_CERT_IN_CHAIN', ': signed by an unknown authority; give it as caFile'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', ': signed by an unknown authority; give it as caFile'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', ': signed by an unknown authority; give it as caFile'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', ': the certificate is for another host'],
  ['CERT_HAS_EXPIRED', ': the certificate has expired'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', ': is it plain http?'],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', ': is it plain http?'],
  ['EPROTO', ': is it plain http?'],
]);

/** The code of an error, of its cause, or of the first of several attempts. */
function codeOf(error: unknown): string {
  let depth = 0;
  for (let at: unknown = error; at instanceof Error && depth < 5; depth += 1) {
    const { code } = at as NodeJS.ErrnoException;
    if (typeof code === 'string' && code !== '') return code;
    at = at instanceof AggregateError ? at.errors[0] : at.cause;
  }
  return error instanceof Error ? error.name : 'unknown error';
}
