/** A real Chromium for tests: DROVER_CHROMIUM, else one on the PATH, else the one that a development dependency brings. */
import { accessSync, constants, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'chromium-headless-shell', 'google-chrome', 'google-chrome-stable'];

export interface TestBrowser { browser: Browser; close(): Promise<void> }

/** `args`: of the command line, besides. */
export async function launchChromium(args: readonly string[] = []): Promise<TestBrowser> {
  const folder = mkdtempSync(join(tmpdir(), 'drover-chromium-'));
  const executablePath = process.env['DROVER_CHROMIUM'] || onPath() || (await unpacked(folder));
  // Its own default arguments switch off what is under test here: origins and CSP.
  const browser = await chromium.launch({ executablePath, headless: true, args: [...args, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])] });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function onPath(): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    for (const name of NAMES) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {}
    }
  }
  return undefined;
}

/** Two that unpack into one folder trip over each other (ETXTBSY), so each has its own. */
async function unpacked(folder: string): Promise<string> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = folder;
  // It brings the libraries of a bare machine only where it believes to be on Lambda.
  const bare = !['/usr/lib', '/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/lib/x86_64-linux-gnu'].some((path) => existsSync(path) && readdirSync(path).includes('libnss3.so'));
  if (bare) process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs22.x';
  try {
    const { default: packed } = await import('@sparticuz/chromium');
    return await packed.executablePath();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}
