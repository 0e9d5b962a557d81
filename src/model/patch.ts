/** JSON Patch (RFC 6902), the three operations that deltas use. */
export type PatchOp =
  | { op: 'add' | 'replace'; path: string; value: unknown }
  | { op: 'remove'; path: string };
