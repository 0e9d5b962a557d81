/** How a fault gets into a source. */
import type { Fault } from './faults.ts';

/** `unfit`: the sources have moved on, and the fault must follow them. */
export function plant(source: string, { file, search, replace }: Pick<Fault, 'file' | 'search' | 'replace'>): { kind: 'planted'; source: string } | { kind: 'unfit'; why: string } {
  const at = source.indexOf(search);
  if (at === -1) return { kind: 'unfit', why: `its search text is not in ${file}: take the present text` };
  if (source.indexOf(search, at + 1) !== -1) return { kind: 'unfit', why: `its search text is in ${file} more than once: take a longer one` };
  if (search === replace) return { kind: 'unfit', why: 'it changes nothing' };
  return { kind: 'planted', source: source.slice(0, at) + replace + source.slice(at + search.length) };
}
