import { Option, type Command } from 'commander';
import type { ReportFormat } from '../../../rules/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { engineOption } from '../../systems/engine.ts';

/** `dsl check [globs...]` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('[globs...]', 'files or globs; without one, those of dsl.config.ts, or **/*.dsl.ts')
    .addOption(
      new Option('--format <format>', 'how problems are printed; github inside GitHub Actions, else pretty').choices([
        'pretty',
        'json',
        'sarif',
        'github',
      ]),
    )
    .addOption(new Option('--fix', 'mend what a change of text mends, such as misspelt names').conflicts('revision'))
    .option('--revision <rev>', 'check what a revision of git has, instead of what is on the disk')
    .option('--json', 'short for --format json')
    .option('--max-warnings <n>', 'fail when there are more warnings', count)
    .addOption(engineOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl check\n  $ dsl check systems/*.dsl.ts --max-warnings 0\n  $ dsl check --fix\n  $ dsl check --format sarif > problems.sarif\n  $ dsl check --revision HEAD~1\n',
    )
    .action(
      async (
        globs: string[],
        options: {
          readonly format?: ReportFormat;
          readonly maxWarnings?: number;
          readonly fix?: boolean;
          readonly revision?: string;
          readonly engine?: string;
        },
      ) => exit(await (await import('./run.ts')).check(io, globs, options)),
    );
}

function count(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isInteger(number) && number >= 0) return number;
  throw new CliError('MR2003', `--max-warnings should be a whole number, not '${text}'.`, {
    hint: 'Such as --max-warnings 0.',
  });
}
