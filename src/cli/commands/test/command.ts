import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import type { ExamplesArguments } from './examples.ts';
import type { PathsArguments } from './paths.ts';
import type { ScenariosArguments } from './scenarios.ts';

/** `dsl test FILE`, `dsl test paths FILE`, `dsl test examples FILE`, `dsl test scenarios FILE` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command.addHelpText(
    'after',
    '\nExamples:\n  $ dsl test orders.dsl.ts\n  $ dsl test paths orders.dsl.ts\n  $ dsl test scenarios orders.dsl.ts\n',
  );
  command
    .command('paths')
    .summary('find paths that take every transition of a machine, and write them as a test')
    .description(
      'Find few, short paths that take every transition of a machine, by trying it out. Executes the file.\nWith --out they are written as a vitest file that drives the compiled machine.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .option('--machine <name>', 'the machine (default: all of the system)')
    .option('--out <path>', 'the test file to write, NAME.test.ts; or a folder, which gets MACHINE.paths.test.ts')
    .option('--check', 'write nothing; exit with 1 when the test file is stale or missing')
    .option('--require-all', 'a transition that no path takes is an error')
    .option('--payloads <json>', 'payloads by event: JSON, @FILE or - for stdin')
    .option('--seed <seed>', 'which samples are tried where there are too many (default: 1)')
    .option('--limit <n>', 'how many steps the search may take (default: 20000)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl test paths orders.dsl.ts\n  $ dsl test paths orders.dsl.ts --machine order --out tests/order.paths.test.ts\n  $ dsl test paths orders.dsl.ts --out tests/ --check --require-all\n  $ dsl test paths orders.dsl.ts --payloads @payloads.json --json\n',
    )
    .action(async (file: string, options: PathsArguments) =>
      exit(await (await import('./paths.ts')).testPaths(io, file, options)),
    );
  command
    .command('all', { isDefault: true })
    .summary('run the examples of tasks and the scenarios (this is what `dsl test FILE` does)')
    .description(
      'Run the examples of tasks and play the scenarios of a system.\nExecutes the file; examples run the implementations, for real: whatever they do is done.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .addHelpText('after', '\nExamples:\n  $ dsl test orders.dsl.ts\n  $ dsl test orders.dsl.ts --json\n')
    .action(async (file: string) => exit(await (await import('./all.ts')).testAll(io, file)));
  command
    .command('scenarios')
    .summary('play scenarios on the engine, in memory, and compare')
    .description(
      'Play the scenarios that NAME.scenarios.ts beside the file (or in its folder tests) exports, and compare.\nIn memory, with a clock that moves as they say and tasks that answer as they say.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .option('--only <text>', 'those with this text in their names')
    .option('--from <file...>', 'these files of scenarios')
    .addHelpText(
      'after',
      "\nExamples:\n  $ dsl test scenarios orders.dsl.ts\n  $ dsl test scenarios orders.dsl.ts --only 'out of stock'\n",
    )
    .action(async (file: string, options: ScenariosArguments) =>
      exit(await (await import('./scenarios.ts')).testScenarios(io, file, options)),
    );
  command
    .command('examples')
    .summary('run the examples of tasks, and compare')
    .description(
      'Give each task the input of each of its examples, once, and compare what comes of it with what the example says.\nExecutes the file and the implementations, for real: whatever they do is done.',
    )
    .argument('<file>', 'the .dsl.ts file of the system')
    .option('--task <name...>', 'these tasks (default: all that have examples)')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl test examples orders.dsl.ts\n  $ dsl test examples orders.dsl.ts --task assessRisk --json\n',
    )
    .action(async (file: string, options: ExamplesArguments) =>
      exit(await (await import('./examples.ts')).testExamples(io, file, options)),
    );
}
