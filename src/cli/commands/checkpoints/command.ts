import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { engineOption } from '../../systems/engine.ts';
import { limitOption } from '../../kit/limit.ts';
import type { ListOptions } from './list.ts';
import { resourceOption } from './resource.ts';
import type { VerifyOptions } from './verify.ts';

/** `dsl checkpoints list` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  $ dsl checkpoints list order-A1\n  $ dsl checkpoints verify order-A1\n  $ dsl runs fork orders.dsl.ts order-A1 --at 7\n',
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
    .addOption(engineOption())
    .option('--system <name>', 'the system, where a server of Restate has several')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl checkpoints list order-A1\n  $ dsl checkpoints list --task chargeCard --limit 10 --json\n',
    )
    .action(async (run: string | undefined, options: ListOptions) =>
      exit(await (await import('./list.ts')).listCheckpoints(io, run, options)),
    );
  command
    .command('verify')
    .summary('look again at the evidence of a run')
    .description(
      'Look at the evidence of the steps of a run as it is now, newest first, and change nothing. Ends with 1 when some of it does not hold: the run would go back to before that step when it goes on in another process.',
    )
    .argument('<run>', 'the id of a run')
    .option('--db <file>', 'the database')
    .addOption(engineOption())
    .option(
      '--resource <name=file>',
      'where the rows of a resource are: a SQLite file; may be given several times',
      resourceOption,
      {},
    )
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl checkpoints verify order-A1\n  $ dsl checkpoints verify order-A1 --resource books=books.db --json\n',
    )
    .action(async (run: string, options: VerifyOptions) =>
      exit(await (await import('./verify.ts')).verifyCheckpoints(io, run, options)),
    );
}
