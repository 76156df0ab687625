import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';

/** `dsl diff A B` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument(
      '<before>',
      'a .dsl.ts file, a model or snapshot, REVISION:FILE, or a kept version or git revision of the second file',
    )
    .argument('<after>', 'a .dsl.ts file, a model or snapshot, or REVISION:FILE')
    .option('--check', 'fail when there are breaking changes and the version was not raised for them')
    .addHelpText(
      'after',
      `
Breaking changes say for whom: callers, instances of machines, or runs in flight.

Examples:
  $ dsl diff HEAD orders.dsl.ts
  $ dsl diff main:orders.dsl.ts orders.dsl.ts --check
  $ dsl diff 1.0.0 orders.dsl.ts --json
`,
    )
    .action(async (before: string, after: string, options: { readonly check?: true }) =>
      exit(await (await import('./run.ts')).diff(io, before, after, options.check === true)),
    );
}
