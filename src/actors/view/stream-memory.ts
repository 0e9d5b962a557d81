/** The last frames of one counted stream, and its counter `n`: what a client that comes back is sent, whole or not at all. */
import type { Limits } from '../../model/limits.ts';

export interface StreamMemory {
  /** The `n` of the next frame. */
  next(): number;
  /** Takes the encoded frame with that `n`. */
  push(frame: string): void;
  /** Every frame after `n`; null: some are missing, or `n` is ahead of ours. */
  after(n: number): string[] | null;
  /** No position taken so far is good any more. */
  forget(): void;
}

export function createStreamMemory(limits: Limits['streamMemory']): StreamMemory {
  let last = 0;
  /** Positions below it cannot be resumed: their frames are gone, or were taken back. */
  let floor = 0;
  let frames: string[] = [];
  /** Frames before it are gone; the array is cut when half of it is. */
  let head = 0;
  let bytes = 0;
  return {
    next: () => last + 1,
    push(frame) {
      last += 1;
      frames.push(frame);
      bytes += Buffer.byteLength(frame);
      while (frames.length - head > limits.count || bytes > limits.bytes) {
        bytes -= Buffer.byteLength(frames[head] ?? '');
        frames[head] = '';
        head += 1;
      }
      floor = Math.max(floor, last - (frames.length - head));
      if (head > 64 && head * 2 > frames.length) {
        frames = frames.slice(head);
        head = 0;
      }
    },
    after: (n) => (n < floor || n > last ? null : frames.slice(frames.length - (last - n))),
    forget() {
      frames = [];
      head = 0;
      bytes = 0;
      // A client at `last` may have been away when it was said, so it must ask again like the others.
      floor = last + 1;
    },
  };
}
