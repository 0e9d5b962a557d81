/** What the first view needs to be loaded stays small: the page, its scripts without those that a later click loads, styles, the font. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { builtProgram } from '../support/office.ts';

const BUDGET = 150_000;
const root = fileURLToPath(new URL('../../', import.meta.url));
const dist = `${root}web/dist`;

/** The files that `index.html` names, what they import at once, the fonts that the styles name for Latin. */
function firstLoad(): string[] {
  const found = new Set(['/index.html']);
  for (const name of found) {
    if (!/\.(?:html|js|css)$/.test(name)) continue;
    const text = readFileSync(`${dist}${name}`, 'utf8');
    const named = name.endsWith('.html') ? text.matchAll(/(?:src|href)="(\/[^"]+\.\w+)"/g)
      : name.endsWith('.css') ? text.matchAll(/url\(["']?(\/assets\/[^"')]*-latin-wght[^"')]*)/g)
        : text.matchAll(/(?:^|[;}\s])(?:import|export)(?:[\w$*{},\s]*?from)?\s*["']\.(\/[\w.-]+\.js)["']/g);
    for (const [, path = ''] of named) found.add(name.endsWith('.js') ? `/assets${path}` : path);
  }
  return [...found];
}

const packed = (name: string): number => (name.endsWith('.woff2') ? readFileSync(`${dist}${name}`) : gzipSync(readFileSync(`${dist}${name}`))).length;

test('the first load is under 150 kB in gzip', async () => {
  await builtProgram();
  const files = firstLoad();
  for (const kind of ['html', 'js', 'css', 'woff2', 'svg']) expect(files.filter((name) => name.endsWith(`.${kind}`)).length, `files of the kind ${kind} in ${files.join(' ')}`).toBeGreaterThan(0);
  // The others are loaded when they are called for.
  expect(files.length).toBeLessThan(readdirSync(`${dist}/assets`).filter((name) => !name.endsWith('.gz')).length);
  const sizes = Object.fromEntries(files.map((name) => [name, packed(name)]));
  expect(Object.values(sizes).reduce((sum, bytes) => sum + bytes, 0), JSON.stringify(sizes)).toBeLessThan(BUDGET);
});
