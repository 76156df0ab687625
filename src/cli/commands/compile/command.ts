import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';
import type { CompileArguments } from './run.ts';

/** `dsl compile [globs...]` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('[globs...]', 'files or globs; without one, those of dsl.config.ts, or **/*.dsl.ts')
    .option('--out <dir>', 'the folder that gets a folder per system (default: generated)')
    .option('--check', 'write nothing; exit with 1 when the output is stale, missing or edited by hand')
    .option('--watch', 'compile again at each change, until Ctrl-C')
    .option('--stubs', 'begin tasks/NAME.ts for each task that has no implementation')
    .option('--force', 'compile also what is unchanged, and replace output that was edited by hand')
    .addHelpText(
      'after',
      '\nExamples:\n  $ dsl compile\n  $ dsl compile shop/*.dsl.ts --out src/generated\n  $ dsl compile --check --json\n  $ dsl compile --watch\n',
    )
    .action(async (globs: string[], options: CompileArguments) =>
      exit(await (await import('./run.ts')).compile(io, globs, options)),
    );
}
