/** Streams that have a counter `n` and can be resumed. Apart from the frames' schemas, so that a browser's client loads no zod. */
export const COUNTED_STREAMS = ['activity', 'runs', 'gaps'] as const;
export type CountedStream = (typeof COUNTED_STREAMS)[number];
