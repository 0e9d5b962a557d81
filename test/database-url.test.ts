import { expect, test } from 'vitest';
import { parseDatabaseUrl } from '../src/io/postgres/url.ts';

const parse = (value: string | null | undefined) => parseDatabaseUrl(value, 'data', '/home/me');

test.each([
  [undefined, '/home/me/data/pg'],
  [null, '/home/me/data/pg'],
  ['', '/home/me/data/pg'],
  ['/var/db', '/var/db'],
  ['./db', '/home/me/db'],
  ['../db', '/home/db'],
  ['file:/var/db', '/var/db'],
  ['file:///var/my%20db', '/var/my db'],
  ['file:db', '/home/me/db'],
  ['file:./db', '/home/me/db'],
])('%s: embedded in %s', (value, folder) => {
  expect(parse(value)).toEqual({ kind: 'embedded', folder });
});

test.each(['postgres://u:p@h/d', 'postgresql://h:5433/d?sslmode=require', 'POSTGRES://h/d', ' postgres://h/d '])('%s: an external server', (value) => {
  expect(parse(value)).toEqual({ kind: 'external', url: value.trim() });
});

test.each(['mysql://h/d', 'db', '~/db', 'h:5432/d', 'file:', 'file://other/var/db', 'postgres://u:se#cret/x@h:port/d', 'postgres:/h/d'])('%s: an error that names the forms and no secret', (value) => {
  expect(() => parse(value)).toThrow(/expected postgres:\/\/… or postgresql:\/\/….*file:….*\/, \.\/ or \.\.\/.*or nothing/);
  expect(() => parse(value)).toThrow(expect.objectContaining({ message: expect.not.stringMatching(/se#cret|5432/) }));
});
