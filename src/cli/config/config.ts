import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { CliError } from '../kit/failure.ts';
import { loadModule, placeOf, showPlace } from '../kit/load-module.ts';
import { nearest } from '../kit/nearest.ts';

/** What `dsl.config.ts` says, with the defaults filled in. Paths are absolute. */
export interface Config {
  /** The folder of `dsl.config.ts`, or the working directory. */
  readonly root: string;
  /** Present when there is a config file. */
  readonly file?: string;
  /** Globs of the systems, relative to `root`. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** The folder that gets a folder per system. */
  readonly out: string;
  /** The database of every system, if they are to share one. */
  readonly database?: string;
  /** How many warnings `dsl check` allows. */
  readonly maxWarnings?: number;
}

const names = ['dsl.config.ts', 'dsl.config.mts', 'dsl.config.js', 'dsl.config.mjs'];

/** Finds and reads the nearest config at or above `cwd`. */
export async function readConfig(cwd: string): Promise<Config> {
  const file = findConfig(cwd);
  if (file === undefined) return complete(cwd, undefined, {});
  return complete(dirname(file), file, check(file, await load(file, cwd), cwd));
}

/** The nearest config file at or above a folder. */
export function findConfig(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined || folder === dirname(folder)) return found;
  }
}

async function load(file: string, cwd: string): Promise<unknown> {
  try {
    const loaded = await loadModule(file);
    if (!('default' in loaded)) {
      throw new CliError('MR2005', `${relative(cwd, file)} has no default export.`, {
        hint: 'Write `export default defineConfig({ ... })`.',
        exitCode: 1,
      });
    }
    return loaded['default'];
  } catch (thrown) {
    if (thrown instanceof CliError) throw thrown;
    const place = placeOf(thrown) ?? { file, line: 1 };
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CliError('MR2004', `${showPlace(place, cwd)}: the config cannot be loaded: ${message}`, {
      hint: 'Mend the file; no command reads your systems before its config.',
      exitCode: 1,
      cause: thrown,
    });
  }
}

type Raw = Partial<Pick<Config, 'include' | 'exclude' | 'out' | 'database' | 'maxWarnings'>>;

const texts = (value: unknown): boolean => Array.isArray(value) && value.every((each) => typeof each === 'string');
const shape: Readonly<Record<keyof Raw, readonly [is: (value: unknown) => boolean, what: string]>> = {
  include: [texts, 'a list of globs'],
  exclude: [texts, 'a list of globs'],
  out: [(value) => typeof value === 'string' && value !== '', 'a folder'],
  database: [(value) => typeof value === 'string' && value !== '', 'a file'],
  maxWarnings: [(value) => Number.isInteger(value) && Number(value) >= 0, 'a whole number'],
};

function check(file: string, value: unknown, cwd: string): Raw {
  const refuse = (key: string | undefined, message: string, hint: string): never => {
    throw new CliError('MR2005', `${showPlace({ file, line: lineOf(file, key) }, cwd)}: ${message}`, { hint, exitCode: 1 });
  };
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return refuse(undefined, 'the config is not an object.', 'Write `export default defineConfig({ ... })`.');
  }
  for (const [key, member] of Object.entries(value)) {
    const rule = Object.hasOwn(shape, key) ? shape[key as keyof Raw] : undefined;
    if (rule === undefined) {
      const like = nearest(key, Object.keys(shape));
      const known = `The config knows ${Object.keys(shape).join(', ')}.`;
      refuse(key, `there is no setting '${key}'.`, like === undefined ? known : `Did you mean '${like}'? ${known}`);
    } else if (!rule[0](member)) {
      refuse(key, `'${key}' should be ${rule[1]}.`, `It is ${JSON.stringify(member) ?? typeof member}.`);
    }
  }
  return value as Raw;
}

/** The line on which a setting stands: good enough for an object literal, and line 1 for anything cleverer. */
function lineOf(file: string, key: string | undefined): number {
  const lines = readFileSync(file, 'utf8').split('\n');
  const wanted = key === undefined ? /export default/ : new RegExp(`(^|[\\s{,'"])${key.replaceAll(/\W/g, '\\$&')}['"]?\\s*:`);
  return Math.max(1, lines.findIndex((line) => wanted.test(line)) + 1);
}

function complete(root: string, file: string | undefined, raw: Raw): Config {
  return {
    root,
    ...(file === undefined ? {} : { file }),
    include: raw.include ?? ['**/*.dsl.ts'],
    exclude: raw.exclude ?? [],
    out: resolve(root, raw.out ?? 'generated'),
    ...(raw.database === undefined ? {} : { database: resolve(root, raw.database) }),
    ...(raw.maxWarnings === undefined ? {} : { maxWarnings: raw.maxWarnings }),
  };
}
