import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { CliError, describeFailure } from './failure.ts';

/** Writes a file in one piece, in a folder that is made when it is not there: who reads it never sees a half. */
export function writeFileAtomically(path: string, text: string): void {
  try {
    makeFolder(dirname(path));
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      writeFileSync(temporary, text);
      renameSync(temporary, path);
    } finally {
      if (existsSync(temporary)) rmSync(temporary);
    }
  } catch (error) {
    // A full disk and the like have words of their own.
    if (describeFailure(error).code !== 'MR2099') throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new CliError('MR1733', `'${path}' cannot be written: ${reason}.`, {
      hint: 'Name a file in a folder that is there, or that can be made.',
      fault: 'environment',
      cause: error,
    });
  }
}

/** One level after the other: below /proc, Node's own recursive way never ends. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}
