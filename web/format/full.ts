/** When a memory counts as full. */

/** From this part on there is no room for anything that matters. */
const FULL = 0.95;
/** Of what is not known nobody says so. */
export const isFull = (value: number | null, max: number | null): boolean => value !== null && max !== null && max > 0 && value / max >= FULL;
