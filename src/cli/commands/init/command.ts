import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';

/** Two systems, and one of each pattern. */
const templates = ['hello', 'orders', 'map-reduce', 'pipeline', 'approval', 'saga', 'retry-until'];

/** `dsl init [DIR]` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('[dir]', 'the folder of the project', '.')
    .addOption(new Option('--template <name>', 'what to start from').choices(templates).default('hello'))
    .addHelpText(
      'after',
      '\nNothing that is there already is changed.\n\nExamples:\n  $ dsl init\n  $ dsl init shop --template orders\n  $ dsl init trips --template saga\n',
    )
    .action(async (dir: string, options: { readonly template: string }) =>
      exit((await import('./run.ts')).init(io, dir, options.template)),
    );
}
