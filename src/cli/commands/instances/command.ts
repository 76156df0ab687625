import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { engineOption } from '../../systems/engine.ts';
import { limitOption } from '../../kit/limit.ts';
import { configureChanges } from './changes.ts';
import { sequenceOption } from './sequence.ts';

interface ListOptions {
  readonly db?: string;
  readonly engine?: string;
  readonly system?: string;
  readonly status?: string;
  readonly machine?: string;
  readonly state?: string;
  readonly limit: number;
  readonly offset?: number;
}
interface One {
  readonly db?: string;
  readonly engine?: string;
  readonly system?: string;
  readonly machine?: string;
}

const database = ['--db <file>', 'the database'] as const;
const machine = ['--machine <name>', 'the machine, where several have an instance of that key'] as const;

/** `dsl instances list|show|history|metrics|export|rollback|remove|restore` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  $ dsl instances list --machine order\n  $ dsl instances show o-1\n  $ dsl instances rollback orders.dsl.ts o-1\n',
  );
  command
    .command('list')
    .summary('list machine instances, newest first')
    .description('List machine instances, newest first. Reads the database only: whoever drives it is not disturbed.')
    .option('--machine <name>', 'only instances of this machine')
    .option('--status <status>', 'only instances that are active, done or stopped')
    .option('--state <name>', 'only instances in this state')
    .option('--limit <n>', 'at most so many', limitOption, 50)
    .option('--offset <n>', 'without the first so many', sequenceOption('--offset'))
    .option(...database)
    .addOption(engineOption())
    .option('--system <name>', 'the system, where a server of Restate has several')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances list\n  $ dsl instances list --machine order --state travelling --json\n  $ dsl instances list --limit 50 --offset 50\n',
    )
    .action(async (options: ListOptions) => exit(await (await import('./list.ts')).listInstances(io, options)));
  command
    .command('show')
    .summary('show one instance and its history')
    .description('Show one instance: its state, its context, and the events it took.')
    .argument('<id>', 'the key of the instance')
    .option(...machine)
    .option(...database)
    .addOption(engineOption())
    .option('--system <name>', 'the system, where a server of Restate has several')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances show o-1\n  $ dsl instances show o-1 --machine order --json\n',
    )
    .action(async (id: string, options: One) => exit(await (await import('./show.ts')).showInstance(io, id, options)));
  command
    .command('history')
    .summary('show what an instance went through, newest first')
    .description(
      'Show the entries of the history of an instance, newest first: as many as are kept, or a page of them.',
    )
    .argument('<id>', 'the key of the instance')
    .option('--tail <n>', 'the newest so many', sequenceOption('--tail'))
    .option('--before <entry>', 'those before this entry: the next page', sequenceOption('--before'))
    .option(...machine)
    .option(...database)
    .addOption(engineOption())
    .option('--system <name>', 'the system, where a server of Restate has several')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances history o-1 --tail 5\n  $ dsl instances history o-1 --tail 5 --before 17 --json\n',
    )
    .action(async (id: string, options: One & { readonly tail?: number; readonly before?: number }) =>
      exit(await (await import('./history.ts')).showHistory(io, id, options)),
    );
  command
    .command('metrics')
    .summary('show how long steps and states take, and what fails')
    .description(
      'Show what the histories of a machine tell, or that of one instance: how long steps take, how long instances are in each state, how much fails.',
    )
    .argument('<machine>', 'the machine')
    .option('--id <id>', 'only this instance')
    .option(...database)
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances metrics order\n  $ dsl instances metrics order --id o-1 --json\n',
    )
    .action(async (name: string, options: { readonly db?: string; readonly id?: string }) =>
      exit(await (await import('./metrics.ts')).showMetrics(io, name, options)),
    );
  command
    .command('export')
    .summary('write an instance down as JSON, or all of them')
    .description(
      'Write an instance down as one JSON document on stdout, with its timers and its history; without an id all instances, by `machine/id`. `dsl instances restore` makes instances of them again.',
    )
    .argument('[id]', 'the key of the instance')
    .option('--machine <name>', 'the machine')
    .addOption(new Option('--status <status>', 'of all, only those').choices(['active', 'done', 'stopped']))
    .option(...database)
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl instances export o-1 > o-1.json\n  $ dsl instances export --machine order --status active > orders.json\n',
    )
    .action(async (id: string | undefined, options: One & { readonly status?: 'active' | 'done' | 'stopped' }) =>
      exit(await (await import('./export.ts')).exportInstances(io, id, options)),
    );
  configureChanges(command, io, exit);
}
