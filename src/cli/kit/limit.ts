import { CliError } from '../../project/kit/failure.ts';

/** The whole number behind `--limit`. */
export function limitOption(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new CliError('MR2003', `--limit should be a whole number above 0, not '${text}'.`, {
    hint: 'Such as --limit 20.',
  });
}

/** A whole number that is not negative, of the option of this name. */
export function wholeOption(name: string): (text: string) => number {
  return (text) => {
    if (/^\d{1,15}$/.test(text)) return Number(text);
    throw new CliError('MR2003', `${name} should be a whole number, not '${text}'.`);
  };
}
