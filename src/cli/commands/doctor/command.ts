import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';

/** `dsl doctor` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .addHelpText('after', '\nExamples:\n  $ dsl doctor\n  $ dsl doctor --json\n')
    .action(async () => exit(await (await import('./run.ts')).doctor(io)));
}
