#!/usr/bin/env node
/** The command `drover`. */
import { runProgram } from './program.ts';

const status = await runProgram(process.argv.slice(2), (line) => console.error(line));
if (status !== 0) process.exitCode = status;
