import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MillraceError } from '../../core/index.ts';
import type { Diagnostic } from '../../model/index.ts';
import { loadText } from '../files/load-text.ts';
import type { ReadResult } from '../options.ts';
import { readSystem } from '../read-system.ts';
import { position } from '../syntax/location.ts';
import { parseModule } from '../syntax/module.ts';
import type { Change, Codemod, Rewrite } from './codemod.ts';
import type { UpgradeChange, UpgradedFile, UpgradeOptions, UpgradeResult } from './options.ts';
import { plannedCodemods } from './plan.ts';
import { refusedIn } from './refused.ts';

/** Mending one thing may show the next: what a machine holds is read only once it is one. */
const mostRounds = 20;

/**
 * Runs the codemods among `all` that lead from one version to the other.
 *
 * @throws MillraceError MR1841 for versions that make no sense, MR1842 when the codemods never come to an end.
 */
export async function upgrade(
  paths: readonly string[],
  all: readonly Codemod[],
  { from, to, readFile = readFileSync, cwd = process.cwd() }: UpgradeOptions,
): Promise<UpgradeResult> {
  const planned = plannedCodemods(all, from, to);
  const done = new Map<string, UpgradedFile>();
  const read = (path: string): Uint8Array | string => done.get(path)?.text ?? readFile(path);
  for (let round = 0; round < mostRounds; round += 1) {
    const { files, diagnostics } = await readAll(paths, cwd, read);
    const changed = files.flatMap((path) => {
      const refused = diagnostics.filter(({ file }) => resolve(cwd, file) === path);
      return changedFile(path, read, planned, refused, done.get(path)) ?? [];
    });
    for (const file of changed) done.set(file.path, file);
    if (changed.length > 0) continue;
    const codemods = planned.map(({ version, name, description }) => ({ version, name, description }));
    return { codemods, files: [...done.values()].filter(({ before, text }) => before !== text), diagnostics };
  }
  const names = new Set([...done.values()].flatMap(({ changes }) => changes.map(({ codemod }) => codemod)));
  throw new MillraceError(`The codemods ${[...names].join(', ')} did not come to an end.`, {
    code: 'MR1842',
    retryable: false,
    fault: 'internal',
  });
}

/** Reads all systems: their files, and what is wrong in each, once. */
async function readAll(
  paths: readonly string[],
  cwd: string,
  readFile: (path: string) => Uint8Array | string,
): Promise<{ readonly files: readonly string[]; readonly diagnostics: readonly Diagnostic[] }> {
  const results: (readonly [path: string, result: ReadResult])[] = [];
  for (const path of paths) results.push([resolve(cwd, path), await readSystem(path, { cwd, readFile })]);
  const isPart = new Set(results.flatMap(([, { system, files }]) => (system === undefined ? [] : files.slice(1))));
  const files = new Set<string>();
  const diagnostics = new Map<string, Diagnostic>();
  for (const [path, result] of results) {
    for (const file of result.files) files.add(file);
    // That a part has no system of its own is no problem.
    if (result.system === undefined && isPart.has(path)) continue;
    for (const each of result.diagnostics) diagnostics.set(keyOf(each), each);
  }
  return { files: [...files], diagnostics: [...diagnostics.values()] };
}

function keyOf({ code, file, line, column, message }: Diagnostic): string {
  return `${code} ${file}:${line}:${column} ${message}`;
}

/** A file after one round, or nothing where nothing changes. */
function changedFile(
  path: string,
  readFile: (path: string) => Uint8Array | string,
  codemods: readonly Codemod[],
  diagnostics: readonly Diagnostic[],
  earlier: UpgradedFile | undefined,
): UpgradedFile | undefined {
  const loaded = /\.m?ts$/.test(path) ? loadText(path, path, readFile) : undefined;
  if (loaded === undefined || 'problem' in loaded) return undefined;
  const { text } = loaded;
  const { module, problems } = parseModule({ path, file: path, display: path }, text);
  if (problems.length > 0) return undefined;
  const file = { module, refused: refusedIn(module, diagnostics) };
  const rewrites = apart(
    codemods.flatMap((codemod) => codemod.apply(file).map((changes) => ({ codemod: codemod.name, changes }))),
  );
  if (rewrites.length === 0) return undefined;
  const told = rewrites.map(({ codemod, changes: [first] }): UpgradeChange => {
    return { codemod, ...position(module, first?.start ?? 0) };
  });
  return {
    path,
    before: earlier?.before ?? text,
    text: applied(
      text,
      rewrites.flatMap(({ changes }) => changes),
    ),
    changes: [...(earlier?.changes ?? []), ...told],
  };
}

/** Those that do not meet. Of two that do the first is made; the other comes again in the next round. */
function apart<T extends { readonly changes: Rewrite }>(rewrites: readonly T[]): readonly T[] {
  const taken: Change[] = [];
  return rewrites.filter(({ changes }) => {
    const meets = changes.some((a) => taken.some((b) => a.start === b.start || (a.start < b.end && b.start < a.end)));
    if (!meets) taken.push(...changes);
    return !meets;
  });
}

/** All changes in one pass, from front to back. */
function applied(text: string, changes: readonly Change[]): string {
  let at = 0;
  let made = '';
  for (const { start, end, text: put } of changes.toSorted((a, b) => a.start - b.start)) {
    made += text.slice(at, start) + put;
    at = end;
  }
  return made + text.slice(at);
}
