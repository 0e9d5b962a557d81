import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSecrets } from '../src/io/secrets.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drover-secrets-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('opens after a restart what was sealed, for the same host alone', async () => {
  const sealed = (await openSecrets(folder)).seal('sk-123 ü', 'gpu1');
  const again = await openSecrets(folder);
  expect(again.open(sealed, 'gpu1')).toEqual({ kind: 'ok', text: 'sk-123 ü' });
  expect(again.open(sealed, 'gpu2').kind).toBe('damaged');
  expect(Buffer.from(sealed).includes('sk-123')).toBe(false);
  expect(again.seal('sk-123 ü', 'gpu1')).not.toEqual(sealed);
});

test('the key file belongs to its owner alone, also when it did not', async () => {
  await openSecrets(folder);
  const path = join(folder, 'secret.key');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await chmod(path, 0o644);
  await openSecrets(folder);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['secret.key']);
});

test('many that start at once have one key', async () => {
  const all = await Promise.all(Array.from({ length: 20 }, () => openSecrets(folder)));
  const sealed = all[0]!.seal('x', 'h');
  expect(all.map((secrets) => secrets.open(sealed, 'h').kind)).toEqual(all.map(() => 'ok'));
});

test('a lost key file: what was sealed is said to be under another key, new texts work', async () => {
  const sealed = (await openSecrets(folder)).seal('x', 'h');
  await rm(join(folder, 'secret.key'));
  const other = await openSecrets(folder);
  expect(other.fault).toBeNull();
  expect(other.open(sealed, 'h')).toMatchObject({ kind: 'wrong_key', reason: expect.stringContaining('secret.key') });
  expect(other.open(other.seal('y', 'h'), 'h')).toEqual({ kind: 'ok', text: 'y' });
});

test('a damaged key file is a fault, no crash, and is left as it is', async () => {
  const sealed = (await openSecrets(folder)).seal('x', 'h');
  await writeFile(join(folder, 'secret.key'), 'short');
  const secrets = await openSecrets(folder);
  expect(secrets.fault).toMatch(/expected 32 bytes, found 5/);
  expect(secrets.open(sealed, 'h').kind).toBe('wrong_key');
  expect(() => secrets.seal('y', 'h')).toThrow(/32 bytes/);
  expect(await readFile(join(folder, 'secret.key'), 'utf8')).toBe('short');
});

test('a changed text is damaged', async () => {
  const secrets = await openSecrets(folder);
  const sealed = Buffer.from(secrets.seal('x', 'h'));
  sealed[sealed.length - 1]! ^= 1;
  expect(secrets.open(sealed, 'h').kind).toBe('damaged');
  expect(secrets.open(new Uint8Array(3), 'h').kind).toBe('damaged');
});

test('derives the same bytes for a purpose after a restart, others for another', async () => {
  const first = (await openSecrets(folder)).derive('session');
  const again = await openSecrets(folder);
  expect(again.derive('session')).toEqual(first);
  expect(first).toHaveLength(32);
  expect(again.derive('other')).not.toEqual(first);
});
