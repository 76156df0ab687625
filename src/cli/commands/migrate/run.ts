import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { kebabCase } from '../../../core/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';

/** What the command line says. */
export interface MigrateOptions {
  readonly snapshot?: true;
  readonly plan?: true;
  readonly to?: string;
  readonly db?: string;
  readonly check?: true;
  readonly dryRun?: true;
  readonly from?: string;
  readonly allowDowngrade?: true;
  readonly leave?: true;
  readonly rename?: readonly string[];
  readonly drop?: readonly string[];
}

/** Keeps, plans, checks or makes a version of a system. */
export async function migrate(io: Io, file: string, options: MigrateOptions): Promise<number> {
  refuseMixtures(options);
  if (/[*?[\]{}]/.test(file) && statSync(resolve(io.cwd, file), { throwIfNoEntry: false }) === undefined) {
    throw new CliError('MR2003', `\`dsl migrate\` takes one file, not a pattern such as '${file}'.`, {
      hint: 'A migration is of one system: name its .dsl.ts, and run the command for each.',
    });
  }
  if (options.snapshot === true) return await (await import('./snapshot.ts')).snapshot(io, file);
  if (options.check === true) return await (await import('./check.ts')).check(io, file, options);
  if (options.plan === true) return await (await import('./plan.ts')).plan(io, file, options);
  return await (await import('./apply.ts')).apply(io, file, options);
}

function refuseMixtures(options: MigrateOptions): void {
  const modes = (['snapshot', 'plan', 'check'] as const).filter((mode) => options[mode] === true);
  const usage = (message: string, hint: string): never => {
    throw new CliError('MR2003', message, { hint });
  };
  if (modes.length > 1)
    usage(`${modes.map((mode) => `--${mode}`).join(' and ')} do not go together.`, 'Give one of them.');
  if (modes.length === 0 && options.to === undefined && options.db === undefined) {
    usage(
      '`dsl migrate` needs to know what to do: --snapshot, --plan, --check, --to VERSION or --db FILE.',
      '`dsl migrate --help` shows how it is used.',
    );
  }
  const extra = (['to', 'from', 'db', 'dryRun', 'allowDowngrade', 'leave'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (options.snapshot === true && extra !== undefined) {
    usage(`--snapshot keeps the present version, and --${kebabCase(extra)} says nothing of that.`, 'Leave it out.');
  }
  if (options.plan === true && (options.db !== undefined || options.allowDowngrade !== undefined)) {
    usage('--plan looks at the source alone: --db and --allow-downgrade say nothing of that.', 'Leave them out.');
  }
  if (options.leave === true && options.db === undefined)
    usage('--leave speaks of the rows of a database.', 'Give it with --db FILE.');
  if (options.plan === undefined && (options.rename !== undefined || options.drop !== undefined)) {
    usage('--rename and --drop are answers to the questions of --plan.', 'Give them with --plan.');
  }
}
