declare module 'subset-font' {
  /** A font with these letters alone; axes of a variable one may be narrowed. */
  export default function subsetFont(font: Uint8Array, letters: string, options: { targetFormat: 'woff2'; variationAxes?: Record<string, { min: number; max: number }> }): Promise<Uint8Array>;
}
