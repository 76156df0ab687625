import { CliError } from '../../../project/kit/failure.ts';

/** Reads `NAME=FILE`, once or more. */
export function resourceOption(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const [, name, file] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || file === undefined)
    throw new CliError('MR2003', `--resource takes NAME=FILE, not '${text}'.`, { hint: '--resource books=books.db' });
  return { ...before, [name]: file };
}
