/** A running postmaster as its `postmaster.pid` tells of it, and as the kernel confirms. */
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { platform } from 'node:os';

/** https://www.postgresql.org/docs/18/storage-file-layout.html, and miscadmin.h for the order of the lines. */
export interface PostmasterFile {
  pid: number;
  folder: string;
  /** Not yet written while the server begins. */
  port: number | null;
  /** `starting`, `ready`, `stopping`, `standby`; '' while the server begins. */
  status: string;
}

/** null: there is none, or it is not one. */
export function readPostmasterFile(cluster: string): PostmasterFile | null {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return null;
  }
  const [pid, folder, , port, , , , status] = lines;
  if (!/^-?\d+$/.test(pid ?? '')) return null;
  return { pid: Math.abs(Number(pid)), folder: folder ?? '', port: /^[1-9]\d*$/.test(port ?? '') ? Number(port) : null, status: (status ?? '').trim() };
}

/** A zombie is not alive. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return platform() !== 'linux';
  }
}

/** Whether the process is a postmaster of that cluster: a pid alone is no proof, it may be another program's by now. */
export function isPostmasterOf(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  if (platform() === 'linux') return isPostgresIn(pid, cluster);
  try {
    // No /proc: the command line, which Drover writes with the cluster's full path.
    const command = execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return command.includes('postgres') && command.includes(cluster);
  } catch {
    return false;
  }
}

/** Any process of PostgreSQL that works in that cluster: an orphan of a killed postmaster holds its memory for a moment. */
export function postgresIn(cluster: string): boolean {
  if (platform() !== 'linux') return false;
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isPostgresIn(Number(name), cluster));
}

function isPostgresIn(pid: number, cluster: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === cluster;
  } catch {
    return false;
  }
}
