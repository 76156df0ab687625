import { lstatSync } from 'node:fs';
import { CliError } from '../../../project/kit/failure.ts';

/** Refuses a place where the text must not be written. */
export function checkOut(out: string, shown: string, input: string, force: boolean): void {
  if (!/(?<!\.d)\.m?ts$/.test(out)) {
    throw new CliError('MR2003', `--out: '${shown}' is no TypeScript file.`, { hint: 'Such as door.dsl.ts.' });
  }
  if (out === input) throw new CliError('MR1760', `--out: '${shown}' is the file that is imported.`);
  const there = lstatSync(out, { throwIfNoEntry: false });
  if (there === undefined) return;
  if (there.isDirectory())
    throw new CliError('MR1760', `--out: '${shown}' is a folder.`, { hint: 'Name a file in it.' });
  if (!force) {
    throw new CliError('MR1760', `'${shown}' is there already.`, { hint: '--force replaces it; nothing was written.' });
  }
}
