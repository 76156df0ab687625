import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { wholeOption } from '../../kit/limit.ts';
import type { GenTaskOptions } from './run.ts';

/** `dsl gen-task FILE [TASK...]` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .description(
      'Write implementations of tasks, with tests, by a model. What it answers is checked, type-checked in the project, and tried in a sandbox; nothing that does not hold is written. Without a model that can be asked, a typed beginning is written.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .argument('[task...]', 'the tasks')
    .option('--all', 'every task that has no implementation yet')
    .option('--provider <name>', 'ask only this provider')
    .option('--model <name>', 'ask this model of the catalogue first')
    .option('--max-cost <usd>', 'the most that all tasks together may cost, such as 0.50')
    .option('--concurrency <n>', 'how many tasks at a time (default: 2)', wholeOption('--concurrency'))
    .option('--dry-run', 'show the prompts, their tokens and what they would cost; ask nobody, write nothing')
    .option('--require-llm', 'fail when no model can be asked, instead of writing a beginning')
    .option('--fresh', 'ask anew, also where a verified answer is kept')
    .option('--check', 'say which implementations no longer fit their contract; write nothing')
    .option(
      '--accept',
      'say of code as it stands that it is right: its types and examples are tried, no model is asked',
    )
    .option('-y, --yes', 'do not ask before it begins')
    .addHelpText(
      'after',
      `
A file that somebody has changed is never overwritten: what was generated is put beside it as FILE.new, with the difference
on stdout. Exit code 1: a task could not be generated (or does not fit, with --check). docs/generate.md tells the rest.

Examples:
  $ dsl gen-task shop.dsl.ts priceBasket
  $ dsl gen-task shop.dsl.ts --all --max-cost 0.50 --yes
  $ dsl gen-task shop.dsl.ts priceBasket --dry-run
  $ dsl gen-task shop.dsl.ts --check
  $ dsl gen-task shop.dsl.ts priceBasket --accept
`,
    )
    .action(async (file: string, tasks: readonly string[], options: GenTaskOptions) =>
      exit(await (await import('./run.ts')).genTask(io, file, tasks, options)),
    );
}
