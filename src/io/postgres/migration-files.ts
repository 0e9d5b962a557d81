/** The migrations as they lie beside the program: `migrations/NNNN-name.sql`, from 0001 without a hole. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Migration {
  version: number;
  /** Such as `0001-hosts-and-history`. */
  name: string;
  sql: string;
  /** SHA-256 of the text, line ends as LF. */
  checksum: string;
  /** False with a first line `-- drover: no-transaction`: then the file is one statement that may run twice (`… CONCURRENTLY IF NOT EXISTS`). */
  transaction: boolean;
}

/** Of the package, from src/ and from dist/ alike. */
export function migrationsFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, 'migrations');
  }
  throw new Error('no package.json above this file: the migrations cannot be found');
}

/** Throws where a file is not named so, or a number is doubled or missing. */
export function readMigrations(folder: string = migrationsFolder()): Migration[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.sql')).sort();
  return names.map((file, index) => {
    const number = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(file)?.[1];
    if (Number(number) !== index + 1) throw new Error(`${join(folder, file)}: expected a name such as ${String(index + 1).padStart(4, '0')}-what-it-does.sql`);
    const sql = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
    return {
      version: index + 1,
      name: file.slice(0, -'.sql'.length),
      sql,
      checksum: createHash('sha256').update(sql).digest('hex'),
      transaction: !sql.startsWith('-- drover: no-transaction\n'),
    };
  });
}
