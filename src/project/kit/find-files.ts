import { readdirSync, statSync } from 'node:fs';
import { dirname, join, matchesGlob, relative, resolve } from 'node:path';
import { CliError } from './failure.ts';

/** Folders in which nobody keeps sources. */
const skipped = new Set(['node_modules', 'dist', 'generated', 'coverage']);

/**
 * The files that globs (or plain paths) name, absolute, sorted, each once. A plain path is taken as it is, whether or not
 * there is such a file: the reader says what is wrong with it.
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
      throw new CliError('MR2007', `No file matches ${pattern}.`, {
        hint: `It was looked for below ${cwd}. \`dsl init\` makes a first one.`,
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
 */
export function filesAmong(all: readonly string[], patterns: readonly string[], cwd: string): readonly string[] {
  const isNamed = (file: string): boolean => {
    const path = relative(cwd, file).replaceAll('\\', '/');
    return patterns.some((pattern) => {
      if (!/[*?[\]{}!]/.test(pattern)) return resolve(cwd, pattern) === file;
      return matchesGlob(path, pattern) && !path.split('/').slice(0, -1).some(skips);
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

async function match(pattern: string, cwd: string): Promise<readonly string[]> {
  const suffix = /^\*\*\/\*([\w.-]+)$/.exec(pattern)?.[1];
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

function walk(folder: string, suffix: string, into: string[]): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (!skips(entry.name)) walk(join(folder, entry.name), suffix, into);
    } else if (entry.name.endsWith(suffix)) into.push(join(folder, entry.name));
  }
}

function skips(name: string): boolean {
  return skipped.has(name) || (name.startsWith('.') && name.length > 1 && name !== '..');
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
