/** What an error of the database means for the one who asked. */

/**
 * `away`: nothing is wrong with the statement; try again when the database is ready. `partition`: the row's partition is missing.
 * `data`: the rows themselves. `bug`: the statement, the schema, or no database error at all.
 */
export type ErrorClass = 'away' | 'partition' | 'data' | 'bug';

/**
 * SQLSTATE classes (PostgreSQL manual, appendix A): 08 connection, 53 resources (disk full, too many clients), 57 operator
 * intervention, 58 system, 40 rollback by the server, 25 broken transaction; 28 and 3D are met at a connect alone.
 */
const AWAY_CLASSES = new Set(['08', '53', '57', '58', '40', '25', '28', '3D']);
const DATA_CLASSES = new Set(['22', '23', '54']);

/** Of porsager's client and of Node's sockets and resolver. */
const AWAY_CODES = new Set([
  'CONNECTION_ENDED', 'CONNECTION_CLOSED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT', 'CONNECTION_CONNECT_TIMEOUT',
  'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', 'EACCES', 'EMFILE', 'ENFILE',
]);

export function classify(error: unknown): ErrorClass {
  const { code, constraint } = details(error);
  if (code === null) return 'bug';
  if (AWAY_CODES.has(code)) return 'away';
  if (!isSqlState(code)) return 'bug';
  if (code === '23514' && constraint === null) return 'partition';
  // A lock wait that timed out: somebody else's transaction, not ours.
  if (code === '55P03') return 'away';
  const group = code.slice(0, 2);
  if (AWAY_CLASSES.has(group)) return 'away';
  return DATA_CLASSES.has(group) ? 'data' : 'bug';
}

/**
 * A connection ended while porsager 3.4.9 asked it for the array types, right after it was made. That is nobody's query: the
 * rejection is the driver's own, unhandled, and whoever waits for a connection gets another one. (Not to fetch them is no way out:
 * `reserve` then waits for ever on a connection that is new.)
 */
export function isLostTypeFetch(error: unknown): boolean {
  const { query } = (error ?? {}) as { query?: unknown };
  return typeof query === 'string' && query.includes('b.typarray') && classify(error) === 'away';
}

/** The SQLSTATE or the client's code; null: the error has none. */
export function errorCode(error: unknown): string | null {
  return details(error).code;
}

/** Whether it, or what it wraps, says that the server's disk is full. */
export function isDiskFull(error: unknown): boolean {
  for (let at = error; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    if (errorCode(at) === '53100') return true;
  }
  return false;
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code);
}

function details(error: unknown): { code: string | null; constraint: string | null } {
  if (typeof error !== 'object' || error === null) return { code: null, constraint: null };
  const { code, constraint_name: constraint } = error as { code?: unknown; constraint_name?: unknown };
  return { code: typeof code === 'string' ? code : null, constraint: typeof constraint === 'string' && constraint !== '' ? constraint : null };
}
