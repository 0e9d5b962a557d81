/** The end of a log, kept for readers who come later. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeOfMs } from '../src/model/time.ts';
import { createLogMemory, type LogChunk } from '../src/model/host/log-memory.ts';

const chunk = (text: string, source = 'proxy', at: string | null = null): LogChunk => ({ source, at, text, dropped: 0 });

test('the newest of each source stay, in the order in which they came, and a loud one takes nothing from another', () => {
  const memory = createLogMemory({ keptChars: 100, keptChunks: 4 });
  memory.add(chunk('quiet\n'));
  for (let at = 0; at < 1_000; at++) memory.add(chunk(`${at}\n`, 'upstream'));
  memory.add(chunk('quiet again\n'));
  expect(memory.chunks().map(({ text }) => text)).toEqual(['quiet\n', '996\n', '997\n', '998\n', '999\n', 'quiet again\n']);
  memory.add(chunk(`${'x'.repeat(90)}\n`, 'upstream'));
  expect(memory.chunks().map(({ text }) => text.slice(0, 5))).toEqual(['quiet', '998\n', '999\n', 'quiet', 'xxxxx']);
});

test('of a piece that is larger than all the memory its end stays, from the beginning of a line', () => {
  const memory = createLogMemory({ keptChars: 100, keptChunks: 4 });
  memory.add(chunk('gone\n'));
  memory.add(chunk(`${'a line of it\n'.repeat(50)}end`));
  expect(memory.chunks()).toEqual([chunk(`${'a line of it\n'.repeat(7)}end`)]);
});

test('what stays is the end of what came: text, time and loss of each piece', () => {
  const pieces = fc.array(fc.record({ source: fc.constantFrom('proxy', 'upstream'), at: fc.option(fc.integer({ min: 0, max: 4e12 }).map(timeOfMs)), text: fc.string({ maxLength: 30, unit: 'grapheme' }), dropped: fc.nat() }), { maxLength: 200 });
  fc.assert(fc.property(pieces, (some) => {
    const all = some.map((one, place) => ({ ...one, text: `${place} ${one.text}` }));
    const memory = createLogMemory({ keptChars: 2_000, keptChunks: 50 });
    for (const one of all) memory.add(one);
    const kept = memory.chunks();
    for (const source of ['proxy', 'upstream']) {
      const came = all.filter((one) => one.source === source);
      const held = kept.filter((one) => one.source === source);
      expect(held).toEqual(came.slice(came.length - held.length));
      expect(held.length).toBeGreaterThanOrEqual(Math.min(came.length, 10));
    }
    const places = kept.map(({ text }) => Number.parseInt(text, 10));
    expect(places).toEqual([...places].sort((a, b) => a - b));
  }));
});

test('it is bounded, whatever comes: in characters, in pieces, in sources', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd', '__proto__'), fc.string({ maxLength: 60 })), { maxLength: 60 }), (all) => {
    const memory = createLogMemory({ keptChars: 40, keptChunks: 5 });
    for (const [source, text] of all) memory.add(chunk(text, source));
    const sources = new Set(memory.chunks().map(({ source }) => source));
    expect(sources.size).toBeLessThanOrEqual(3);
    for (const source of sources) {
      const chunks = memory.chunks().filter((one) => one.source === source);
      expect(chunks.length).toBeLessThanOrEqual(5);
      expect(chunks.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThanOrEqual(40);
    }
  }));
});
