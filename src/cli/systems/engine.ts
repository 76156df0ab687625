import { Option } from 'commander';
import type { Config } from '../../project/config/config.ts';
import { CliError } from '../../project/kit/failure.ts';
import type { Io } from '../kit/io.ts';
import { restateAddresses, type RestateAddresses } from './restate.ts';

/** The options by which a command says who runs the system. */
export interface EngineOptions {
  readonly engine?: string;
  readonly db?: string;
}

const engines = ['embedded', 'restate'] as const;

/** `--engine` */
export const engineOption = (): Option =>
  new Option('--engine <engine>', 'who runs it: embedded or restate (default: `engine` of dsl.config.ts)').choices(
    engines,
  );

/**
 * Where the server of Restate is, if the command is about it; undefined: about the embedded engine, as whenever a database is
 * named.
 *
 * @throws CliError MR2003 for both.
 */
export function onRestate(
  io: Pick<Io, 'env'>,
  config: Config,
  { engine, db }: EngineOptions,
): RestateAddresses | undefined {
  if (engine === 'restate' && db !== undefined) {
    throw new CliError('MR2003', 'A database is of the embedded engine: give either --db or --engine restate.', {});
  }
  const chosen = engine ?? (db === undefined ? config.engine : 'embedded');
  return chosen === 'restate' ? restateAddresses(io, config, {}) : undefined;
}

/** What only the embedded engine does. */
export interface OnlyEmbedded {
  readonly code: string;
  /** Goes on after "On Restate". */
  readonly says: string;
  readonly hint: string;
}

/** Refuses what only the embedded engine does, where the command is about Restate. */
export function onlyEmbedded(
  io: Pick<Io, 'env'>,
  config: Config,
  options: EngineOptions,
  { code, says, hint }: OnlyEmbedded,
): void {
  if (onRestate(io, config, options) !== undefined) throw new CliError(code, `On Restate ${says}.`, { hint });
}
