/** How every benchmark prints: figures beside their ceiling, and whether the ratio holds. `--json`: one document on stdout. */

export interface Figure {
  name: string;
  /** The measured value. */
  value: number;
  unit: string;
  /** What it is measured against, in the same run and unit. */
  ceiling?: number;
  /** `value / ceiling`, or a ratio of its own. */
  ratio?: number;
  /** The bound that the ratio (without one: the value) must keep. */
  atMost?: number;
  atLeast?: number;
}

export interface Verdict extends Figure {
  ok: boolean | null;
}

/** Prints the figures; a bound that does not hold makes the process end with status 1. */
export function report(bench: string, figures: readonly Figure[], notes: readonly string[] = []): void {
  const verdicts = figures.map((figure): Verdict => {
    const ratio = figure.ratio ?? (figure.ceiling === undefined ? undefined : figure.value / figure.ceiling);
    const judged = ratio ?? figure.value;
    const bounded = figure.atMost !== undefined || figure.atLeast !== undefined;
    const ok = bounded ? judged <= (figure.atMost ?? Infinity) && judged >= (figure.atLeast ?? -Infinity) : null;
    return { ...figure, ...(ratio === undefined ? {} : { ratio }), ok };
  });
  if (process.argv.includes('--json')) {
    console.log(JSON.stringify({ bench, node: process.version, figures: verdicts, notes }, null, 2));
  } else {
    for (const { name, value, unit, ceiling, ratio, atMost, atLeast, ok } of verdicts) {
      const beside = ceiling === undefined ? '' : ` beside ${round(ceiling)} ${unit}`;
      const times = ratio === undefined ? '' : `: ${round(ratio)} x`;
      const bounds = [atMost === undefined ? '' : `at most ${atMost}`, atLeast === undefined ? '' : `at least ${atLeast}`].filter(Boolean);
      const verdict = ok === null ? '' : ` (${bounds.join(', ')}: ${ok ? 'ok' : 'MISSED'})`;
      console.log(`${bench} ${name}: ${round(value)} ${unit}${beside}${times}${verdict}`);
    }
    for (const note of notes) console.log(`  ${note}`);
  }
  if (verdicts.some(({ ok }) => ok === false)) process.exitCode = 1;
}

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));
