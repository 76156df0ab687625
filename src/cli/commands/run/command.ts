import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { engineOption } from '../../systems/engine.ts';
import type { RunArguments } from './run.ts';

/** `dsl run FILE FLOW` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('<flow>', 'the name of the flow')
    .option('--input <json>', 'the input: JSON, @FILE, or - for stdin')
    .option('--id <id>', 'the id of the run; with the id of an earlier run, that one goes on')
    .option('--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)')
    .addOption(engineOption())
    .addHelpText(
      'after',
      '\nCtrl-C leaves the run on disk; the same command with its --id goes on.\n\nExamples:\n  $ dsl run hello.dsl.ts greet --input \'{"name":"Ada"}\'\n  $ dsl run hello.dsl.ts greet --input @visitor.json --id greet-ada --json\n  $ dsl run hello.dsl.ts greet --id greet-ada\n',
    )
    .action(async (file: string, flow: string, options: RunArguments) =>
      exit(await (await import('./run.ts')).run(io, file, flow, options)),
    );
}
