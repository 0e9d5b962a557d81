/** The cockpit's logs without a page: lines from chunks, colours, searching. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cleaned, nearest, plain, spansOf } from '../web/logs/ansi-text.ts';
import { createLogBook, type LogBook, type LogOf } from '../web/logs/log-book.ts';
import type { LogPiece } from '../web/logs/log-seam.ts';
import { logsTopic } from '../src/model/frames.ts';
import { timeOfMs } from '../src/model/time.ts';
import { isFound, marked, nextMatch, patternOf, rangesOf } from '../web/logs/log-search.ts';

const E = '\u001b[';
/** Received by Drover at that time, or of the host's memory. */
const at = (ms: number | null): string | null => (ms === null ? null : timeOfMs(ms));
const chunk = (text: string, over: Partial<LogOf & LogPiece> = {}): LogOf & LogPiece => ({ host: 'a', source: 'proxy', at: at(1), text, ...over });
const piece = (text: string, ms: number | null, source = 'proxy'): LogPiece => ({ source, at: at(ms), text });
const texts = (book: LogBook): string[] => book.lines.map(({ kind, text, amount, open }) => (kind === 'text' ? `${text}${open ? '…' : ''}` : kind === 'live' ? '--' : `${kind} ${amount}`));

describe('lines', () => {
  test('are the same wherever the chunks end', () => {
    fc.assert(fc.property(fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', '\n', '\r', '😀', `${E}31m`) }), { maxLength: 20 }), fc.infiniteStream(fc.nat(7)), (parts, cuts) => {
      const whole = parts.join('\n');
      const [one, many] = [createLogBook(), createLogBook()];
      one.append(chunk(whole), 1);
      for (let from = 0; from < whole.length;) {
        const size = 1 + (cuts.next().value ?? 0);
        many.append(chunk(whole.slice(from, from + size)), 1);
        from += size;
      }
      expect(texts(many)).toEqual(texts(one));
      expect(many.chars).toBe(one.chars);
      expect(one.lines.map(({ text }) => text)).toEqual(whole.replace(/\n$/, '').split('\n').map(cleaned).slice(0, whole === '' ? 0 : undefined));
    }));
  });

  test('of several logs stand in the order in which they began, each put together from its own', () => {
    const book = createLogBook();
    book.append(chunk('one, '), 1);
    book.append(chunk('other\n', { source: 'upstream', at: at(2) }), 2);
    book.append(chunk('own\n', { source: 'upstream', model: 'm', at: at(2) }), 2);
    book.append(chunk('two\nthree', { at: at(3) }), 3);
    book.append(chunk('b\n', { host: 'b', at: at(3) }), 3);
    expect(texts(book)).toEqual(['one, two', 'other', 'own', 'three…', 'b']);
    expect(book.lines.map((line) => [line.id, line.at])).toEqual([[1, 1], [2, 2], [3, 2], [4, 3], [5, 3]]);
  });

  test('what was dropped or missed is a mark, and a line does not go on behind it', () => {
    const book = createLogBook();
    book.append(chunk('begun'), 1);
    book.append(chunk('later\nopen', { dropped: 77 }), 1);
    book.parted(2);
    book.append(chunk('anew\n', { at: at(5_002) }), 5_002);
    expect(texts(book)).toEqual(['begun…', 'dropped 77', 'later', 'open…', 'away 5000', 'anew']);
  });

  test('a host that began anew is a mark among its own, and goes with them', () => {
    const book = createLogBook();
    book.restarted('a', 45, 1);
    expect(book.lines).toEqual([]);
    book.append(chunk('before\n'), 1);
    book.append(chunk('b\n', { host: 'b' }), 1);
    book.restarted('a', 46, 2);
    book.append(chunk('after\n'), 3);
    expect(texts(book)).toEqual(['before', 'b', 'restart 46', 'after']);
    book.leave(logsTopic('a', null));
    expect(texts(book)).toEqual(['b']);
  });

  test('are bounded by number, by size, and each by itself', () => {
    const book = createLogBook({ lines: 100, chars: 1_000, lineChars: 50 });
    for (let line = 0; line < 500; line++) book.append(chunk(`${line}\n`), line);
    expect([book.lines.length, book.gone, book.nextId]).toEqual([100, 400, 501]);
    expect(book.lines[0]!.text).toBe('400');
    for (let line = 0; line < 500; line++) {
      book.append(chunk(`${'x'.repeat(40)}${line}\n`), line);
      expect(book.chars).toBeLessThanOrEqual(1_000);
      expect(book.chars).toBe(book.lines.reduce((sum, { text }) => sum + text.length, 0));
    }
    book.append(chunk('y'.repeat(120)), 1);
    expect(texts(book).slice(-3)).toEqual(['y'.repeat(50), 'y'.repeat(50), `${'y'.repeat(20)}…`]);
    // The one that stands open has gone out at the front: what comes of it begins a line.
    for (let line = 0; line < 200; line++) book.append(chunk(`${line}\n`, { source: 'upstream' }), line);
    book.append(chunk('z\n'), 1);
    expect(texts(book).at(-1)).toBe(`${'y'.repeat(20)}z`);
    book.clear();
    expect([book.lines.length, book.chars]).toEqual([0, 0]);
    book.append(chunk('again\n'), 1);
    expect(texts(book)).toEqual(['again']);
  });
});

