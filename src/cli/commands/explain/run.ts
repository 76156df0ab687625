import { nearest } from '../../../core/index.ts';
import { codes, explain as pageOf } from '../../../rules/explain.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';

/** Prints the page of a code. */
export function explain(io: Io, wanted: string): number {
  const code = /^\d{4}$/.test(wanted) ? `MR${wanted}` : wanted.toUpperCase();
  const text = pageOf(code)?.trimEnd();
  if (text === undefined) {
    // Codes are all alike: only a slip of one character is worth a guess.
    const like = nearest(code, codes(), 1);
    throw new CliError('MR2006', `There is no code '${wanted}'.`, {
      hint: like === undefined ? 'Codes look like MR1203.' : `Did you mean \`dsl explain ${like}\`?`,
    });
  }
  const title = /^# *MR\d{4}: *(.*)$/m.exec(text)?.[1] ?? '';
  if (io.json) io.document({ code, title, text });
  else io.out(text.replaceAll(/^#+ +(.*)$/gm, (_, heading: string) => io.paint('bold', heading)));
  return 0;
}
