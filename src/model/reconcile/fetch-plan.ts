/**
 * Which page of a generation-3 host holds an id, and what an answer tells of the whole. Newest first; rows that come in meanwhile
 * push old ones to later pages, so pages repeat rows and never skip any.
 */
export interface PageTarget {
  page: number;
  limit: number;
}

/** Rows asked for beyond what is wanted: they show that the answer is of the boot that we know. */
const OVERLAP = 8;
const SMALLEST = 25;

/** The page that reaches from the newest id down to `id`, or the one of full size that holds it. */
export function pageFor(id: number, newest: number, pageSize: number): PageTarget {
  const rank = Math.max(0, newest - id);
  const wanted = rank + 1 + OVERLAP;
  if (wanted <= pageSize) return { page: 1, limit: Math.max(SMALLEST, wanted) };
  return { page: Math.floor(rank / pageSize) + 1, limit: pageSize };
}

/** Is nothing older than this answer's rows? `total`: rows that the host says it holds. */
export function reachesEnd(target: PageTarget, rows: number, total: number | null): boolean {
  return rows < target.limit || (total !== null && target.page * target.limit >= total);
}

export function pageCount(total: number, pageSize: number): number {
  return Math.max(1, Math.ceil(total / pageSize));
}

/** Up to so many pages are read whole before the boot is decided: a ring of default size has two. */
const WHOLE_PAGES = 3;
/** Of a long store, pages around so many boots' last ids. */
const BOOTS_LOOKED_AT = 8;

/**
 * The pages still needed for a decision after the first one: all of a ring; of a long store its end, and wherever an earlier
 * boot's last row would stand.
 */
export function pagesToDecide(total: number, newest: number, highests: readonly number[], pageSize: number): number[] {
  const pages = pageCount(total, pageSize);
  if (pages <= WHOLE_PAGES) return Array.from({ length: pages - 1 }, (_, index) => index + 2);
  const wanted = new Set<number>([pages]);
  for (const highest of highests.slice(0, BOOTS_LOOKED_AT)) {
    const page = Math.floor((newest - highest) / pageSize) + 1;
    if (page > 1 && page <= pages) wanted.add(page);
  }
  return [...wanted].sort((a, b) => a - b);
}

export function isWhole(total: number, pageSize: number): boolean {
  return pageCount(total, pageSize) <= WHOLE_PAGES;
}
