import { Option, type Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { limitOption } from '../../kit/limit.ts';
import { usageKeys } from './keys.ts';
import type { UsageArguments } from './run.ts';

/** `dsl usage` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .addOption(new Option('--by <name>', 'what to add up by').choices(usageKeys).default('model'))
    .option('--run <id>', 'only calls of this run')
    .option('--task <name>', 'only calls of this task')
    .option('--since <time>', 'only calls since then: 7d for the last seven days, or a date such as 2026-11-21')
    .option('--limit <n>', 'at most so many lines', limitOption, 100)
    .option('--db <file>', 'the database')
    .addHelpText(
      'after',
      `
What the models that were asked have used: tokens, and what they cost where their price was known. Reads the database
only: whoever drives it is not disturbed.

Examples:
  $ dsl usage
  $ dsl usage --by task --since 7d
  $ dsl usage --by day --db shop.db --json
  $ dsl usage --by step --run research-1
`,
    )
    .action(async (options: UsageArguments) => exit(await (await import('./run.ts')).usage(io, options)));
}
