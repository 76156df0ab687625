import { existsSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import type { Config } from '../../project/config/config.ts';
import { CliError } from '../../project/kit/failure.ts';
import type { Io } from './io.ts';

/** The database of one system: what `--db` says, what the config says, or `.millrace/SYSTEM.db` beside the config. */
export function databaseOf(io: Io, config: Config, system: string, option: string | undefined): string {
  if (option !== undefined) return resolve(io.cwd, option);
  return config.db ?? join(config.root, '.millrace', `${system}.db`);
}

/** The database that a command without a system means: what `--db` or the config says, or the only one there is. */
export function theDatabase(io: Io, config: Config, option: string | undefined): string {
  if (option !== undefined) return resolve(io.cwd, option);
  if (config.engine === 'restate') {
    throw new CliError('MR5281', 'This reads a database, and dsl.config.ts says that Restate runs the systems.', {
      hint: 'Name the database that you mean with --db FILE. docs/restate.md lists what there is not on Restate.',
    });
  }
  if (config.db !== undefined) return config.db;
  const folder = join(config.root, '.millrace');
  const found = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.db')) : [];
  const [only] = found;
  if (only !== undefined && found.length === 1) return join(folder, only);
  const shown = found.map((name) => relative(io.cwd, join(folder, name))).join(', ');
  throw new CliError(
    'MR2012',
    found.length === 0 ? `There is no database in ${folder} yet.` : `There are several databases: ${shown}.`,
    {
      hint: found.length === 0 ? '`dsl run` and `dsl send` make one; --db names another.' : 'Name one with --db FILE.',
    },
  );
}
