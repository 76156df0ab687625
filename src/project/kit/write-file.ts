import { messageOf } from '../../core/errors.ts';
import { writeFiles } from '../../core/write-files.ts';
import { CliError, describeFailure } from './failure.ts';

/** Writes a file in one piece, in a folder that is made when it is not there: who reads it never sees a half. */
export function writeFile(path: string, text: string): void {
  inWords(path, () => writeFiles([[path, text]]));
}

/** Does what needs a place on the disk; where that cannot be had, it is said in words. */
export function inWords(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    // A full disk and the like have words of their own.
    if (describeFailure(error).code !== 'MR2099') throw error;
    throw new CliError('MR1733', `'${path}' cannot be written: ${messageOf(error)}.`, {
      hint: 'Name a file in a folder that is there, or that can be made.',
      fault: 'environment',
      cause: error,
    });
  }
}
