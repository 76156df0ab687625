import { existsSync, readdirSync, statSync, type Dirent } from 'node:fs';
import { dirname, join, matchesGlob, relative, resolve } from 'node:path';
import { shownPath } from '../../core/shown-path.ts';
import { CliError } from './failure.ts';

/** Folders in which nobody keeps sources. */
const skipped = new Set(['node_modules', 'dist', 'generated', 'coverage']);

/** What configs are called. A folder with one is a project. */
export const configNames: readonly string[] = ['dsl.config.ts', 'dsl.config.mts', 'dsl.config.js', 'dsl.config.mjs'];

/**
 * The files that globs (or plain paths) name, absolute, sorted, each once. A plain path is taken as it is, whether or not
 * there is such a file: the reader says what is wrong with it. A pattern like the default, `**` and an ending, stops at a
 * folder with a config: that is a project of its own.
 *
 * @throws CliError MR2007 when a glob matches nothing.
 */
export async function findFiles(patterns: readonly string[], cwd: string): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const path = resolve(cwd, pattern);
    if (!/[*?[\]{}!]/.test(pattern) || isThere(path)) {
      found.add(path);
      continue;
    }
    const matches = await match(pattern, cwd);
    if (matches.length === 0) {
      const [first] = projectsBelow(cwd);
      const next =
        first === undefined
          ? '`dsl init` makes a first one.'
          : `${shownPath(first, cwd)} has a config, and is a project of its own: run the command there, or name its files.`;
      throw new CliError('MR2007', `No file matches ${pattern}.`, {
        hint: `It was looked for below ${cwd}. ${next}`,
        exitCode: 1,
      });
    }
    for (const each of matches) found.add(each);
  }
  return [...found].toSorted();
}

/**
 * The files among these that globs (or plain paths) name, sorted: what {@link findFiles} would find if the disk held just
 * them.
 *
 * @param all Absolute.
 * @param exists Is there a file? Configs are looked for with it.
 */
export function filesAmong(
  all: readonly string[],
  patterns: readonly string[],
  cwd: string,
  exists: (path: string) => boolean,
): readonly string[] {
  const isOfAnother = (file: string): boolean => {
    for (let folder = dirname(file); folder.length > cwd.length; folder = dirname(folder))
      if (configNames.some((name) => exists(join(folder, name)))) return true;
    return false;
  };
  const isNamed = (file: string): boolean => {
    const path = relative(cwd, file).replaceAll('\\', '/');
    return patterns.some((pattern) => {
      if (!/[*?[\]{}!]/.test(pattern)) return resolve(cwd, pattern) === file;
      if (!matchesGlob(path, pattern) || path.split('/').slice(0, -1).some(skips)) return false;
      return !wholeTree.test(pattern) || !isOfAnother(file);
    });
  };
  return all.filter(isNamed).toSorted();
}

/** The folders in which a new file may match the patterns, absolute, each once. None is looked into that is skipped. */
export function foldersOf(patterns: readonly string[], cwd: string): readonly string[] {
  const found = new Set<string>();
  const add = (folder: string): void => {
    if (found.has(folder)) return;
    found.add(folder);
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (entry.isDirectory() && !skips(entry.name)) add(join(folder, entry.name));
    }
  };
  for (const pattern of patterns) {
    const isGlob = /[*?[\]{}!]/.test(pattern) && !isThere(resolve(cwd, pattern));
    const fixed = isGlob ? pattern.slice(0, pattern.search(/[*?[\]{}!]/)).replace(/[^/\\]*$/, '') : dirname(pattern);
    const folder = resolve(cwd, fixed);
    if (!isGlob) found.add(folder);
    else if (isThere(folder)) add(folder);
  }
  return [...found];
}

/** The folders below one that have a config, each a project of its own; sorted. */
export function projectsBelow(folder: string): readonly string[] {
  const found: string[] = [];
  const look = (into: string): void => {
    for (const { name } of foldersIn(into)) {
      const inner = join(into, name);
      if (configNames.some((config) => existsSync(join(inner, config)))) found.push(inner);
      look(inner);
    }
  };
  look(folder);
  return found.toSorted();
}

function foldersIn(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).filter((each) => each.isDirectory() && !skips(each.name));
  } catch {
    // Gone, or not ours to read.
    return [];
  }
}

const wholeTree = /^\*\*\/\*([\w.-]+)$/;

async function match(pattern: string, cwd: string): Promise<readonly string[]> {
  const suffix = wholeTree.exec(pattern)?.[1];
  const kept: string[] = [];
  // The default pattern is walked by hand: it is on the way of every command, and Node's glob takes 10 ms to load.
  if (suffix !== undefined) walk(cwd, suffix, kept);
  else {
    const { globSync } = await import('node:fs');
    const skip = (path: string): boolean => skips(path.slice(path.search(/[^/\\]+$/)));
    for (const path of globSync(pattern, { cwd, exclude: skip })) kept.push(resolve(cwd, path));
  }
  return kept;
}

function walk(folder: string, suffix: string, into: string[], isInner = false): void {
  const entries = readdirSync(folder, { withFileTypes: true });
  if (isInner && entries.some(({ name }) => configNames.includes(name))) return;
  for (const entry of entries) {
    if (entry.isDirectory()) {
      if (!skips(entry.name)) walk(join(folder, entry.name), suffix, into, true);
    } else if (entry.name.endsWith(suffix)) into.push(join(folder, entry.name));
  }
}

function skips(name: string): boolean {
  return skipped.has(name) || (name.startsWith('.') && name.length > 1 && name !== '..');
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
