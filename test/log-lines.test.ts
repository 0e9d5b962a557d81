/** Is the process the one of before? Told from the logs of real hosts over reloads and restarts. */
import { describe, expect, test } from 'vitest';
import { createEventDecoder } from '../src/io/llama-swap/event-stream.ts';
import { readScenario } from '../src/demo/recordings/recording.ts';
import { createLogLines } from '../src/model/reconcile/log-lines.ts';
import { scenarios } from './support/recordings.ts';

const WANTED: Record<string, 'same' | 'new'> = { 'restart-kill': 'new', 'restart-term': 'new', 'restart-fast': 'new', upgrade: 'new', store: 'new', reload: 'same', 'ring-wrap': 'same' };
const recorded = scenarios().filter(({ name }) => name in WANTED);

describe.each(recorded)('$release/$name', ({ release, name, folder }) => {
  test('is told from the history', () => {
    const { connections } = readScenario(folder);
    const logs = createLogLines();
    const verdicts: string[] = [];
    for (const connection of connections) {
      logs.connected(true);
      const decoder = createEventDecoder({});
      let judged = false;
      for (const { bytes } of connection.chunks) {
        for (const event of decoder.push(bytes)) {
          // The rings and models come after the two histories: by then the verdict is asked for.
          if (event.type !== 'log' && !judged) {
            verdicts.push(logs.verdict());
            judged = true;
          }
          if (event.type === 'log') logs.text(event.source, event.text);
        }
      }
    }
    // A reload of v208 empties the history: it counts as a new process.
    const wanted = name === 'reload' && release === 'v208' ? 'new' : WANTED[name]!;
    expect(verdicts[0]).toBe('unknown');
    expect(new Set(verdicts.slice(1))).toEqual(new Set([wanted]));
  });
});

test('there are recordings of each kind', () => {
  expect(new Set(recorded.map(({ name }) => WANTED[name]))).toEqual(new Set(['same', 'new']));
});

describe('made by hand', () => {
  const session = (logs: ReturnType<typeof createLogLines>, ...texts: string[]): string => {
    logs.connected(true);
    logs.text('proxy', texts[0]!);
    const verdict = logs.verdict();
    for (const text of texts.slice(1)) logs.text('proxy', text);
    return verdict;
  };
  const START = 'listening\nmonitoring\n';

  test('the lines of a start prove nothing', () => {
    const logs = createLogLines();
    session(logs, START);
    expect(session(logs, START)).toBe('unknown');
  });
  test('a line in pieces is one line', () => {
    const logs = createLogLines();
    session(logs, START, 'first requ', 'est\nsecond request\nthi', 'rd request\n');
    expect(session(logs, `${START}first request\nsecond request\nthird request\n`)).toBe('same');
  });
  test('a full history may have pushed our lines out', () => {
    const logs = createLogLines();
    session(logs, START, 'a\nb\nc\n');
    expect(session(logs, 'x'.repeat(99) .concat('\n').repeat(1_024))).toBe('unknown');
  });
  test('alike lines in a process too young to have made them all', () => {
    const logs = createLogLines();
    session(logs, 'a\nb\nc\nd\n', ...Array.from({ length: 9 }, () => 'poll\n'));
    expect(session(logs, 'a\nb\nc\nd\npoll\n')).toBe('unknown');
  });
  test('a connection on which nothing was decided leaves what was known: its process is no boot\'s', () => {
    const logs = createLogLines();
    session(logs, START, 'a\nb\nc\n');
    logs.connected(true);
    logs.text('proxy', `${START}d\ne\nf\n`);
    logs.connected(false);
    logs.text('proxy', `${START}d\ne\nf\n`);
    expect(logs.verdict()).toBe('new');
  });
  test('a connection that said nothing leaves what was known', () => {
    const logs = createLogLines();
    session(logs, START, 'a\nb\nc\n');
    logs.connected(true);
    expect(session(logs, `${START}a\nb\nc\n`)).toBe('same');
  });
});
