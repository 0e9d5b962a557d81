/** API keys at rest, under one key file (0600) in the data folder. */

export type Opened = { kind: 'ok'; text: string } | { kind: 'wrong_key'; reason: string } | { kind: 'damaged'; reason: string };

export interface Secrets {
  /** What is wrong with the key file, in a sentence with the cure; null: nothing. Then `seal` throws and `open` says wrong_key. */
  readonly fault: string | null;
  /** AES-256-GCM. `context` (the host's id) is authenticated with it: a stored key cannot be moved to another host. */
  seal(text: string, context: string): Uint8Array;
  open(sealed: Uint8Array, context: string): Opened;
  /** 32 bytes for another purpose (sessions), the same after a restart. */
  derive(purpose: string): Uint8Array;
}

/** Reads `<folder>/secret.key`, or makes it. Never throws for what it finds there. */
export function openSecrets(_folder: string): Promise<Secrets> {
  throw new Error('not written yet');
}
