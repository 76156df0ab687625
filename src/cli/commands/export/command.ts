import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import type { ExportOptions } from './run.ts';

/** `dsl export FILE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<file>', 'the .dsl.ts file of the system')
    .addOption(new Option('--machine <name>', 'this machine').conflicts('flow'))
    .option('--flow <name>', 'this flow')
    .addOption(
      new Option('--format <format>', 'toml for machines, json for a flow; default: by what is named').choices([
        'toml',
        'json',
      ]),
    )
    .option('--out <file>', 'write to this file instead of printing it')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl export review.dsl.ts --machine request --format toml --out review.toml\n' +
        '  $ dsl export book.dsl.ts --flow book --format json\n',
    )
    .action(async (file: string, options: ExportOptions) =>
      exit(await (await import('./run.ts')).exportFile(io, file, options)),
    );
}
