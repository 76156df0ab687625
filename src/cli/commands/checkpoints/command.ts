import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { limitOption } from '../../kit/limit.ts';
import type { ListOptions } from './list.ts';

/** `dsl checkpoints list` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  $ dsl checkpoints list order-A1\n  $ dsl runs fork orders.dsl.ts order-A1 --at 7\n',
  );
  command
    .command('list')
    .summary('list the committed steps of a run, or of all, newest first')
    .description(
      'List checkpoints, newest first: every committed step is one, and a run can be forked after it. Reads the database only.',
    )
    .argument('[run]', 'the id of a run; without it, of all runs')
    .option('--task <name>', 'only steps of this task')
    .option('--flow <name>', 'only of runs of this flow')
    .option('--limit <n>', 'at most so many', limitOption, 50)
    .option('--db <file>', 'the database')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl checkpoints list order-A1\n  $ dsl checkpoints list --task chargeCard --limit 10 --json\n',
    )
    .action(async (run: string | undefined, options: ListOptions) =>
      exit(await (await import('./list.ts')).listCheckpoints(io, run, options)),
    );
}
