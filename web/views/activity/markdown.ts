/** Rows as a table in Markdown, to be pasted into an issue or a note. */
import { lostWords } from '../../format/gaps.ts';
import { isGap, type Entry } from './entries.ts';

/** `:` marks a figure. */
const HEAD = ['Ended (UTC)', 'Host', 'Model', 'Path', 'Status:', 'Input tokens:', 'Cached:', 'Output tokens:', 'Prompt tokens/s:', 'Tokens/s:', 'Duration (ms):', 'Error'] as const;

/** Unknown is an empty cell; a gap is a row of its own. */
export function markdownOf(entries: readonly Entry[]): string {
  const lines = entries.map((entry) => line(isGap(entry)
    ? [entry.toTs ?? entry.detectedAt, escaped(entry.hostId), `*gap (${entry.cause}): ${lostWords(entry)}*`]
    : [entry.ts, entry.hostId, entry.model, entry.reqPath, entry.status, entry.inputTokens, entry.cachedTokens, entry.outputTokens, entry.promptPerSecond, entry.tokensPerSecond, entry.durationMs, entry.error].map(escaped)));
  return [line(HEAD.map((name) => name.replace(':', ''))), line(HEAD.map((name) => (name.endsWith(':') ? '---:' : '---'))), ...lines, ''].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${HEAD.map((_name, at) => cells[at] ?? '').join(' | ')} |`;
}

/** Model names and errors come from whoever may call a host: nothing of them is markup, or leaves its cell. */
function escaped(cell: string | number | null): string {
  return String(cell ?? '').replace(/[\\`*_{}[\]<>#|!~&]/g, (mark) => `\\${mark}`).replace(/\s+/g, ' ');
}
