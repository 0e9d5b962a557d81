/**
 * The seams hold themselves: each rule of the lint is proved by a violation planted in a copy, and what the lint can't see is looked
 * for here, in the same way.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROOT } from './support/compile-source.ts';

const LAYERS = ['model', 'io', 'actors', 'supervisors', 'http', 'main', 'cli'] as const;
type Layer = (typeof LAYERS)[number] | 'demo';
const ALL: readonly Layer[] = [...LAYERS, 'demo'];

/** model ← io ← actors ← supervisors ← http ← main ← cli; demo imports model and io, and cli alone imports demo. */
function mayImport(from: Layer, to: Layer): boolean {
  if (from === to) return true;
  if (from === 'demo') return to === 'model' || to === 'io';
  if (to === 'demo') return from === 'cli';
  return LAYERS.indexOf(to) < LAYERS.indexOf(from);
}

/** Of a path such as src/io/x.ts. */
const layerOf = (path: string): Layer => (path === 'src/main.ts' ? 'main' : path.split('/')[1]) as Layer;
const fileOf = (layer: Layer, name: string): string => (layer === 'main' ? 'src/main.ts' : `src/${layer}/${name}.ts`);
const between = (from: Layer, to: Layer): string => posix.relative(dirname(fileOf(from, 'x')), fileOf(to, 'target')).replace(/^(?!\.)/, './');

