/** JSON Patch (RFC 6902), the three operations that deltas use. Keys are hostile: `__proto__` is a key like any other. */
export type PatchOp =
  | { op: 'add' | 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string };

/** An op that does not fit the document: the client asks for a snapshot. */
export class PatchError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PatchError';
  }
}

/** The ops that lead from one document to the other. Objects are compared key by key, arrays and all else whole. Equal parts by identity cost nothing. */
export function diff(before: object, after: object): PatchOp[] {
  const ops: PatchOp[] = [];
  if (before !== after) diffObjects(before as Tree, after as Tree, '', ops);
  return ops;
}

/** A new document with the ops applied; shares what they do not touch. Throws a PatchError, and then nothing is applied. */
export function applyPatch<T extends object>(document: T, ops: readonly PatchOp[]): T {
  let tree: unknown = document;
  for (const op of ops) {
    if (op.path === '') {
      if (op.op === 'remove') throw new PatchError('the document itself cannot be removed');
      tree = op.value;
      continue;
    }
    if (!op.path.startsWith('/')) throw new PatchError(`a path begins with /, not ${JSON.stringify(op.path)}`);
    tree = applyAt(tree, op.path.split('/'), 1, op);
  }
  if (!isTree(tree)) throw new PatchError('the document has become something else than an object');
  return tree as T;
}

/** Are two JSON values equal? Key order does not count. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((value, i) => sameJson(value, b[i]));
  if (!isTree(a) || !isTree(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]));
}

type Tree = Record<string, unknown>;

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function escape(key: string): string {
  return key.includes('~') || key.includes('/') ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key;
}

function unescape(token: string): string {
  return token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token;
}

function diffObjects(before: Tree, after: Tree, path: string, ops: PatchOp[]): void {
  const keys = Object.keys(after);
  const known = Object.keys(before);
  // Two states of a host mostly have the same keys in the same order: no look-ups then.
  if (known.length === keys.length && keys.every((key, i) => key === known[i])) {
    for (const key of keys) if (before[key] !== after[key]) diffValues(before[key], after[key], path, key, ops);
    return;
  }
  for (const key of known) {
    if (!Object.hasOwn(after, key)) ops.push({ op: 'remove', path: `${path}/${escape(key)}` });
  }
  for (const key of keys) {
    if (!Object.hasOwn(before, key)) ops.push({ op: 'add', path: `${path}/${escape(key)}`, value: after[key] });
    else if (before[key] !== after[key]) diffValues(before[key], after[key], path, key, ops);
  }
}

function diffValues(then: unknown, now: unknown, path: string, key: string, ops: PatchOp[]): void {
  if (isTree(then) && isTree(now)) diffObjects(then, now, `${path}/${escape(key)}`, ops);
  else if (!sameJson(then, now)) ops.push({ op: 'replace', path: `${path}/${escape(key)}`, value: now });
}

function applyAt(tree: unknown, tokens: readonly string[], depth: number, op: PatchOp): Tree {
  if (!isTree(tree)) throw new PatchError(`${op.path}: nothing to ${op.op} there`);
  const key = unescape(tokens[depth]!);
  const known = Object.hasOwn(tree, key);
  // A computed key in a literal defines, it never sets: `__proto__` stays a key.
  if (depth < tokens.length - 1) {
    if (!known) throw new PatchError(`${op.path}: nothing to ${op.op} there`);
    return { ...tree, [key]: applyAt(tree[key], tokens, depth + 1, op) };
  }
  if (op.op !== 'add' && !known) throw new PatchError(`${op.path}: nothing to ${op.op} there`);
  if (op.op !== 'remove') return { ...tree, [key]: op.value };
  const { [key]: _, ...rest } = tree;
  return rest;
}
