import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { namesIn } from '../../core/if-there.ts';
import { hashFile } from '../../compiler/manifest/manifest.ts';
import type { Config } from '../config/config.ts';
import { findFiles, foldersOf } from '../kit/find-files.ts';
import type { Outcome } from '../systems/compile.ts';
import { otherInputs } from '../systems/fresh.ts';
import { tasksFolder } from '../systems/places.ts';

/** What a run of the compiler saw: as long as all of it is the same, another one would do nothing else. */
export interface Sight {
  /** The entry files that the globs found. */
  readonly entries: readonly string[];
  readonly inputs: Outcome['inputs'];
  /** The config, what it imports, and templates: one that is new counts. */
  readonly settings: readonly string[];
  /** What lies in the folders beside the entries: implementations by name, snapshots and migrations by their dates too. */
  readonly beside: string;
  /** What was generated, absolute: when somebody has deleted some of it, it is made again. */
  readonly outputs: readonly string[];
}

/** The patterns of a run, and the folder that they start from. */
export function patternsOf(globs: readonly string[], cwd: string, config: Config): [readonly string[], string] {
  return globs.length > 0 ? [globs, cwd] : [config.globs, config.root];
}

/** What lies in the folders beside the entry files, as text. */
export function lookBeside(entries: readonly string[]): string {
  const seen = new Set<string>();
  for (const entry of entries) {
    for (const name of namesIn(tasksFolder(entry))) seen.add(join(tasksFolder(entry), name));
    for (const folder of dated(entry)) {
      for (const name of namesIn(folder)) {
        const stat = statSync(join(folder, name), { throwIfNoEntry: false });
        seen.add(`${join(folder, name)} ${stat?.mtimeMs} ${stat?.size}`);
      }
    }
  }
  return [...seen].join('\n');
}

/** Is everything as it was seen? */
export async function isSame(sight: Sight, globs: readonly string[], cwd: string, config: Config): Promise<boolean> {
  const entries = await findFiles(...patternsOf(globs, cwd, config));
  return (
    entries.join('\n') === sight.entries.join('\n') &&
    otherInputs(config).join('\n') === sight.settings.join('\n') &&
    lookBeside(entries) === sight.beside &&
    sight.outputs.every((path) => existsSync(path)) &&
    // What was looked for in vain may be there now under another ending: one that is missing always counts as changed.
    [...sight.inputs].every(([path, hash]) => hash !== undefined && hashFile(path) === hash)
  );
}

/** All folders in which a change may matter. */
export function foldersToFollow(
  globs: readonly string[],
  cwd: string,
  config: Config,
  sight: Sight | undefined,
): ReadonlySet<string> {
  return new Set([
    config.root,
    ...(config.templates === undefined ? [] : [config.templates]),
    ...foldersOf(...patternsOf(globs, cwd, config)),
    ...(sight?.entries ?? []).flatMap((entry) => [dirname(entry), tasksFolder(entry), ...dated(entry)]),
    ...[...(sight?.inputs.keys() ?? [])].map(dirname),
  ]);
}

function dated(entry: string): readonly string[] {
  return ['snapshots', 'migrations'].map((name) => join(dirname(entry), name));
}
