/** Brings a database forward to this program's schema: one transaction a migration, under a lock that is waited for. */
import { classify, errorCode } from './errors.ts';
import { DatabaseFault } from './fault.ts';
import { readMigrations, type Migration } from './migration-files.ts';
import { connectTo } from './pools.ts';

/** Of pg_advisory_lock: 'drovermi' in ASCII. */
const MIGRATION_LOCK = '7237970105436630377';

export interface MigrateResult { version: number; applied: string[] }

/**
 * Rejects with a DatabaseFault: refused `schema_newer` (a newer Drover was here), `schema_changed` (an applied file reads
 * otherwise now) or `migration` (a file failed; its transaction left nothing behind), else what `toFault` makes of the error.
 */
export async function migrate(url: string, migrations: readonly Migration[] = readMigrations()): Promise<MigrateResult> {
  const sql = connectTo(url, { max: 1, connect_timeout: 10, max_lifetime: null, fetch_types: false }, 'drover migrations');
  try {
    await sql`select pg_advisory_lock(${MIGRATION_LOCK})`;
    await sql`
      create table if not exists drover_migrations (
        version integer primary key,
        name text not null,
        checksum text not null,
        applied_at timestamptz not null default now()
      )`;
    const done = await sql<{ version: number; name: string; checksum: string }[]>`select version, name, checksum from drover_migrations order by version`;
    refuseOthers(done, migrations);
    const applied: string[] = [];
    for (const migration of migrations.slice(done.length)) {
      await apply(sql, migration);
      applied.push(migration.name);
    }
    return { version: migrations.length, applied };
  } finally {
    // The lock goes with the connection.
    await sql.end({ timeout: 0 });
  }
}

function refuseOthers(done: readonly { version: number; name: string; checksum: string }[], migrations: readonly Migration[]): void {
  for (const [index, { version, name, checksum }] of done.entries()) {
    const ours = migrations[index];
    if (!ours) {
      throw new DatabaseFault('schema_newer', `the database's schema is newer (${done.at(-1)?.name}) than this Drover's (${migrations.at(-1)?.name ?? 'none'}): run the newer Drover, or bring back a backup from before it`, { refused: true });
    }
    if (version !== ours.version || checksum !== ours.checksum) {
      throw new DatabaseFault('schema_changed', `the database was made by another ${name} than this Drover's ${ours.name}: run the Drover that made it, or start on an empty database`, { refused: true });
    }
  }
}

type Connection = ReturnType<typeof connectTo>;

async function apply(sql: Connection, migration: Migration): Promise<void> {
  const { version, name, checksum } = migration;
  try {
    if (migration.transaction) {
      await sql.begin(async (transaction) => {
        await transaction.unsafe(migration.sql).simple();
        await transaction`insert into drover_migrations (version, name, checksum) values (${version}, ${name}, ${checksum})`;
      });
    } else {
      await sql.unsafe(migration.sql).simple();
      await sql`insert into drover_migrations (version, name, checksum) values (${version}, ${name}, ${checksum})`;
    }
  } catch (cause) {
    // 25001: a statement that cannot run in a transaction, which no waiting cures.
    if (classify(cause) === 'away' && errorCode(cause) !== '25001') throw cause;
    throw new DatabaseFault('migration', `migration ${name} failed: ${cause instanceof Error ? cause.message : String(cause)}`, { refused: true, cause });
  }
}
