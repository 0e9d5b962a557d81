#!/usr/bin/env node
/** The command `drover`. */
import { runProgram } from './program.ts';

const status = await runProgram(process.argv.slice(2), (line) => console.error(line));
if (status !== 0) process.exitCode = status;
// Everything has ended: what keeps the process alive after this is a leftover, such as a socket that was being connected when the
// database's driver was told to end.
setTimeout(() => process.exit(), 500).unref();
