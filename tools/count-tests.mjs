// Adds up vitest's JSON reports and prints `N passed, N failed, N skipped` as the last line. Exit status 1 when a report is
// missing, when anything failed or when nothing ran.
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
let skipped = 0;
let broken = false;
for (const path of process.argv.slice(2)) {
  if (!existsSync(path)) {
    console.log(`no report ${path.split('/').at(-1)}: that run did not finish`);
    broken = true;
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  skipped += report.numPendingTests + report.numTodoTests;
  // A file that could not be loaded holds no test that failed.
  const unloaded = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  for (const file of unloaded) console.log(`could not be run: ${file.name.split('/').at(-1)}`);
  failed += unloaded.length;
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(broken || failed > 0 || passed === 0 ? 1 : 0);
