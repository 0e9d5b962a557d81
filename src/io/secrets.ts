/** API keys at rest, under one key file (0600) in the data folder. */
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

export type Opened = { kind: 'ok'; text: string } | { kind: 'wrong_key'; reason: string } | { kind: 'damaged'; reason: string };

export interface Secrets {
  /** What is wrong with the key file, in a sentence with the cure; null: nothing. Then `seal` throws and `open` says wrong_key. */
  readonly fault: string | null;
  /** AES-256-GCM. `context` (the host's id) is authenticated with it: a stored key cannot be moved to another host. */
  seal(text: string, context: string): Uint8Array;
  open(sealed: Uint8Array, context: string): Opened;
  /** 32 bytes for another purpose (sessions), the same after a restart. With a fault: the same for this process alone. */
  derive(purpose: string): Uint8Array;
}

/** The key file is unusable: nothing can be stored under it. The message says what to do. */
export class SecretsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SecretsError';
  }
}

const FILE = 'secret.key';
const KEY_BYTES = 32;
/** A sealed text: version, key id, nonce, tag, ciphertext. The key id tells a lost key from a damaged text. */
const VERSION = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES + TAG_BYTES;

/** Reads `<folder>/secret.key`, or makes it. Never throws for what it finds there. */
export async function openSecrets(folder: string): Promise<Secrets> {
  const path = join(folder, FILE);
  try {
    const key = (await readKey(path)) ?? (await makeKey(folder, path));
    if (key.length !== KEY_BYTES) return secretsWith(randomBytes(KEY_BYTES), `${path}: expected ${KEY_BYTES} bytes, found ${key.length}: bring it back from a backup, or remove it and enter the hosts' API keys again`);
    return secretsWith(key, null);
  } catch (error) {
    return secretsWith(randomBytes(KEY_BYTES), `${path}: ${error instanceof Error ? error.message : String(error)}: make the file readable and its folder writable for Drover's user, then restart`);
  }
}

function secretsWith(key: Uint8Array, fault: string | null): Secrets {
  const keyId = createHash('sha256').update(key).digest().subarray(0, KEY_ID_BYTES);
  return {
    fault,
    seal(text, context) {
      if (fault !== null) throw new SecretsError(fault);
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([Buffer.from([VERSION]), keyId, nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, context) {
      if (fault !== null) return { kind: 'wrong_key', reason: fault };
      const bytes = Buffer.from(sealed);
      if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) return { kind: 'damaged', reason: 'the stored API key is no text sealed by this version of Drover: enter it again' };
      if (!bytes.subarray(1, 1 + KEY_ID_BYTES).equals(keyId)) {
        return { kind: 'wrong_key', reason: `the API key was stored under another ${FILE} than the one in the data folder: bring that file back, or enter the API key again` };
      }
      const nonce = bytes.subarray(1 + KEY_ID_BYTES, 1 + KEY_ID_BYTES + NONCE_BYTES);
      const tag = bytes.subarray(HEAD_BYTES - TAG_BYTES, HEAD_BYTES);
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context)).setAuthTag(tag);
        return { kind: 'ok', text: decipher.update(bytes.subarray(HEAD_BYTES), undefined, 'utf8') + decipher.final('utf8') };
      } catch {
        return { kind: 'damaged', reason: 'the stored API key was changed outside of Drover: enter it again' };
      }
    },
    derive: (purpose) => new Uint8Array(hkdfSync('sha256', key, 'drover', purpose, 32)),
  };
}

/** null: there is none. Rights beyond its owner's are taken away. */
async function readKey(path: string): Promise<Buffer | null> {
  try {
    const key = await readFile(path);
    if (((await stat(path)).mode & 0o077) !== 0) await chmod(path, 0o600);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whole or not at all, and never over another's: written beside it, then linked to the name. Who comes second takes the first one's. */
async function makeKey(folder: string, path: string): Promise<Buffer> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const key = randomBytes(KEY_BYTES);
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(key);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return await readFile(path);
  } finally {
    await unlink(draft);
  }
}
