import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config as Written } from '../../dsl/index.ts';
import { CliError } from '../kit/failure.ts';
import { configNames } from '../kit/find-files.ts';
import type { CustomRule, Extension, Severity } from '../../model/index.ts';

/** What `dsl.config.ts` says, with the defaults filled in. Paths are absolute. */
export interface Config {
  /** The folder of `dsl.config.ts`, or the working directory. */
  readonly root: string;
  /** Present when there is a config file. */
  readonly file?: string;
  /** The globs of the systems, relative to `root`. */
  readonly globs: readonly string[];
  /** The folder that gets a folder per system. */
  readonly out: string;
  /** The one database of all systems. */
  readonly db?: string;
  /** Who runs the systems. Absent: the embedded engine. */
  readonly engine?: NonNullable<Written['engine']>;
  /** Where the server of Restate is. */
  readonly restate?: NonNullable<Written['restate']>;
  /** Where resources are; files are absolute. */
  readonly resources?: NonNullable<Written['resources']>;
  /** Options of the runtime. */
  readonly runtime?: NonNullable<Written['runtime']>;
  /** Who answers for models: as it was written, looked into by who opens them. */
  readonly models?: NonNullable<Written['models']>;
  /** A folder of templates that replace the built-in ones. */
  readonly templates?: string;
  /** How many warnings `dsl check` allows. */
  readonly maxWarnings?: number;
  /** The severity of rules, by code, where it is not the rule's own. */
  readonly rules: Readonly<Record<string, 'off' | Severity>>;
  /** Rules besides those of Millrace, those of extensions among them. */
  readonly customRules?: readonly CustomRule[];
  readonly extensions?: readonly Extension[];
  /** The files that the config imports, absolute. */
  readonly imports?: readonly string[];
}

/**
 * Finds and reads the nearest config at or above `cwd`.
 *
 * @param near Where to look when there is none: the file that a command is about may be of another project.
 */
export async function readConfig(cwd: string, near?: string): Promise<Config> {
  const file = findConfig(cwd) ?? (near === undefined ? undefined : findConfig(dirname(near)));
  if (file === undefined) return complete(cwd, undefined, {});
  refuseTwo(file);
  const { loadConfig } = await import('./load.ts');
  const { written, imports } = await loadConfig(file, cwd);
  return { ...complete(dirname(file), file, written), ...(imports.length > 0 && { imports }) };
}

/** The nearest config file at or above a folder. */
export function findConfig(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = configNames.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

/** One of two configs would count for nothing, and nobody could tell which. */
function refuseTwo(file: string): void {
  const folder = dirname(file);
  const [first, second] = configNames.filter((name) => existsSync(join(folder, name)));
  if (second === undefined) return;
  throw new CliError('MR5102', `There are two configs in ${folder}: ${first} and ${second}.`, {
    hint: 'Keep one, and delete the other.',
    exitCode: 1,
  });
}

function complete(root: string, file: string | undefined, written: Written): Config {
  const {
    globs = ['**/*.dsl.ts'],
    out = 'generated',
    db,
    engine,
    restate,
    resources,
    runtime,
    models,
    templates,
    maxWarnings,
    rules = {},
    extensions,
  } = written;
  const customRules = customRulesOf(written);
  return {
    root,
    ...(file !== undefined && { file }),
    globs,
    out: resolve(root, out),
    ...(db !== undefined && { db: resolve(root, db) }),
    ...(engine !== undefined && { engine }),
    ...(restate !== undefined && { restate }),
    ...(resources !== undefined && { resources: filesIn(root, resources) }),
    ...(runtime !== undefined && { runtime }),
    ...(models !== undefined && { models }),
    ...(templates !== undefined && { templates: resolve(root, templates) }),
    ...(maxWarnings !== undefined && { maxWarnings }),
    rules,
    ...(customRules.length > 0 && { customRules }),
    ...(extensions !== undefined && { extensions }),
  };
}

function filesIn(root: string, resources: NonNullable<Written['resources']>): NonNullable<Config['resources']> {
  const found = Object.entries(resources).map(
    ([name, one]) => [name, 'file' in one ? { file: resolve(root, one.file) } : one] as const,
  );
  return Object.fromEntries(found);
}

/** The user's own rules, those of extensions among them. */
export function customRulesOf({ customRules = [], extensions = [] }: Written): readonly CustomRule[] {
  return [...customRules, ...extensions.flatMap(({ rules }) => rules)];
}
