import type { Command } from 'commander';
import type { Io } from '../../kit/io.ts';

/** `dsl diff A B` */
export function configure(command: Command, io: Io, exit: (code: number) => void): void {
  command
    .argument('<before>', 'a .dsl.ts file, a model as JSON, REVISION:FILE, or a git revision of the second file')
    .argument('<after>', 'a .dsl.ts file, a model as JSON, or REVISION:FILE')
    .option('--check', 'fail when there are breaking changes and the version was not raised for them')
    .addHelpText(
      'after',
      `
Breaking changes say for whom: callers, instances of machines, or runs in flight.

Examples:
  $ dsl diff HEAD orders.dsl.ts
  $ dsl diff main:orders.dsl.ts orders.dsl.ts --check
  $ dsl diff snapshots/1.0.0.json orders.dsl.ts --json
`,
    )
    .action(async (before: string, after: string, options: { readonly check?: true }) =>
      exit(await (await import('./run.ts')).diff(io, before, after, options.check === true)),
    );
}
