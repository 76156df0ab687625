import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { formats, type GraphOptions } from './options.ts';

/** `dsl graph FILE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<file>', 'the .dsl.ts file of the system')
    .addOption(new Option('--machine <name>', 'only this machine').conflicts('flow'))
    .option('--flow <name>', 'only this flow')
    .addOption(new Option('--format <format>', 'mermaid, unless --json says json').choices(formats))
    .option('--out <path>', 'write to this file; a folder gets one file for each machine and flow')
    .option('--json', 'short for --format json; with another format, a document that holds the texts')
    .addHelpText(
      'after',
      `
Examples:
  $ dsl graph orders.dsl.ts > orders.md
  $ dsl graph orders.dsl.ts --machine order --format svg --out order.svg
  $ dsl graph orders.dsl.ts --format svg --out pictures/
  $ dsl graph orders.dsl.ts --flow fulfilOrder --json
  $ dsl graph orders.dsl.ts --machine order --format scxml
  $ dsl graph orders.dsl.ts --machine order --format xstate --out order.json
  $ dsl graph orders.dsl.ts --machine order --format xstate --out order.ts     (the module)
`,
    )
    .action(async (file: string, options: GraphOptions) =>
      exit(await (await import('./run.ts')).graph(io, file, options)),
    );
}
