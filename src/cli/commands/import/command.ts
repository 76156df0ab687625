import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import type { ImportOptions } from './run.ts';

/** `dsl import FILE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<file>', 'the SCXML document, the configuration of XState or of a workflow, or the model')
    .addOption(
      new Option('--from <format>', 'what the file is; default: told by its name and content').choices([
        'scxml',
        'xstate',
        'workflow',
        'toml',
        'json',
      ]),
    )
    .option('--name <name>', 'what the system is called')
    .option('--roles <list>', 'the roles that a workflow of the type spec-default requires, in order')
    .option('--events <list>', 'the events that an SCXML document is sent from outside: its patterns cover them, too')
    .option('--out <file>', 'write this .dsl.ts instead of printing it')
    .option('--force', 'replace the file if it is there')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl import door.scxml\n  $ dsl import door.scxml --events bell.front,bell.back\n' +
        '  $ dsl import light.json --from xstate --out light.dsl.ts\n' +
        '  $ dsl import review.toml --out review.dsl.ts\n' +
        '  $ dsl import book.json --from workflow --roles planner,writer --out book.dsl.ts\n' +
        '  $ dsl inspect shop.dsl.ts --json > shop.json && dsl import shop.json --out shop.dsl.ts --force\n',
    )
    .action(async (file: string, options: ImportOptions) =>
      exit(await (await import('./run.ts')).importFile(io, file, options)),
    );
}
