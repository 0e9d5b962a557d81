/** JSON Patch (RFC 6902), the three operations that deltas use. */
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
export function diff(_before: object, _after: object): PatchOp[] {
  throw new Error('to come');
}

/** A new document with the ops applied; shares what they do not touch. Throws a PatchError, and then nothing is applied. */
export function applyPatch<T extends object>(_document: T, _ops: readonly PatchOp[]): T {
  throw new Error('to come');
}
