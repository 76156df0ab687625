import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import type { MigrateOptions } from './run.ts';

/** `dsl migrate FILE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];
  command
    .argument('<file>', 'the .dsl.ts of one system; its versions lie beside it in snapshots/ and migrations/')
    .option('--snapshot', 'keep the present version, as snapshots/VERSION.json')
    .option('--plan', 'write the step from the last kept version to the present source, with placeholders to fill in')
    .option(
      '--to <version>',
      'bring source (and database) to this version; with --plan: the version that the step leads to',
    )
    .option('--db <file>', 'also migrate this database; without --to, to the version of the source')
    .option('--check', 'exit with 1 when anything stands in the way of a migration; write nothing')
    .option('--dry-run', 'show what would change, and write nothing')
    .option(
      '--from <version>',
      'with --plan: the kept version to begin at; with --db: the version of rows that know none',
    )
    .option(
      '--leave',
      'with --db: leave rows as they are for which a function of a step fails; otherwise nothing is done',
    )
    .option('--allow-downgrade', 'take steps back, where they have a way back')
    .option(
      '--rename <path=name>',
      'with --plan: what got another name, such as machines.order.states.paid=settled',
      several,
    )
    .option('--drop <path>', 'with --plan: what went without a successor', several)
    .addHelpText(
      'after',
      `
The story, with an example: docs/migrations.md.

Examples:
  $ dsl migrate orders.dsl.ts --snapshot
  $ dsl migrate orders.dsl.ts --plan
  $ dsl migrate orders.dsl.ts --plan --rename machines.order.states.paid=settled --drop tasks.ping
  $ dsl migrate orders.dsl.ts --to 2.0.0 --db .millrace/orders.db --dry-run
  $ dsl migrate orders.dsl.ts --to 2.0.0 --db .millrace/orders.db
  $ dsl migrate orders.dsl.ts --check
`,
    )
    .action(async (file: string, options: MigrateOptions) =>
      exit(await (await import('./run.ts')).migrate(io, file, options)),
    );
}
