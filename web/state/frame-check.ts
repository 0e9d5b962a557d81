/** Frames as the cockpit reads them: each one checked by the schema that documents it. The value goes on as it came, so that a key `__proto__` stays a key. */
import { readServerFrame, type Read } from '../../src/model/frame-reader.ts';
import { serverFrame } from '../../src/model/frames.ts';

export const readCheckedFrame = (text: string): Read => readServerFrame(text, (frame) => {
  const checked = serverFrame.safeParse(frame);
  if (checked.success) return null;
  const [issue] = checked.error.issues;
  return `${issue?.path.join('.') ?? ''} ${issue?.message ?? issue?.code ?? ''}`.trim();
});
