/** The name that someone probably meant. */

/** Edits (insert, delete, replace, swap of neighbours) between two words; Damerau-Levenshtein, restricted. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? 0) + 1);
      row.push(best);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The closest of `names` without regard to case; null only for an empty list. A name that contains the word, or is contained, comes closer. */
export function nearest(word: string, names: Iterable<string>): string | null {
  const asked = word.toLowerCase();
  let found: string | null = null;
  let least = Infinity;
  for (const name of names) {
    const known = name.toLowerCase();
    const within = asked.length > 2 && (known.includes(asked) || asked.includes(known));
    const distance = editDistance(asked, known) * (within ? 0.5 : 1);
    if (distance < least) [found, least] = [name, distance];
  }
  return found;
}
