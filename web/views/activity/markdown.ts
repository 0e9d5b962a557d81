/** Rows as a table in Markdown, to be pasted into an issue or a note: figures rounded as on the page. */
import { rounded, UNKNOWN, whole } from '../../format/figures.ts';
import { lostWords } from '../../format/gaps.ts';
import { outputRate, promptRate } from '../../format/rates.ts';
import { isGap, type Entry } from './entries.ts';

/** `:` marks a figure. */
const HEAD = [
  'Ended (UTC)', 'Host', 'Model', 'Path', 'Status:', 'Input (tokens):', 'Cached (tokens):', 'Output (tokens):', 'Prompt speed (tokens/s):', 'Output speed (tokens/s):', 'Took (ms):', 'Error',
] as const;

/** Unknown is '–', an empty cell is none; a gap is a row of its own. */
export function markdownOf(entries: readonly Entry[]): string {
  const lines = entries.map((entry) => line(isGap(entry)
    ? [entry.toTs ?? entry.detectedAt, escaped(entry.hostId), `*gap (${entry.cause}): ${lostWords(entry)}*`]
    : [
      entry.ts, escaped(entry.hostId), escaped(entry.model), escaped(entry.reqPath ?? UNKNOWN), String(entry.status ?? UNKNOWN), whole(entry.inputTokens), whole(entry.cachedTokens), whole(entry.outputTokens),
      rounded(promptRate(entry)), rounded(outputRate(entry)), whole(entry.durationMs), escaped(entry.error ?? ''),
    ]));
  return [line(HEAD.map((name) => name.replace(':', ''))), line(HEAD.map((name) => (name.endsWith(':') ? '---:' : '---'))), ...lines, ''].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${HEAD.map((_name, at) => cells[at] ?? '').join(' | ')} |`;
}

/** Model names and errors come from whoever may call a host: nothing of them is markup, or leaves its cell. */
function escaped(cell: string): string {
  return cell.replace(/[\\`*_{}[\]<>#|!~&]/g, (mark) => `\\${mark}`).replace(/\s+/g, ' ');
}
