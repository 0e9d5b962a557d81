/** Whose processes the embedded server's are. PostgreSQL refuses to run as root. */
import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseFault } from '../postgres/fault.ts';

export interface Account { uid: number; gid: number; name: string }

/** Best first. `nobody` is on every Linux and macOS; none is ever made. */
const CANDIDATES = ['drover', 'postgres', 'nobody'];

/**
 * null: our own account will do. As root: the owner of the cluster that is there, else the first of the candidates that the
 * machine knows. initdb wants an account with a name, so those of /etc/passwd alone are taken.
 */
export function serverAccount(cluster: string): Account | null {
  const us = process.geteuid?.();
  if (us === undefined) return null;
  const owner = ownerOf(cluster);
  if (us !== 0) {
    if (owner === undefined || owner === us) return null;
    throw new DatabaseFault('folder', `${cluster} belongs to user ${owner}, and Drover runs as ${us}: run it as that user, or set DROVER_DATA_DIR to a folder of your own`, { refused: true });
  }
  const accounts = readAccounts();
  if (owner !== undefined && owner !== 0) {
    const found = accounts.find(({ uid }) => uid === owner);
    if (found) return found;
    throw new DatabaseFault('folder', `${cluster} belongs to user ${owner}, whom this machine does not know: give it to one that it knows (chown -R postgres ${cluster})`, { refused: true });
  }
  for (const name of CANDIDATES) {
    const found = accounts.find((account) => account.name === name && account.uid !== 0);
    if (found) return found;
  }
  throw new DatabaseFault('folder', `PostgreSQL does not run as root, and this machine has none of the users ${CANDIDATES.join(', ')}: make one (useradd --system drover), or run Drover as another user`, { refused: true });
}

function ownerOf(folder: string): number | undefined {
  return statSync(folder, { throwIfNoEntry: false })?.uid;
}

function readAccounts(): Account[] {
  try {
    return readFileSync('/etc/passwd', 'utf8').split('\n').flatMap((line) => {
      const [name, , uid, gid] = line.split(':');
      return name && /^\d+$/.test(uid ?? '') && /^\d+$/.test(gid ?? '') ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
    });
  } catch {
    return [];
  }
}

/** Whether the account gets into every folder above `path`, by owner, group and mode. `path` must be free of links. */
export function canReach(path: string, account: Account): boolean {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!canUse(folder, account, 1)) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** `bits`: 4 read, 2 write, 1 run or enter. */
export function canUse(path: string, account: Account, bits: number): boolean {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return false;
  const shift = stat.uid === account.uid ? 6 : stat.gid === account.gid ? 3 : 0;
  return ((stat.mode >> shift) & bits) === bits;
}