describe('what was written before', () => {
  const recall = (book: LogBook, chunks: LogPiece[], over: Partial<LogOf> = {}): void => book.recall({ host: 'a', chunks, ...over }, 10);

  test('stands above a mark, with its time where that is known; what comes live stands below', () => {
    const book = createLogBook();
    expect(book.recalled.has('logs:a')).toBe(false);
    recall(book, [piece('old\n', null), piece('older still of the models\n', null, 'upstream'), piece('heard\n', 5)]);
    expect(texts(book)).toEqual(['old', 'older still of the models', 'heard', '--']);
    expect(book.recalled.has('logs:a')).toBe(true);
    book.append(chunk('now\n', { at: at(11) }), 11);
    book.append(chunk('of a host that came back\n', { at: null }), 12);
    expect(texts(book)).toEqual(['old', 'older still of the models', 'heard', '--', 'now', 'of a host that came back']);
    expect(book.lines.map((line) => line.at)).toEqual([null, null, 5, 10, 11, null]);
  });

  test('may come in more than one frame, and there is one mark a log, below all of it', () => {
    const book = createLogBook();
    recall(book, []);
    expect(texts(book)).toEqual([]);
    book.append(chunk('one\n', { at: null }), 1);
    recall(book, [piece('of b\n', 3)], { host: 'b' });
    book.append(chunk('two\n', { at: null, source: 'upstream' }), 1);
    expect(texts(book)).toEqual(['one', 'of b', '--', 'two', '--']);
    expect(book.chars).toBe('oneof btwo'.length);
    book.append(chunk('of b too\n', { host: 'b', at: at(4) }), 4);
    book.leave('logs:a');
    expect([texts(book), book.chars, [...book.recalled]]).toEqual([['of b', '--', 'of b too'], 'of bof b too'.length, ['logs:b']]);
  });

  test('comes again when the connection does: what is held already is not shown twice, and a hole is said', () => {
    const book = createLogBook();
    recall(book, [piece('a\n', 1), piece('x\n', 1, 'upstream'), piece('b\n', 2)]);
    book.append(chunk('c\nhalf ', { at: at(3) }), 3);
    book.parted(4);
    recall(book, [piece('b\n', 2), piece('c\nhalf ', 3), piece('of it\n', 6), piece('y\n', 7, 'upstream'), piece('d\n', 8)]);
    expect(texts(book)).toEqual(['a', 'x', 'b', '--', 'c', 'half of it', 'away 6', 'y', 'd']);
    book.parted(20);
    book.append(chunk('e\n', { at: at(25) }), 25);
    expect(texts(book).slice(-2)).toEqual(['away 5', 'e']);
  });

  test('of another Drover joins on by the end of what is held, of a host that began anew it does not', () => {
    const book = createLogBook();
    recall(book, [piece('one\n', 1), piece('two\n', 2), piece('three\n', 3)]);
    book.parted(5);
    recall(book, []);
    book.append(chunk('zero\none\ntwo\nthree\nfour\n', { at: null }), 6);
    expect(texts(book)).toEqual(['one', 'two', 'three', 'four', '--']);
    book.parted(7);
    book.append(chunk('begun anew\n', { at: null }), 9);
    expect(texts(book)).toEqual(['one', 'two', 'three', 'four', 'away 2', 'begun anew', '--']);
  });

  test('seen from any moment on, each line is there once and in order, however often the connection is lost', () => {
    fc.assert(fc.property(fc.array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom('proxy', 'upstream') }, fc.constantFrom('part', 'back')), { maxLength: 60 }), (steps) => {
      const book = createLogBook();
      const kept: LogPiece[] = [];
      let here = true;
      recall(book, []);
      for (const [ms, step] of [...steps, 'back'].entries()) {
        if (step === 'part') {
          here = false;
          book.parted(ms);
        } else if (step === 'back') {
          here = true;
          recall(book, kept);
        } else {
          kept.push(piece(`${ms}\n`, ms, step));
          if (here) book.append({ host: 'a', ...kept.at(-1)! }, ms);
        }
      }
      expect(texts(book).filter((text) => text !== '--')).toEqual(kept.map(({ text }) => text.trim()));
    }));
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
