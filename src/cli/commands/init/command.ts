import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';

/** `dsl init [DIR]` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('[dir]', 'the folder of the project', '.')
    .addOption(new Option('--template <name>', 'what to start from').choices(['hello', 'orders']).default('hello'))
    .addHelpText(
      'after',
      '\nNothing that is there already is changed.\n\nExamples:\n  $ dsl init\n  $ dsl init shop --template orders\n',
    )
    .action(async (dir: string, options: { readonly template: string }) =>
      exit((await import('./run.ts')).init(io, dir, options.template)),
    );
}
