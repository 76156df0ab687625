import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';

/** `dsl explain CODE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<code>', 'the code of a diagnostic or an error, such as MR1203')
    .addHelpText('after', '\nExamples:\n  $ dsl explain MR1203\n  $ dsl explain mr3101 --json\n')
    .action(async (code: string) => exit((await import('./run.ts')).explain(io, code)));
}
