/** Which ids of a boot are settled: sets of ids as sorted ranges, and the mark that follows from them. */

/** First and last id, inclusive. */
export type IdRange = readonly [from: number, to: number];
