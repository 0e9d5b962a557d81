import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { checkBaseUrl, guardedLookup, isRefusedAddress } from '../src/io/llama-swap/address-guard.ts';

const REFUSED = ['169.254.0.0', '169.254.169.254', '169.254.255.255', '100.100.100.200', 'fe80::1', 'fe80::1%eth0', 'febf:ffff::1', 'fd00:ec2::254', 'fd00:0ec2:0000::0254',
  '::ffff:169.254.169.254', '::ffff:a9fe:a9fe', '::169.254.169.254', '::ffff:0:169.254.169.254', '64:ff9b::169.254.169.254', '64:ff9b::a9fe:a9fe', '64:ff9b:1::a9fe:a9fe', '64:ff9b::6464:64c8', '2002:a9fe:a9fe::1', '[fe80::1]'];
const TAKEN = ['127.0.0.1', '10.0.0.1', '192.168.1.5', '169.253.255.255', '169.255.0.0', '100.100.100.201', '::1', 'fec0::1', 'fe7f::1', 'fd00:ec2::253', 'fd12::254', '::ffff:10.0.0.1', '64:ff9b::8.8.8.8', '2001:db8::a9fe:a9fe', 'gpu1', 'localhost'];

describe('isRefusedAddress', () => {
  it.each(REFUSED)('%s', (address) => expect(isRefusedAddress(address)).toBe(true));
  it.each(TAKEN)('not %s', (address) => expect(isRefusedAddress(address)).toBe(false));
});

describe('checkBaseUrl', () => {
  it.each([
    ['http://gpu1:8080', 'http://gpu1:8080'],
    ['HTTP://GPU1:8080/', 'http://gpu1:8080'],
    ['https://lab.example/swap//', 'https://lab.example/swap'],
    [' http://[::1]:9292 ', 'http://[::1]:9292'],
    ['http://0x7f.1:80', 'http://127.0.0.1'],
  ])('%s is taken', (text, url) => expect(checkBaseUrl(text)).toEqual({ kind: 'ok', url }));

  it.each(['http://169.254.169.254/', 'http://2852039166/', 'http://0xA9FEA9FE', 'http://0251.0376.0251.0376', 'http://0xa9.254.0251.254:80/x', 'http://169.254.43518', 'http://169.254.169.254.', 'https://[fe80::1]', 'http://[::ffff:169.254.169.254]',
    'http://[64:ff9b::a9fe:a9fe]:8080', 'http://[fd00:ec2::254]', 'http://1684301000', 'http://100.100.100.200', 'http://１６９.254.169.254'])('%s is refused', (text) => expect(checkBaseUrl(text).kind).toBe('address_refused'));

  it.each(['', 'gpu1:8080', 'gpu1', 'ftp://gpu1', 'file:///etc/passwd', 'http://', 'http://user@gpu1', 'http://user:secret@gpu1', 'http://:secret@gpu1', 'http://@gpu1', 'http:\\\\user@gpu1', 'http://gpu1/?key=secret', 'http://gpu1/#x', 'http://gpu1:99999', 'javascript:alert(1)', 'http://[fe80::1%25eth0]'])('%j is bad, and the text does not repeat it', (text) => {
    const answer = checkBaseUrl(text);
    expect(answer.kind).toBe('bad');
    expect(JSON.stringify(answer)).not.toContain('secret');
  });
});

describe('guardedLookup', () => {
  const names: Record<string, string[]> = { good: ['10.0.0.1', '::1'], meta: ['169.254.169.254'], mixed: ['10.0.0.1', '::ffff:169.254.169.254'], empty: [] };
  const resolve: LookupFunction = (name, _options, callback) => callback(null, names[name]!.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
  const ask = (name: string, all: boolean): Promise<unknown> => new Promise((done) => guardedLookup(resolve)(name, { all }, (error, address, family) => done(error?.code ?? [address, family])));

  it('hands on what it judged, in the form that was asked for', async () => {
    expect(await ask('good', false)).toEqual(['10.0.0.1', 4]);
    expect(await ask('good', true)).toEqual([[{ address: '10.0.0.1', family: 4 }, { address: '::1', family: 6 }], undefined]);
  });

  it('refuses a name with any refused address, and one with none', async () => {
    expect(await ask('meta', false)).toBe('ADDRESS_REFUSED');
    expect(await ask('mixed', true)).toBe('ADDRESS_REFUSED');
    expect(await ask('empty', true)).toBe('ENOTFOUND');
  });
});
