import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { engineOption } from '../../systems/engine.ts';
import type { RemoveArguments } from './remove.ts';
import type { RestoreArguments } from './restore.ts';
import type { RollbackArguments } from './rollback.ts';
import { sequenceOption } from './sequence.ts';

const database = ['--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)'] as const;

/** `dsl instances rollback|remove|restore`: whoever drives the database does it; without a driver the command drives. */
export function configureChanges(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .command('rollback')
    .summary('put an instance back to an earlier entry of its history')
    .description(
      'Put an instance back to where it stood after an earlier entry of its history: states, context, timers with the time that they had left. Work that is under way is stopped, and what worked for it then begins anew. What was published or sent stays so. Whoever drives the database does it; without a driver the command drives it.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('<id>', 'the key of the instance')
    .option(
      '--to <entry>',
      'the entry; default: the one before, which takes the last event back',
      sequenceOption('--to'),
    )
    .option('--from-final', 'also when the instance has ended')
    .option('--machine <name>', 'the machine, where several have an instance of that key')
    .option(...database)
    .addOption(engineOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances rollback orders.dsl.ts o-1\n  $ dsl instances rollback orders.dsl.ts o-1 --to 4 --from-final --json\n',
    )
    .action(async (file: string, id: string, options: RollbackArguments) =>
      exit(await (await import('./rollback.ts')).rollback(io, file, id, options)),
    );
  command
    .command('remove')
    .summary('remove an instance with its history')
    .description(
      'Remove an instance with its history; its key is free then. Whoever drives the database does it; without a driver the command drives it.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('<id>', 'the key of the instance')
    .option('--force', 'also when it has not ended: its timers go, and its work is stopped')
    .option('--machine <name>', 'the machine, where several have an instance of that key')
    .option(...database)
    .addOption(engineOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances remove orders.dsl.ts o-1\n  $ dsl instances remove orders.dsl.ts o-1 --force --json\n',
    )
    .action(async (file: string, id: string, options: RemoveArguments) =>
      exit(await (await import('./remove.ts')).remove(io, file, id, options)),
    );
  command
    .command('restore')
    .summary('make instances of documents')
    .description(
      'Make an instance of a document of `dsl instances export`, or instances of many; what cannot be restored is passed over and listed. Whoever drives the database does it; without a driver the command drives it.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .requiredOption('--document <json>', 'a document, or several by their names: JSON, @FILE, or - for stdin')
    .option('--id <id>', 'the key of the instance, when it is not that of the document')
    .option('--force', 'replace instances that are there')
    .option('--accept-changed', 'take documents of another version of the machine, if their states are still there')
    .addOption(
      new Option('--timers <when>', 'timers ring at the time they were set for, or after the time that was left')
        .choices(['due', 'left'])
        .default('due'),
    )
    .option(...database)
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances restore orders.dsl.ts --document @o-1.json\n  $ dsl instances export --db old.db | dsl instances restore orders.dsl.ts --document - --timers left --json\n',
    )
    .action(async (file: string, options: RestoreArguments) =>
      exit(await (await import('./restore.ts')).restore(io, file, options)),
    );
}
