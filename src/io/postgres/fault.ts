/** Why there is no database. Codes are part of what `/readyz` says: add, never rename. */
export const DATABASE_FAULT_CODES = [
  'package_missing', // the embedded server's binaries are not installed, or not for this machine
  'folder', // the embedded server's folder cannot be used
  'version', // the folder holds a cluster of another major version of PostgreSQL
  'database_in_use', // another Drover holds the database
  'schema_newer', // the schema is of a newer Drover
  'schema_changed', // a migration was changed after it had been applied
  'migration', // a migration failed
  'login', // wrong password, unknown user or database, or a server that refuses us
  'disk_full',
  'start_failed', // the embedded server did not start
  'crashed', // the embedded server ended
  'unreachable', // nothing answers at the address
  'lost', // the connection broke
  'stopping', // Drover is going away
  'no_answer', // the server is connected but does not answer
] as const;
export type DatabaseFaultCode = (typeof DATABASE_FAULT_CODES)[number];

/** The message is one sentence for a person, with the cure where there is one, and without secrets. */
export class DatabaseFault extends Error {
  readonly code: DatabaseFaultCode;
  /** Waiting does not help: at the first start it ends the process. */
  readonly refused: boolean;
  constructor(code: DatabaseFaultCode, message: string, options: { refused?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DatabaseFault';
    this.code = code;
    this.refused = options.refused ?? false;
  }
}
