/** Where the embedded cluster lies, and what lies beside it. */
import { createHash } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmdirSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { DatabaseFault } from '../postgres/fault.ts';
import { canReach, serverAccount, type Account } from './account.ts';

/** For clusters whose own place is closed to the server's account. */
const SHARED_ROOT = '/var/lib/drover';

export interface Place {
  /** PGDATA, free of links. It may not exist yet. */
  cluster: string;
  /** null: our own. */
  account: Account | null;
  exists: boolean;
  /** Path of something of ours that belongs to the cluster: beside it, since as root nothing of ours may lie in a folder of the server's account; in it where the folder above is closed to us. */
  beside(name: string): string;
}

/**
 * `folder` as configured. As root, where a folder above it is closed to the server's account, the cluster lies under
 * /var/lib/drover/<hash of the folder> and `folder` is a link to it. Throws a refused fault `folder`.
 */
export function findPlace(folder: string): Place {
  try {
    const cluster = clusterOf(folder);
    const account = serverAccount(cluster);
    const inside = !canWrite(dirname(cluster)) && canWrite(cluster);
    return { cluster, account, exists: isCluster(cluster), beside: (name) => (inside ? join(cluster, `drover.${name}`) : `${cluster}.${name}`) };
  } catch (cause) {
    if (cause instanceof DatabaseFault) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOSPC') throw new DatabaseFault('disk_full', `no space left for the embedded database in ${folder}`, { cause });
    throw new DatabaseFault('folder', `the embedded database's folder ${folder} cannot be used (${code ?? String(cause)}): set DROVER_DATA_DIR to a folder of your own`, { refused: true, cause });
  }
}

function clusterOf(folder: string): string {
  mkdirSync(dirname(folder), { recursive: true });
  const own = join(realpathSync(dirname(folder)), basename(folder));
  const found = lstatSync(own, { throwIfNoEntry: false });
  if (found && !(found.isSymbolicLink() && !existsSync(own))) {
    const real = realpathSync(own);
    const account = serverAccount(real);
    if (account === null || canReach(real, account)) return real;
    if (readdirSync(real).length > 0 || found.isSymbolicLink()) {
      throw new DatabaseFault('folder', `a folder above ${real} is closed to user ${account.name}, as whom PostgreSQL runs there: open it (chmod o+x), or set DROVER_DATA_DIR to another folder`, { refused: true });
    }
    rmdirSync(real);
    return linkElsewhere(own);
  }
  if (!found) {
    const account = serverAccount(own);
    return account === null || canReach(own, account) ? own : linkElsewhere(own);
  }
  const elsewhere = sharedPlace(own);
  if (readlinkSync(own) !== elsewhere) throw new DatabaseFault('folder', `${own} is a link to nothing: remove it, or bring back what it points to`, { refused: true });
  return linkElsewhere(own);
}

function sharedPlace(own: string): string {
  return join(SHARED_ROOT, createHash('sha256').update(own).digest('hex').slice(0, 16), 'pg');
}

function linkElsewhere(own: string): string {
  const elsewhere = sharedPlace(own);
  // The modes are set apart: umask takes bits away.
  for (const path of [SHARED_ROOT, dirname(elsewhere)]) {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o711);
  }
  try {
    symlinkSync(elsewhere, own);
  } catch (error) {
    // It is there, or another Drover that starts at the same moment made the same.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return elsewhere;
}

/** Throws where the folder holds something else. */
function isCluster(cluster: string): boolean {
  if (!existsSync(cluster)) return false;
  if (existsSync(join(cluster, 'PG_VERSION'))) return true;
  const other = readdirSync(cluster).find((name) => !name.startsWith('drover.'));
  if (other === undefined) return false;
  throw new DatabaseFault('folder', `${cluster} is neither empty nor a PostgreSQL cluster (it holds ${other}): set DATABASE_URL or DROVER_DATA_DIR to another folder`, { refused: true });
}

/** The major version of the cluster that is there. */
export function clusterVersion(cluster: string): number {
  return Number.parseInt(readFileSync(join(cluster, 'PG_VERSION'), 'utf8'), 10);
}

function canWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
