import { resolve } from 'node:path';
import { CliError } from '../../project/kit/failure.ts';
import { showPlace } from '../../project/kit/load-module.ts';
import type { Config } from '../../project/config/config.ts';
import { placeInConfig } from '../../project/config/place.ts';
import { readPolicyFile } from './policy-file.ts';

/** A value that somebody wrote, and where. */
export interface Said {
  readonly value: unknown;
  /** How messages name it: `models.budgets`. */
  readonly name: string;
  readonly placeOf: (path: readonly PropertyKey[]) => string;
}

/** What `models` of the config says. */
export function saidInConfig(config: Config, cwd: string): Said {
  const { file = config.root } = config;
  return {
    value: config.models,
    name: 'models',
    placeOf(path) {
      const { line, column } = placeInConfig(file, ['models', ...path]);
      return `${showPlace({ file, line }, cwd)}:${column}`;
    },
  };
}

/** A member or item of it. */
export function part(said: Said, key: string | number): Said {
  const value: unknown = (said.value as Readonly<Record<string | number, unknown>>)[key];
  const name = typeof key === 'number' ? `${said.name}[${key}]` : `${said.name}.${key}`;
  return { value, name, placeOf: (path) => said.placeOf([key, ...path]) };
}

/** The same, or what the file says that it names. @throws CliError MR2051 */
export function withFile(said: Said, root: string, cwd: string): Said {
  if (typeof said.value !== 'string') return said;
  const { value, placeOf } = readPolicyFile(resolve(root, said.value), cwd);
  return { value, name: said.name, placeOf };
}

/** Something that is not right, and where. */
export interface Wrong {
  readonly place: string;
  readonly message: string;
}

/** What is said about it: MR2050, with all of it. */
export function notRight(problems: readonly Wrong[]): CliError {
  const shown = problems.slice(0, 10).map(({ place, message }) => `${place}: ${message}`);
  const more = problems.length > 10 ? [`and ${problems.length - 10} more`] : [];
  return new CliError('MR2050', [...shown, ...more].join('\n  '), {
    hint: 'docs/cli.md (models) has what can be said.',
    exitCode: 1,
  });
}

/** @throws CliError MR2050 when anything is wrong: all of it, each with its place. */
export function mustBeRight(problems: readonly Wrong[]): void {
  if (problems.length > 0) throw notRight(problems);
}
