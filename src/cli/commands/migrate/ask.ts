import type { Ask } from '../../../migrate/scaffold/answers.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { canAsk, linesOf } from '../../kit/confirm.ts';
import type { Io } from '../../kit/io.ts';

/** How many candidates are offered. */
const offered = 9;

/** Asks the person at the terminal what became of each thing. Nobody is asked where there is no terminal. */
export function askAt(io: Io): { readonly ask?: Ask; readonly close: () => void } {
  if (!canAsk(io)) return { close: () => {} };
  const lines = linesOf(io);
  // Lines that come before they are asked for wait for their question.
  const answers = lines[Symbol.asyncIterator]();
  return {
    close: () => lines.close(),
    ask: async ({ kind, name, owner, candidates }) => {
      const shown = candidates.slice(0, offered);
      const of = owner === undefined ? '' : ` of '${owner}'`;
      io.note(`\n${kind[0]?.toUpperCase()}${kind.slice(1)} '${name}'${of} is gone. What became of it?`);
      for (const [index, each] of shown.entries()) {
        io.note(`  ${index + 1}  it is called '${each.name}' now${each.likeness >= 0.5 ? ' (likely)' : ''}`);
      }
      io.note('  0  it went for good');
      const usual = (shown[0]?.likeness ?? 0) >= 0.5 ? '1' : '0';
      for (;;) {
        lines.setPrompt(`Which? [${usual}] `);
        lines.prompt();
        const { done, value } = await answers.next();
        if (done === true) {
          throw new CliError('MR2003', 'The questions were not answered, so nothing was written.', {
            hint: 'Answer them with --rename and --drop, or leave them as placeholders: `dsl migrate FILE --plan < /dev/null`.',
          });
        }
        const choice = value.trim() === '' ? usual : value.trim();
        if (choice === '0') return undefined;
        const found = shown[Number(choice) - 1] ?? candidates.find((each) => each.name === choice);
        if (found !== undefined) return found.name;
        io.note(`Write a number from 0 to ${shown.length}, or the new name.`);
      }
    },
  };
}
