/** Frames of the topics `logs:<host>` and `logs:<host>/<model>`. */
import type { ServerFrameOf } from '../../model/frames.ts';
import type { LogChunk } from '../../model/host/log-memory.ts';
import { textFrame } from './frame-buffer.ts';

export function logFrame(host: string, model: string | null, chunk: LogChunk): string {
  return JSON.stringify({ type: 'log', host, ...ofModel(model), ...written(chunk) } satisfies ServerFrameOf<'log'>);
}

/** Also where there is nothing: then its reader knows that. */
export function logHistoryFrame(host: string, model: string | null, chunks: readonly LogChunk[]): Buffer {
  return textFrame(JSON.stringify({ type: 'log.history', host, ...ofModel(model), chunks: chunks.map(written) } satisfies ServerFrameOf<'log.history'>));
}

function ofModel(model: string | null): { model?: string } {
  return model === null ? {} : { model };
}

function written({ source, at, text, dropped }: LogChunk): { source: string; at: string | null; text: string; dropped?: number } {
  return { source, at, text, ...(dropped > 0 ? { dropped } : {}) };
}
