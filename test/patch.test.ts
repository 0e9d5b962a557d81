import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatch, diff, PatchError, sameJson, type PatchOp } from '../src/model/patch.ts';

const key = fc.oneof(fc.constantFrom('__proto__', 'constructor', 'toString', 'a', 'a/b', 'm~n', '~1', '', 'x', '0', 'hasOwnProperty', 'length'), fc.string({ maxLength: 4 }));
const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string({ maxLength: 6 }), fc.array(fc.integer(), { maxLength: 3 }));
const tree = fc.letrec<{ node: unknown; doc: Record<string, unknown> }>((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, leaf, tie('doc')),
  doc: fc.array(fc.tuple(key, tie('node')), { maxLength: 6 }).map((entries) => Object.fromEntries(entries)),
})).doc;
const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const canonical = (value: unknown): string => JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)) : inner));

describe('diff and applyPatch', () => {
  it('apply(before, diff(before, after)) is after, through JSON too, and before is left alone', () => {
    fc.assert(fc.property(tree, tree, (before, after) => {
      const kept = canonical(before);
      const ops = diff(before, after);
      expect(canonical(applyPatch(before, ops))).toBe(canonical(after));
      expect(canonical(applyPatch(json(before) as object, json(ops) as PatchOp[]))).toBe(canonical(after));
      expect(canonical(before)).toBe(kept);
    }), { numRuns: 500 });
  });

  it('a document and its copy differ in nothing', () => {
    fc.assert(fc.property(tree, (doc) => {
      expect(diff(doc, json(doc) as object)).toEqual([]);
      expect(sameJson(doc, json(doc))).toBe(true);
    }));
  });

  it('hostile keys are keys, and reach no prototype', () => {
    const after = JSON.parse('{"models":{"__proto__":{"polluted":true},"a/b~c":{"n":1}}}') as object;
    const ops = diff({ models: {} }, after);
    expect(ops).toEqual([{ op: 'add', path: '/models/__proto__', value: { polluted: true } }, { op: 'add', path: '/models/a~1b~0c', value: { n: 1 } }]);
    const applied = applyPatch({ models: {} }, ops);
    expect(JSON.stringify(applied)).toBe(JSON.stringify(after));
    expect(JSON.stringify(applyPatch(applied, [{ op: 'replace', path: '/models/__proto__/polluted', value: 1 }]))).toContain('{"__proto__":{"polluted":1}');
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect(JSON.stringify(applyPatch(applied, [{ op: 'remove', path: '/models/__proto__' }]))).toBe('{"models":{"a/b~c":{"n":1}}}');
  });

  it('says the least: one op for one field, none for an array that is equal', () => {
    expect(diff({ a: { b: 1, c: [1] }, d: null }, { a: { b: 2, c: [1] }, d: { e: 1 } })).toEqual([{ op: 'replace', path: '/a/b', value: 2 }, { op: 'replace', path: '/d', value: { e: 1 } }]);
  });

  it.each<[string, PatchOp[]]>([
    ['replaces what is not there', [{ op: 'replace', path: '/x', value: 1 }]],
    ['removes what is not there', [{ op: 'remove', path: '/a/x' }]],
    ['goes through what is not there', [{ op: 'add', path: '/x/y', value: 1 }]],
    ['goes through a leaf', [{ op: 'add', path: '/n/y', value: 1 }]],
    ['goes through a list', [{ op: 'add', path: '/l/0', value: 1 }]],
    ['has no slash', [{ op: 'add', path: 'a', value: 1 }]],
    ['removes all', [{ op: 'remove', path: '' }]],
    ['goes up a prototype', [{ op: 'replace', path: '/__proto__', value: 1 }]],
    ['goes through a prototype', [{ op: 'add', path: '/constructor/prototype', value: 1 }]],
  ])('an op that %s is refused', (_name, ops) => {
    expect(() => applyPatch({ a: { b: 1 }, n: 1, l: [1] }, ops)).toThrow(PatchError);
  });
});
