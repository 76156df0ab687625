import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { limitOption } from '../../kit/limit.ts';

interface ListOptions {
  readonly db?: string;
  readonly status?: string;
  readonly machine?: string;
  readonly state?: string;
  readonly limit: number;
}

/** `dsl instances list|show` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command.addHelpText('after', '\nExamples:\n  $ dsl instances list --machine order\n  $ dsl instances show o-1\n');
  command
    .command('list')
    .summary('list machine instances, newest first')
    .description('List machine instances, newest first. Reads the database only: whoever drives it is not disturbed.')
    .option('--machine <name>', 'only instances of this machine')
    .option('--status <status>', 'only instances that are active, done or stopped')
    .option('--state <name>', 'only instances in this state')
    .option('--limit <n>', 'at most so many', limitOption, 50)
    .option('--db <file>', 'the database')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances list\n  $ dsl instances list --machine order --state travelling --json\n',
    )
    .action(async (options: ListOptions) => exit(await (await import('./list.ts')).listInstances(io, options)));
  command
    .command('show')
    .summary('show one instance and its history')
    .description('Show one instance: its state, its context, and the events it took.')
    .argument('<id>', 'the key of the instance')
    .option('--machine <name>', 'the machine, where several have an instance of that key')
    .option('--db <file>', 'the database')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances show o-1\n  $ dsl instances show o-1 --machine order --json\n',
    )
    .action(async (id: string, options: { readonly db?: string; readonly machine?: string }) =>
      exit(await (await import('./show.ts')).showInstance(io, id, options)),
    );
}
