import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CliError } from '../../kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { nearest } from '../../../core/index.ts';
import { packageRoot } from '../../kit/package-root.ts';

/** Prints the page of a code. */
export function explain(io: Io, wanted: string, folder: string = join(packageRoot, 'docs/errors')): number {
  const codes = readdirSync(folder)
    .filter((name) => /^MR\d{4}\.md$/.test(name))
    .map((name) => name.slice(0, -3));
  const code = /^\d{4}$/.test(wanted) ? `MR${wanted}` : wanted.toUpperCase();
  if (!codes.includes(code)) {
    const like = nearest(code, codes);
    throw new CliError('MR2006', `There is no code '${wanted}'.`, {
      hint: like === undefined ? 'Codes look like MR1203.' : `Did you mean \`dsl explain ${like}\`?`,
    });
  }
  const text = readFileSync(join(folder, `${code}.md`), 'utf8').trimEnd();
  const title = /^# *MR\d{4}: *(.*)$/m.exec(text)?.[1] ?? '';
  if (io.json) io.document({ code, title, text });
  else io.out(text.replaceAll(/^#+ +(.*)$/gm, (_, heading: string) => io.paint('bold', heading)));
  return 0;
}
