import { CliError } from '../../../project/kit/failure.ts';

/** Reads the whole number behind an option that counts. */
export function sequenceOption(option: string): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
    throw new CliError('MR2003', `${option} should be a whole number, not '${text}'.`, {
      hint: '`dsl instances history ID` shows the numbers of the entries.',
    });
  };
}
