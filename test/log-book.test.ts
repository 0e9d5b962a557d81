/** The cockpit's logs without a page: lines from chunks, colours, searching. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleaned, nearest, plain, spansOf } from '../web/views/logs/ansi-text.ts';
import { createLogBook, type LogBook, type LogChunk } from '../web/views/logs/log-lines.ts';
import { isFound, marked, nextMatch, patternOf, rangesOf } from '../web/views/logs/log-search.ts';

const E = '\u001b[';
const chunk = (text: string, over: Partial<LogChunk> = {}): LogChunk => ({ host: 'a', source: 'proxy', text, ...over });
const texts = (book: LogBook): string[] => book.lines.map(({ kind, text, amount, open }) => (kind === 'text' ? `${text}${open ? '…' : ''}` : `${kind} ${amount}`));

describe('lines', () => {
  test('are the same wherever the chunks end', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', '\n', '\r', '😀', `${E}31m`) }), { maxLength: 20 }), fc.infiniteStream(fc.nat(7)), (parts, cuts) => {
      const whole = parts.join('\n');
      const [one, many] = [createLogBook(), createLogBook()];
      one.append(chunk(whole), 1);
      for (let at = 0; at < whole.length;) {
        const size = 1 + (cuts.next().value ?? 0);
        many.append(chunk(whole.slice(at, at + size)), 1);
        at += size;
      }
      expect(texts(many)).toEqual(texts(one));
      expect(many.chars).toBe(one.chars);
      expect(one.lines.map(({ text }) => text)).toEqual(whole.replace(/\n$/, '').split('\n').map(cleaned).slice(0, whole === '' ? 0 : undefined));
    }));
  });

  test('of several logs stand in the order in which they began, each put together from its own', () => {
    const book = createLogBook();
    book.append(chunk('one, '), 1);
    book.append(chunk('other\n', { source: 'upstream' }), 2);
    book.append(chunk('own\n', { source: 'upstream', model: 'm' }), 2);
    book.append(chunk('two\nthree'), 3);
    book.append(chunk('b\n', { host: 'b' }), 3);
    expect(texts(book)).toEqual(['one, two', 'other', 'own', 'three…', 'b']);
    expect(book.lines.map(({ id, at }) => [id, at])).toEqual([[1, 1], [2, 2], [3, 2], [4, 3], [5, 3]]);
  });

  test('what was dropped or missed is a mark, and a line does not go on behind it', () => {
    const book = createLogBook();
    book.append(chunk('begun'), 1);
    book.append(chunk('later\nopen', { dropped: 77 }), 1);
    book.away(5_000, 2);
    book.append(chunk('anew\n'), 2);
    expect(texts(book)).toEqual(['begun…', 'dropped 77', 'later', 'open…', 'away 5000', 'anew']);
  });

  test('are bounded by number, by size, and each by itself', () => {
    const book = createLogBook({ lines: 100, chars: 1_000, lineChars: 50 });
    for (let at = 0; at < 500; at++) book.append(chunk(`${at}\n`), at);
    expect([book.lines.length, book.gone, book.nextId]).toEqual([100, 400, 501]);
    expect(book.lines[0]!.text).toBe('400');
    for (let at = 0; at < 500; at++) {
      book.append(chunk(`${'x'.repeat(40)}${at}\n`), at);
      expect(book.chars).toBeLessThanOrEqual(1_000);
      expect(book.chars).toBe(book.lines.reduce((sum, { text }) => sum + text.length, 0));
    }
    book.append(chunk('y'.repeat(120)), 1);
    expect(texts(book).slice(-3)).toEqual(['y'.repeat(50), 'y'.repeat(50), `${'y'.repeat(20)}…`]);
    // The one that stands open has gone out at the front: what comes of it begins a line.
    for (let at = 0; at < 200; at++) book.append(chunk(`${at}\n`, { source: 'upstream' }), at);
    book.append(chunk('z\n'), 1);
    expect(texts(book).at(-1)).toBe(`${'y'.repeat(20)}z`);
    book.clear();
    expect([book.lines.length, book.chars]).toEqual([0, 0]);
    book.append(chunk('again\n'), 1);
    expect(texts(book)).toEqual(['again']);
  });
});

describe('colours', () => {
  test('sequences that move or title are gone, a line written over is as it was left, colours stay', () => {
    expect(cleaned(`${E}2K${E}1;31mred${E}0m\u0007 \u001b]0;title\u0007end\u001b(B\tx`)).toBe(`${E}1;31mred${E}0m end\tx`);
    expect(cleaned('10%\r50%\r100%\r')).toBe('100%');
    expect(cleaned('as it is, ü 😀')).toBe('as it is, ü 😀');
    expect(cleaned(`cut ${E}3`)).toBe('cut ');
  });

  test('are those of the page, and the text is whole', () => {
    const line = `${E}31mred${E}0m plain ${E}1;38;5;208morange${E}0m${E}38;2;40;200;60mgreen${E}m ${E}30mblack${E}97;44mon blue`;
    expect(spansOf(line).map(({ text, look }) => `${text}|${look}`)).toEqual([
      'red|text-bad', ' plain |', 'orange|text-warn font-semibold', 'green|text-good', ' |', 'black|text-faint', 'on blue|text-ink bg-line',
    ]);
    expect(spansOf('time [WARN] low').map(({ text, look }) => `${text}|${look}`)).toEqual(['time |', '[WARN]|text-warn', ' low|']);
    expect([nearest(0, 0, 0), nearest(250, 250, 250), nearest(255, 0, 200), nearest(0, 180, 255)]).toEqual(['text-faint', 'text-ink', 'text-held', 'text-accent']);
    fc.assert(fc.property(fc.string({ unit: fc.oneof(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }), fc.constantFrom('\u001b', '[', ';', '3', '1', 'm', '\r', '\u0007', ']', '<script>')) }), (raw) => {
      const line = cleaned(raw);
      expect(spansOf(line).map(({ text }) => text).join('')).toBe(plain(line));
      expect(plain(line)).not.toMatch(/[^\P{Cc}\t]/u);
    }), { numRuns: 500 });
  });
});

describe('search', () => {
  const regex = (text: string): RegExp => {
    const pattern = patternOf(text);
    if (pattern.kind !== 'found') throw new Error(text);
    return pattern.regex;
  };

  test('by regular expression, without regard to case unless it has a capital; a faulty one says why', () => {
    expect(patternOf('')).toEqual({ kind: 'none' });
    expect(patternOf('a(')).toMatchObject({ kind: 'faulty', fault: expect.stringContaining('group') });
    expect([isFound(regex('po.t'), 'a POST'), isFound(regex('Post'), 'a POST'), isFound(regex('\\S+st'), 'A POST')]).toEqual([true, false, true]);
    const twice = regex('o');
    expect([isFound(twice, 'foo'), rangesOf(twice, 'foo'), isFound(twice, 'foo')]).toEqual([true, [[1, 2], [2, 3]], true]);
    expect(rangesOf(regex('x*'), 'axxb')).toEqual([[1, 3]]);
    expect(rangesOf(regex('a'), 'a'.repeat(1_000)).length).toBe(200);
  });

  test('marks go through colours and change nothing of the text', () => {
    const spans = [{ text: 'abc', look: 'x' }, { text: 'def', look: '' }];
    expect(marked(spans, [[1, 2], [2, 5]]).map(({ text, look, marked: found }) => `${text}${look}${found ? '!' : ''}`)).toEqual(['ax', 'bx!', 'cx!', 'de!', 'f']);
    expect(marked(spans, [])).toEqual([{ text: 'abc', look: 'x', marked: false }, { text: 'def', look: '', marked: false }]);
  });

  test('goes from line to line in a circle', () => {
    expect([nextMatch([], 3, 1), nextMatch([2, 5, 9], null, 1), nextMatch([2, 5, 9], null, -1), nextMatch([2, 5, 9], 5, 1), nextMatch([2, 5, 9], 5, -1), nextMatch([2, 5, 9], 9, 1), nextMatch([2, 5, 9], 1, -1)])
      .toEqual([null, 2, 9, 9, 2, 2, 9]);
  });
});
