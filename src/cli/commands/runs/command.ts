import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { engineOption } from '../../systems/engine.ts';
import type { CancelOptions, ForkOptions, RetryOptions } from './again.ts';
import type { DecideOptions } from './decide.ts';
import type { PauseOptions } from './pause.ts';
import type { PruneOptions } from './prune.ts';
import { limitOption, wholeOption } from '../../kit/limit.ts';

interface ReadOptions {
  readonly db?: string;
  readonly engine?: string;
  readonly system?: string;
}

interface ListOptions extends ReadOptions {
  readonly status?: string[];
  readonly flow?: string;
  readonly limit: number;
}

/** `dsl runs list|show|pause|resume|cancel|retry|fork|export|prune|decide` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  $ dsl runs list --status failed\n  $ dsl runs show RUN\n  $ dsl runs retry orders.dsl.ts RUN\n  $ dsl runs decide orders.dsl.ts RUN STEP --approve --by ada\n',
  );
  command
    .command('list')
    .summary('list runs, newest first')
    .description(
      'List runs, newest first. Only reads, the database or what a server of Restate knows: whoever drives it is not disturbed.',
    )
    .option(
      '--status <status...>',
      'only runs that are pending, running, waiting, paused, completed, failed, cancelled or blocked',
    )
    .option('--flow <name>', 'only runs of this flow (or task)')
    .option('--limit <n>', 'at most so many', limitOption, 50)
    .option('--db <file>', 'the database')
    .addOption(engineOption())
    .option('--system <name>', 'the system, where a server of Restate has several')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl runs list\n  $ dsl runs list --status failed waiting --limit 10\n  $ dsl runs list --flow greet --json\n',
    )
    .action(async (options: ListOptions) => exit(await (await import('./list.ts')).listRuns(io, options)));
  command
    .command('show')
    .summary('show one run and its journal')
    .description('Show one run: its input, its outcome, and its journal.')
    .argument('<id>', 'the id of the run')
    .option('--db <file>', 'the database')
    .addOption(engineOption())
    .option('--system <name>', 'the system, where a server of Restate has several')
    .addHelpText('after', '\nExamples:\n  $ dsl runs show greet-1\n  $ dsl runs show greet-1 --json\n')
    .action(async (id: string, options: ReadOptions) =>
      exit(await (await import('./show.ts')).showRun(io, id, options)),
    );
  command
    .command('pause')
    .summary('let a run, and what it runs, begin nothing more')
    .description(
      'Pause a run and the flows that it runs: no further step begins, over restarts too, until it is resumed or cancelled. Nothing is undone.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('<id>', 'the id of the run')
    .option(
      '--abort',
      'abort what is at work: it is begun again after `resume`; otherwise it may end (refused on Restate)',
    )
    .option('--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)')
    .addOption(engineOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl runs pause orders.dsl.ts order-A1\n  $ dsl runs pause orders.dsl.ts order-A1 --abort --json\n',
    )
    .action(async (file: string, id: string, options: PauseOptions) =>
      exit(await (await import('./pause.ts')).pauseRun(io, file, id, options)),
    );
  command
    .command('resume')
    .summary('go on with a paused run')
    .description('Go on with a paused run, and with the flows that it runs, where they stopped.')
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('<id>', 'the id of the run')
    .option('--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)')
    .addOption(engineOption())
    .addHelpText('after', '\nExamples:\n  $ dsl runs resume orders.dsl.ts order-A1\n')
    .action(async (file: string, id: string, options: PauseOptions) =>
      exit(await (await import('./pause.ts')).resumeRun(io, file, id, options)),
    );
  command
    .command('cancel')
    .summary('end a run and undo what it did')
    .description(
      'Cancel a run: what is at work is aborted, finished steps are undone. Exit code 1 when it was over already.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('<id>', 'the id of the run')
    .option('--reason <text>', 'why, for its error (refused on Restate)')
    .option('--by <name>', 'who wants it: it is recorded (refused on Restate)')
    .option('--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)')
    .addOption(engineOption())
    .addHelpText(
      'after',
      "\nExamples:\n  $ dsl runs cancel orders.dsl.ts order-A1\n  $ dsl runs cancel orders.dsl.ts order-A1 --reason 'ordered twice' --json\n",
    )
    .action(async (file: string, id: string, options: CancelOptions) =>
      exit(await (await import('./again.ts')).cancelRun(io, file, id, options)),
    );
  command
    .command('retry')
    .summary('do what failed, or a step and what came after it, again')
    .description(
      'Retry a run: what failed is done again, or the step that is named and what came after it; what ran beside it is kept (on Restate only what of it had ended when that began), what was undone is done again. So a run is rolled back, too. Completed and cancelled runs are forked instead.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('<id>', 'the id of the run')
    .option('--from-step <path>', "from this step on, as `dsl runs show` prints it ('' for all of the run)")
    .option('--input <json>', 'another input for that step: JSON, @FILE, or - for stdin (refused on Restate)')
    .option('--keep-effects', 'also take back finished steps whose undo is then forgotten: what they did stays')
    .option('--by <name>', 'who wants it: it is recorded (refused on Restate)')
    .option('--reason <text>', 'why: it is recorded (refused on Restate)')
    .option('--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)')
    .addOption(engineOption())
    .addHelpText(
      'after',
      `
Examples:
  $ dsl runs retry orders.dsl.ts order-A1 --by ada
  $ dsl runs retry orders.dsl.ts order-A1 --from-step charged --input '{"orderId":"A1","amount":12}' --json
  $ dsl runs retry orders.dsl.ts order-A1 --from-step charged/~undo
`,
    )
    .action(async (file: string, id: string, options: RetryOptions) =>
      exit(await (await import('./again.ts')).retryRun(io, file, id, options)),
    );
  command
    .command('fork')
    .summary('begin a new run with what another one has done')
    .description(
      'Fork a run from a step or after a checkpoint: a new run, with its own id, goes on from there with the present code. The other one, whatever its status, stays as it is.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('<id>', 'the id of the run')
    .option('--from-step <path>', 'from this step on; default for a failed run: what failed')
    .option('--at <number>', 'or after this checkpoint, as `dsl checkpoints list` prints it', wholeOption('--at'))
    .option('--input <json>', 'another input for that step: JSON, @FILE, or - for stdin')
    .option('--id <id>', 'the id of the new run')
    .option('--by <name>', 'who wants it: it is recorded')
    .option('--reason <text>', 'why: it is recorded')
    .option('--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)')
    .addOption(engineOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl runs fork orders.dsl.ts order-A1 --from-step charged --id order-A1-again\n  $ dsl runs fork orders.dsl.ts order-A1 --at 7 --json\n',
    )
    .action(async (file: string, id: string, options: ForkOptions) =>
      exit(await (await import('./again.ts')).forkRun(io, file, id, options)),
    );
  command
    .command('export')
    .summary('print all that is known of a run, or write it to a file')
    .description(
      'Print a run as one JSON document: its input and outcome, its steps, and the runs that it began. With --out it is written to a file in that folder, named after the run.',
    )
    .argument('<id>', 'the id of the run')
    .option('--out <folder>', 'write it to a file in this folder')
    .option('--db <file>', 'the database')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl runs export greet-1 > greet-1.json\n  $ dsl runs export greet-1 --out snapshots\n',
    )
    .action(async (id: string, options: { readonly out?: string; readonly db?: string }) =>
      exit(await (await import('./export.ts')).exportRun(io, id, options)),
    );
  command
    .command('prune')
    .summary('let go of ended runs')
    .description(
      'Let go of ended runs that are beyond any of the limits, the oldest first, each with the runs that it began. What is under way or still needed stays. Beside a process that drives the database that one does it.',
    )
    .option('--keep <n>', 'so many ended runs stay', wholeOption('--keep'))
    .option('--older-than <time>', 'those go that ended longer ago, such as 30d')
    .option('--max-size <size>', 'the oldest go as long as the database has more in use, such as 500mb')
    .option('--dry-run', 'only say which ones would go')
    .option('--vacuum', 'make the file smaller, too; not while a process drives it')
    .option('--db <file>', 'the database')
    .addOption(engineOption())
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl runs prune --older-than 30d --dry-run\n  $ dsl runs prune --keep 10000 --max-size 2gb --vacuum --json\n',
    )
    .action(async (options: PruneOptions) => exit(await (await import('./prune.ts')).pruneRuns(io, options)));
  command
    .command('decide')
    .summary('approve or reject what a run waits for')
    .description('Say your word on a step that waits for a person. It is recorded once, with who decided and when.')
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('<id>', 'the id of the run')
    .argument('<step>', 'the path of the step, as `dsl runs show` prints it')
    .option('--approve', 'let it go on')
    .option('--reject', 'say no')
    .requiredOption('--by <name>', 'who decides')
    .option('--form <json>', 'what is to be filled in: JSON, @FILE, or - for stdin')
    .option('--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)')
    .addOption(engineOption())
    .addHelpText(
      'after',
      `
Examples:
  $ dsl runs decide orders.dsl.ts order-A1 review/high/byHand --approve --by ada
  $ dsl runs decide orders.dsl.ts order-A1 review/high/byHand --reject --by ada
`,
    )
    .action(async (file: string, id: string, step: string, options: DecideOptions) =>
      exit(await (await import('./decide.ts')).decideRun(io, file, id, step, options)),
    );
}
