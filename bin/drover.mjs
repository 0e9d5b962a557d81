#!/usr/bin/env node
// The command, also where nothing is built yet (`npm start --ignore-scripts` skips the build).
import { existsSync } from 'node:fs';

const entry = new URL('../dist/cli/index.js', import.meta.url);
if (existsSync(entry)) await import(entry.href);
else {
  console.error('drover: dist/ is missing: run "npm run build" (after "npm ci"), then again.');
  process.exitCode = 1;
}
