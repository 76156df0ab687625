import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import { engineOption } from '../../systems/engine.ts';
import type { WorkArguments } from './run.ts';

/** `dsl work FILE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<file>', 'the .dsl.ts file of the system')
    .option('--db <file>', 'the database (default: .millrace/SYSTEM.db beside dsl.config.ts)')
    .addOption(engineOption())
    .option('--tasks <names>', 'only these tasks, separated by commas')
    .option('--concurrency <n>', 'how many attempts at a time', '8')
    .option('--lease <duration>', 'after how long without a sign of life work is given to another', '5m')
    .option('--standby', 'drive the database when nobody else does')
    .addHelpText(
      'after',
      '\nMakes attempts of tasks for the process that drives the database, until it is ended: Ctrl-C lets what is under way end,\nfor at most 10 s, and hands back the rest; Ctrl-C again ends it at once. Start as many as you like: with --standby one of\nthem drives the database, and another takes its place when it dies. `dsl send` and `dsl run` then ask that one.\n\nExamples:\n  $ dsl work shop.dsl.ts --standby\n  $ dsl work shop.dsl.ts --db shop.db --tasks chargeCard,sendMail --concurrency 20\n  $ dsl work shop.dsl.ts --lease 30s --json\n',
    )
    .action(async (file: string, options: WorkArguments) =>
      exit(await (await import('./run.ts')).work(io, file, options)),
    );
}
