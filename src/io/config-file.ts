/** The YAML file of settings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

export interface ConfigFile { path: string | null; document: Record<string, unknown> }

/** `named`: must be there; else `drover.yaml` in `cwd`, if it is there. What is wrong goes to `problems`. */
export function readConfigFile(named: string | null, cwd: string, problems: string[]): ConfigFile {
  const path = named ?? join(cwd, 'drover.yaml');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (named === null && code === 'ENOENT') return { path: null, document: {} };
    problems.push(`${path}: cannot be read (${code}): check DROVER_CONFIG and the file's permissions`);
    return { path, document: {} };
  }
  const parsed = parseDocument(text, { prettyErrors: true });
  const [fault] = parsed.errors;
  if (fault !== undefined) {
    const line = fault.linePos?.[0].line;
    problems.push(`${path}${line === undefined ? '' : `:${line}`}: not valid YAML: ${fault.message.split('\n')[0]?.replace(/ at line.*$/, '')}`);
    return { path, document: {} };
  }
  const document: unknown = parsed.toJS({ maxAliasCount: 100 });
  if (document === null || document === undefined) return { path, document: {} };
  if (typeof document === 'object' && !Array.isArray(document)) return { path, document: document as Record<string, unknown> };
  problems.push(`${path}: expected settings such as "listen: 127.0.0.1:4747", found a ${Array.isArray(document) ? 'list' : typeof document}`);
  return { path, document: {} };
}
