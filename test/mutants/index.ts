/**
 * `npm run mutants [-- --law N] [-- --only NAME] [-- --jobs K]`: plants each fault of `faults.ts` in a copy of the sources and runs the
 * tests that must see it. Exit status 1 when one survives, does not apply, or breaks the copy instead of a law.
 */
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FAULTS, type Fault, type Watch } from './faults.ts';
import { plant } from './plant.ts';

type Verdict =
  | { kind: 'killed'; by: string }
  | { kind: 'survived' }
  /** Neither: it did not apply or compile, or something else than a test failed. */
  | { kind: 'broken'; why: string };

const { values } = parseArgs({ options: { law: { type: 'string' }, only: { type: 'string' }, jobs: { type: 'string', default: String(Math.min(2, availableParallelism())) } } });
const root = process.cwd();
/** A run of some tests that takes longer hangs. */
const LIMIT_MS = 300_000;
const LEFT_OUT = new Set(['node_modules', 'dist', '.cache', '.git', '.drover']);

const faults = FAULTS.filter(({ law, name }) => (values.law === undefined || law === Number(values.law)) && (values.only === undefined || name === values.only));
const scratch = mkdtempSync(join(tmpdir(), 'drover-mutants-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
process.exitCode = await main();

async function main(): Promise<number> {
  if (faults.length === 0) {
    console.error('mutants: no such fault; test/mutants/faults.ts has them all');
    return 1;
  }
  const copies = Array.from({ length: Math.min(Number(values.jobs), faults.length) }, (_, index) => copySources(join(scratch, String(index))));
  const began = performance.now();
  const sound = await withoutFault(copies[0]!);
  if (sound !== null) {
    console.error(`mutants: without a fault the tests must pass: ${sound}`);
    return 1;
  }
  const rest = [...faults];
  const counts = { killed: 0, survived: 0, broken: 0 };
  await Promise.all(copies.map(async (copy) => {
    for (let fault = rest.shift(); fault !== undefined; fault = rest.shift()) {
      const verdict = await tryFault(copy, fault);
      counts[verdict.kind] += 1;
      console.log(`law ${fault.law}  ${fault.name}: ${sentence(verdict)}`);
    }
  }));
  console.log(`${Math.round((performance.now() - began) / 1000)} s${counts.broken > 0 ? `, ${counts.broken} broken` : ''}`);
  console.log(`${counts.killed} killed, ${counts.survived} survived`);
  return counts.survived + counts.broken === 0 ? 0 : 1;
}

function sentence(verdict: Verdict): string {
  switch (verdict.kind) {
    case 'killed': return `killed by ${verdict.by}`;
    case 'survived': return 'SURVIVED';
    case 'broken': return `BROKEN: ${verdict.why}`;
    default: return verdict satisfies never;
  }
}

/** Its dependencies are the project's own. */
function copySources(folder: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(root)) if (!LEFT_OUT.has(name)) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** null, or what is wrong. */
async function withoutFault(copy: string): Promise<string | null> {
  const compiled = await compile(copy);
  if (compiled !== null) return compiled;
  const watches = faults.flatMap(({ tests }) => tests);
  const whole = [...new Set(watches.filter(({ only }) => only === undefined).map(({ file }) => file))];
  const parts = watches.filter(({ file, only }) => only !== undefined && !whole.includes(file));
  const runs: Watch[][] = [whole.map((file) => ({ file })), parts];
  for (const tests of runs) {
    if (tests.length === 0) continue;
    const verdict = await runTests(copy, tests, 0);
    if (verdict.kind === 'killed') return verdict.by;
    if (verdict.kind === 'broken') return verdict.why;
  }
  return null;
}

async function tryFault(copy: string, fault: Fault): Promise<Verdict> {
  const path = join(copy, fault.file);
  const source = readFileSync(path, 'utf8');
  const planted = plant(source, fault);
  if (planted.kind === 'unfit') return { kind: 'broken', why: planted.why };
  writeFileSync(path, planted.source);
  try {
    const wrong = await compile(copy);
    return wrong === null ? await runTests(copy, fault.tests, 1) : { kind: 'broken', why: wrong };
  } finally {
    writeFileSync(path, source);
  }
}

/** `dist/`, and the cockpit as it was built, for the tests of the real program. Unchecked: a fault may leave a variable unused. */
async function compile(copy: string): Promise<string | null> {
  rmSync(join(copy, 'dist'), { recursive: true, force: true });
  const { status, output } = await run(copy, [join('node_modules', 'typescript', 'bin', 'tsc'), '-p', 'tsconfig.build.json', '--noCheck', '--sourceMap', 'false']);
  if (status !== 0) return `it does not compile: ${output.trim().slice(0, 500)}`;
  cpSync(join(root, 'web', 'dist'), join(copy, 'web', 'dist'), { recursive: true });
  return null;
}

interface Report { numPassedTests: number; testResults: { name: string; message: string; assertionResults: { status: string; fullName: string }[] }[] }

/** Only a failed test kills: a file that can't even be loaded, or a run that hangs, says nothing about a law. */
async function runTests(copy: string, tests: readonly Watch[], bail: number): Promise<Verdict> {
  const files = [...new Set(tests.map(({ file }) => file))];
  const patterns = [...new Set(tests.flatMap(({ only }) => (only === undefined ? [] : [`(?:${only})`])))];
  const reportFile = join(copy, 'report.json');
  rmSync(reportFile, { force: true });
  const { status, output } = await run(copy, [
    join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...files.map((file) => `test/${file}.test.ts`),
    '--bail', String(bail), '--reporter=json', `--outputFile=${reportFile}`, ...(patterns.length === 0 ? [] : ['-t', patterns.join('|')]),
  ]);
  if (status === null) return { kind: 'broken', why: `the tests hang for ${LIMIT_MS / 1000} s` };
  if (!existsSync(reportFile)) return { kind: 'broken', why: `vitest ended with ${status}: ${output.trim().slice(-500)}` };
  const { numPassedTests, testResults } = JSON.parse(readFileSync(reportFile, 'utf8')) as Report;
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find((result) => result.status === 'failed');
    if (failed !== undefined) return { kind: 'killed', by: `${name.slice(copy.length + 6)}: ${failed.fullName}` };
  }
  const [unloaded] = testResults.filter(({ message }) => message !== '');
  if (status !== 0) return { kind: 'broken', why: `no test failed, yet vitest ended with ${status}: ${(unloaded?.message ?? output).trim().slice(-500)}` };
  return numPassedTests === 0 ? { kind: 'broken', why: 'none of its tests ran' } : { kind: 'survived' };
}

/** A Node process in the copy; status null: it was killed at the limit. */
function run(copy: string, args: string[]): Promise<{ status: number | null; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { cwd: copy, timeout: LIMIT_MS, maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) => {
      resolve({ status: child.exitCode, output: stdout + stderr });
    });
  });
}
