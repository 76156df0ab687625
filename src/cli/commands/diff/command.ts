import type { Command } from 'commander';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';

interface Options {
  readonly base?: string;
  readonly check?: true;
}

/** `dsl diff A B`, `dsl diff --base REV` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument(
      '[before]',
      'a .dsl.ts file, a model or snapshot, REVISION:FILE, or a kept version or git revision of the second file',
    )
    .argument('[after]', 'a .dsl.ts file, a model or snapshot, or REVISION:FILE')
    .option('--base <revision>', 'compare all systems of the project with those of a revision, by their names')
    .option('--check', 'fail when there are breaking changes and the version was not raised for them')
    .addHelpText(
      'after',
      `
Breaking changes say for whom: callers, instances of machines, or runs in flight.

Examples:
  $ dsl diff HEAD orders.dsl.ts
  $ dsl diff main:orders.dsl.ts orders.dsl.ts --check
  $ dsl diff 1.0.0 orders.dsl.ts --json
  $ dsl diff --base origin/main --check
`,
    )
    .action(async (before: string | undefined, after: string | undefined, options: Options) => {
      const isChecked = options.check === true;
      if (options.base !== undefined) {
        const globs = [before, after].filter((each) => each !== undefined);
        exit(await (await import('./project.ts')).diffProject(io, options.base, globs, isChecked));
      } else if (before === undefined || after === undefined) {
        throw new CliError(
          'MR2003',
          'There are two sides to compare: `dsl diff BEFORE AFTER`, or `--base REVISION`.',
          {},
        );
      } else exit(await (await import('./run.ts')).diff(io, before, after, isChecked));
    });
}
