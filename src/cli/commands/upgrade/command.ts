import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import type { UpgradeArguments } from './run.ts';

/** `dsl upgrade [globs...]` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('[globs...]', 'files or globs; without one, those of dsl.config.ts, or **/*.dsl.ts')
    .option(
      '--from <version>',
      'the version of Millrace that the source was written for; without it, what the generated code says',
    )
    .option('--dry-run', 'show what would change, and write nothing')
    .option('--check', 'write nothing; exit 1 when something would change')
    .addHelpText(
      'after',
      '\nOnly what this version of Millrace refuses is touched; comments and formatting stay. For the versions of your own\nsystem there is `dsl migrate`.\n\nExamples:\n  $ dsl upgrade --dry-run\n  $ dsl upgrade\n  $ dsl upgrade systems/*.dsl.ts --from 0.1.0\n',
    )
    .action(async (globs: string[], options: UpgradeArguments) =>
      exit(await (await import('./run.ts')).upgrade(io, globs, options)),
    );
}