/** What imports that the lint does not see (`import()`) lead where they must not. */
function forbiddenImports(path: string, source: string): string[] {
  return [...source.matchAll(/\bimport\(\s*(['"`])(\.[^'"`]+)\1/g)].map(([, , target]) => posix.join(dirname(path), target!))
    .filter((target) => target.startsWith('src/') && !mayImport(layerOf(path), layerOf(target)));
}
/** `new Date()` without an argument reads the clock; the lint has no rule for it. */
const readsClock = (source: string): boolean => /\bnew Date(?:\(\s*\)|(?![\w(<]))/.test(source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, ''));

interface Plant { file: string; rule: string; source: string }

const SEAMLESS: readonly Layer[] = ['model', 'actors', 'supervisors', 'http', 'demo'];
const CLOCKS = ['setTimeout(() => undefined, 1)', 'setInterval(() => undefined, 1)', 'setImmediate(() => undefined)'];
const PROPERTIES = ['Date.now()', 'performance.now()', 'Math.random()', 'crypto.randomUUID()', 'AbortSignal.timeout(1)'];
const IMPORTS = ["{ setTimeout } from 'node:timers'", "{ setTimeout } from 'node:timers/promises'", ...['randomUUID', 'randomBytes', 'randomInt'].map((name) => `{ ${name} } from 'node:crypto'`)];
const nameOf = (text: string): string => text.replace(/\W+/g, '-').replace(/^-|-$/g, '');
const imported = (what: string): string => /\w+/.exec(what)![0];

const PLANTS: Plant[] = [
  ...ALL.flatMap((from) => ALL.filter((to) => !mayImport(from, to) && from !== 'main').map((to): Plant => (
    { file: `src/${from}/imports-${to}.ts`, rule: 'no-restricted-imports', source: `import { value } from '${between(from, to)}';\nexport const doubled = value * 2;\n` }))),
  { file: 'src/main.ts', rule: 'no-restricted-imports', source: "import { value } from './cli/target.ts';\nimport { value as other } from './demo/target.ts';\nexport const doubled = value + other;\n" },
  ...ALL.filter((from) => from !== 'main').flatMap((from) => ALL.filter((to) => !mayImport(from, to)).slice(0, 1).map((to): Plant => (
    { file: `src/${from}/types-of-${to}.ts`, rule: 'no-restricted-imports', source: `import type { Shape } from '${between(from, to)}';\nexport const shape: Shape = { a: 1 };\n` }))),
  { file: 'src/model/reads-files.ts', rule: 'no-restricted-imports', source: "import { readFileSync } from 'node:fs';\nexport const text = readFileSync('x', 'utf8');\n" },
  ...SEAMLESS.flatMap((layer) => [
    ...CLOCKS.map((call): Plant => ({ file: `src/${layer}/calls-${nameOf(call)}.ts`, rule: 'no-restricted-globals', source: `export const timer = ${call};\n` })),
    ...PROPERTIES.map((call): Plant => ({ file: `src/${layer}/calls-${nameOf(call)}.ts`, rule: 'no-restricted-properties', source: `export const value = ${call};\n` })),
    ...IMPORTS.map((what): Plant => ({ file: `src/${layer}/imports-${nameOf(what)}.ts`, rule: 'no-restricted-imports', source: `import ${what};\nexport const borrowed = ${imported(what)};\n` })),
  ]),
  { file: 'src/io/floats.ts', rule: 'typescript/no-floating-promises', source: 'export function go(work: () => Promise<void>): void {\n  work();\n}\n' },
  { file: 'src/io/misuses.ts', rule: 'typescript/no-misused-promises', source: 'export function go(work: () => Promise<boolean>): number {\n  return work() ? 1 : 2;\n}\n' },
  { file: 'src/io/awaits.ts', rule: 'typescript/await-thenable', source: 'export async function go(value: number): Promise<number> {\n  return (await value) + 1;\n}\n' },
  { file: 'src/io/switches.ts', rule: 'typescript/switch-exhaustiveness-check', source: "export function go(kind: 'a' | 'b'): number {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n" },
  { file: 'src/io/anything.ts', rule: 'typescript/no-explicit-any', source: 'export const value: any = 1;\n' },
  { file: 'src/io/ring.ts', rule: 'import/no-cycle', source: "import { b } from './ring-back.ts';\nexport const a = (): number => b() + 1;\n" },
  { file: 'src/io/ring-back.ts', rule: 'import/no-cycle', source: "import { a } from './ring.ts';\nexport const b = (): number => a() + 1;\n" },
  { file: 'src/io/bare.ts', rule: 'unicorn/prefer-node-protocol', source: "import { readFileSync } from 'fs';\nexport const text = readFileSync('x', 'utf8');\n" },
  { file: 'src/io/equals.ts', rule: 'eqeqeq', source: 'export const same = (a: number, b: number): boolean => a == b;\n' },
  { file: 'src/io/lets.ts', rule: 'prefer-const', source: 'let value = 1;\nexport const doubled = value * 2;\n' },
  ...(['io', 'actors', 'supervisors', 'http', 'demo', 'cli'] as const).map((layer): Plant => (
    { file: `web/state/imports-${layer}.ts`, rule: 'no-restricted-imports', source: `import { value } from '../../src/${layer}/target.ts';\nexport const doubled = value * 2;\n` })),
  { file: 'web/ui/hooks.tsx', rule: 'react/rules-of-hooks', source: "import { useState } from 'react';\nexport function Thing({ on }: { on: boolean }): number {\n  if (on) useState(1);\n  return 1;\n}\n" },
  { file: 'web/ui/deps.tsx', rule: 'react/exhaustive-deps', source: "import { useEffect } from 'react';\nexport function useThing(what: (n: number) => void, n: number): void {\n  useEffect(() => {\n    what(n);\n  }, []);\n}\n" },
  { file: 'web/ui/danger.tsx', rule: 'react/no-danger', source: "export const html = (text: string): unknown => <p dangerouslySetInnerHTML={{ __html: text }} />;\n" },
];

/** Files that are as they should be: the lint says nothing of them. */
const SOUND: Omit<Plant, 'rule'>[] = [
  ...ALL.filter((layer) => layer !== 'main').map((layer) => ({ file: fileOf(layer, 'target'), source: 'export const value = 1;\nexport interface Shape { a: number }\n' })),
  { file: 'web/state/imports-model.ts', source: "import { value } from '../../src/model/target.ts';\nexport const doubled = value * 2;\n" },
  ...ALL.flatMap((from) => ALL.filter((to) => from !== to && from !== 'main' && to !== 'main' && mayImport(from, to)).map((to) => (
    { file: `src/${from}/may-import-${to}.ts`, source: `import { value } from '${between(from, to)}';\nexport const doubled = value * 2;\n` }))),
  { file: 'src/io/clock.ts', source: "import { randomBytes } from 'node:crypto';\nexport const now = (): number => Date.now() + performance.now() + Math.random() + randomBytes(1).length;\nexport const later = (run: () => void): unknown => setTimeout(run, 1);\n" },
];

interface Rules { rules?: Record<string, unknown> }
const config = JSON.parse(readFileSync(join(ROOT, '.oxlintrc.json'), 'utf8')) as Rules & { overrides: Rules[] };

/** Every text file of the project that is in its repository. */
function* projectFiles(folder = ''): Generator<string> {
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    if (['node_modules', 'dist', '.cache', '.git', '.drover', 'coverage', 'web/dist', 'test/fixtures', 'package-lock.json'].includes(path) || path.endsWith('.log')) continue;
    if (entry.isDirectory()) yield* projectFiles(path);
    else if (entry.isFile()) yield path;
  }
}
/** Text: in the bytes of a picture any word may stand. */
const files = [...projectFiles()].filter((path) => !path.endsWith('.png')).map((path) => ({ path, source: readFileSync(join(ROOT, path), 'utf8') }));
const sources = files.filter(({ path }) => /^src\/.*\.ts$/.test(path));

describe('the lint', () => {
  let folder = '';
  let found: { file: string; rule: string }[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'drover-lint-'));
    for (const file of ['.oxlintrc.json', 'tsconfig.json', 'package.json']) cpSync(join(ROOT, file), join(folder, file));
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    for (const { file, source } of [...PLANTS, ...SOUND]) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), source);
    }
    let output: string;
    try {
      output = execFileSync(join(folder, 'node_modules', '.bin', 'oxlint'), ['--type-aware', '--deny-warnings', '-f', 'json'], { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    } catch (error) {
      output = (error as { stdout: string }).stdout;
    }
    const { diagnostics } = JSON.parse(output) as { diagnostics: { code?: string; filename: string }[] };
    found = diagnostics.map(({ code = '', filename }) => ({ file: posix.normalize(filename), rule: code }));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** `eslint(no-restricted-imports)`, `typescript-eslint(no-floating-promises)` */
  const isOf = (code: string, rule: string): boolean => code.endsWith(`(${rule.split('/').at(-1)})`);

  test.each(PLANTS)('$rule sees $file', ({ file, rule }) => {
    expect(found.filter((one) => one.file === file && isOf(one.rule, rule))).not.toEqual([]);
  });

  test('sees both that main must not import', () => {
    expect(found.filter((one) => one.file === 'src/main.ts')).toHaveLength(2);
  });

  test('says nothing of what is allowed', () => {
    expect(found.filter(({ file }) => SOUND.some((sound) => sound.file === file))).toEqual([]);
  });

  test('has no rule that is not proved here', () => {
    const rules = [config, ...config.overrides].flatMap(({ rules: some = {} }) => Object.entries(some).filter(([, setting]) => setting !== 'off').map(([rule]) => rule));
    expect([...new Set(rules)].filter((rule) => !PLANTS.some((plant) => plant.rule === rule))).toEqual([]);
  });
});

describe('what the lint does not see', () => {
  test('import() leads only where imports may lead', () => {
    expect(forbiddenImports('src/io/a.ts', "await import('../demo/b.ts'); await import('../model/c.ts'); import(\n  \"../main.ts\")")).toEqual(['src/demo/b.ts', 'src/main.ts']);
    expect(sources.flatMap(({ path, source }) => forbiddenImports(path, source))).toEqual([]);
  });

  test('new Date() is nowhere but where the clock is', () => {
    for (const bad of ['new Date()', 'new Date( )', 'new Date;', 'x(new Date)']) expect(readsClock(bad), bad).toBe(true);
    for (const good of ['new Date(ms)', 'new DateTime()', '// new Date()', 'new Date(\n  ms,\n)']) expect(readsClock(good), good).toBe(false);
    expect(sources.filter(({ path, source }) => !['io', 'main', 'cli'].includes(layerOf(path)) && readsClock(source)).map(({ path }) => path)).toEqual([]);
  });

  test('every file of the sources belongs to a layer', () => {
    expect(sources.map(({ path }) => layerOf(path)).filter((layer) => !ALL.includes(layer))).toEqual([]);
    expect(sources.length).toBeGreaterThan(100);
  });

  test('no switched-off rule, no unfinished work, no path of somebody\'s machine', () => {
    // Put together, or this file would find itself.
    const marks: [string, RegExp][] = [
      ['unfinished work', new RegExp(`\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'].join('|')})\\b`)],
      ['a rule that is switched off', new RegExp(`${'@ts-' + '(?:ignore|nocheck|expect-error)'}|(?:es|ox)lint-${'disable'}`)],
      ['a path of a machine', new RegExp(`(?:^|[\\s'"\`(=:])/(?:${['work', 'root', 'Users', 'mnt'].join('|')})/|${'/home/' + '(?!me/|ann/)'}[a-z]+/|[A-Z]:\\\\\\\\Users`)],
    ];
    const bad: Record<string, string> = { 'unfinished work': `// ${'TO' + 'DO'}: later`, 'a rule that is switched off': `// ${'@ts-' + 'ignore'}`, 'a path of a machine': `cd ${'/ro' + 'ot'}/drover` };
    for (const [name, pattern] of marks) {
      expect(pattern.test(bad[name]!), name).toBe(true);
      expect(files.filter(({ source }) => pattern.test(source)).map(({ path }) => `${path}: ${name}`)).toEqual([]);
    }
  });
});
