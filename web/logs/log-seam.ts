/** Where a log goes on that comes once more: its history comes again with each connection, and what is held already is not shown twice. Of one source. */
import { createLogTail } from '../../src/model/host/log-tail.ts';

/** As in the frames `log` and `log.history`. */
export interface LogPiece { source: string; at: string | null; text: string; dropped?: number | undefined }

export interface LogSeam {
  /** It follows what is held. */
  live(piece: LogPiece): void;
  /** What came before, in order: those pieces of it that are not held yet, and held from now on. `joined`: nothing is missing between. */
  again(pieces: readonly LogPiece[]): { fresh: readonly LogPiece[]; joined: boolean };
}

export function createLogSeam(): LogSeam {
  let tail = createLogTail();
  let none = true;
  let last: string | null = null;
  const live = ({ at, text, dropped = 0 }: LogPiece): void => {
    if (dropped > 0) tail = createLogTail();
    if (text === '') return;
    tail.append('', text);
    none = false;
    last = at ?? last;
  };
  const taken = (fresh: readonly LogPiece[], joined: boolean): ReturnType<LogSeam['again']> => {
    for (const piece of fresh) live(piece);
    return { fresh, joined };
  };
  return {
    live,
    again(pieces) {
      if (none) return taken(pieces, true);
      const seen = pieces.findLastIndex(({ at }) => at !== null && last !== null && at <= last);
      if (seen !== -1) return taken(pieces.slice(seen + 1), true);
      // Another Drover tells it, or the host itself: then the end of what is held shows the place.
      const whole = pieces.map(({ text }) => text).join('');
      const skip = whole.length - tail.history('', whole).length;
      if (skip === 0) return taken(pieces, false);
      const fresh = behind(pieces, skip);
      last = fresh.findLast(({ at }) => at !== null)?.at ?? last;
      return { fresh, joined: true };
    },
  };
}

/** Without so many characters of the beginning. */
function behind(pieces: readonly LogPiece[], chars: number): LogPiece[] {
  let left = chars;
  return pieces.flatMap((piece) => {
    const text = piece.text.slice(left);
    left = Math.max(0, left - piece.text.length);
    return text === '' ? [] : [{ ...piece, text, dropped: text.length < piece.text.length ? 0 : piece.dropped }];
  });
}
