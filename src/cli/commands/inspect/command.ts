import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';

/** `dsl inspect FILE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('[file]', 'the .dsl.ts file of the system')
    .addOption(new Option('--json', 'print the model'))
    .addOption(new Option('--schema', 'print the JSON Schema of models').conflicts('json'))
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl inspect hello.dsl.ts\n  $ dsl inspect hello.dsl.ts --json > hello.json\n  $ dsl inspect --schema\n',
    )
    .action(async (file: string | undefined, options: { readonly schema?: true }) =>
      exit(await (await import('./run.ts')).inspect(io, file, options.schema === true)),
    );
}
