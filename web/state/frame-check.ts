/** Frames as the cockpit reads them: each one checked by the schema that documents it. The value goes on as it came, so that a key `__proto__` stays a key. */
import { serverFrame, type ServerFrame } from '../../src/model/frames.ts';
import type { Read } from '../../src/model/frame-reader.ts';

const TYPES = new Set<string>(serverFrame.def.options.flatMap((option) => option.shape.type.def.values));

export function readCheckedFrame(text: string): Read {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'malformed', what: 'a frame that is not JSON' };
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string') return { kind: 'malformed', what: 'a frame without a type' };
  if (!TYPES.has(type)) return { kind: 'unknown' };
  const checked = serverFrame.safeParse(value);
  if (checked.success) return { kind: 'frame', frame: value as ServerFrame };
  const [issue] = checked.error.issues;
  return { kind: 'malformed', what: `a malformed ${type}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? issue?.code ?? ''}`.trim() };
}
