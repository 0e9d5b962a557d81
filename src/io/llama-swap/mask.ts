/** Takes secrets out of what is shown of other people's requests. */

export const MASK = '[masked]';

/** Names of headers whose value is never shown. */
export function isSecretName(name: string): boolean {
  return SECRET_HEADER.test(name);
}

/** Values of obvious key fields in JSON and in queries, bearer tokens, and keys in OpenAI's style. Each pattern is linear. */
export function maskSecrets(text: string): string {
  return text
    .replace(JSON_FIELD, (_all, name: string) => `${name}"${MASK}"`)
    .replace(QUERY_FIELD, (_all, name: string) => `${name}${MASK}`)
    .replace(BEARER, (_all, scheme: string) => `${scheme} ${MASK}`)
    .replace(SK_KEY, MASK);
}

const SECRET_HEADER = /auth|cookie|key|token|secret|password|credential|signature/i;
const FIELD = '(?:x[-_])?api[-_]?key|apikey|authorization|cookie|set-cookie|password|passwd|secret|client[-_]secret|secret[-_]key|private[-_]key|access[-_]?key|access[-_]token|refresh[-_]token|id[-_]token|auth[-_]token';
const JSON_FIELD = new RegExp(`("(?:${FIELD})"\\s{0,20}:\\s{0,20})"(?:[^"\\\\]|\\\\.)*(?:"|$)`, 'gis');
const QUERY_FIELD = new RegExp(`([?&](?:${FIELD}|key|token)=)[^&\\s#"]*`, 'gi');
/** Twelve characters and a digit among them: plain words are no tokens. */
const BEARER = /\b(Bearer)\s{1,4}(?=[a-z_.~+/=-]{0,200}\d)[\w.~+/=-]{12,}/gi;
const SK_KEY = /\bsk-[\w-]{16,}/g;
