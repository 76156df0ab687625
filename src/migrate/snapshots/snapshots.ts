import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { shownPath } from '../../core/shown-path.ts';
import { parseSnapshot, type Diagnostic, type ParsedSnapshot, type Snapshot } from '../../model/index.ts';
import { compareVersions, isVersion } from '../version/version.ts';

/** A version that was kept, by the name of its file. */
export interface KeptVersion {
  readonly version: string;
  /** Absolute. */
  readonly path: string;
}

/** Where the snapshot of a version lies. */
export function snapshotPath(entry: string, version: string): string {
  return join(dirname(entry), 'snapshots', `${version}.json`);
}

/** The versions that are kept beside the entry, the oldest first. What is not called like a version does not count. */
export function keptVersions(entry: string): readonly KeptVersion[] {
  const folder = join(dirname(entry), 'snapshots');
  let files: readonly string[];
  try {
    files = readdirSync(folder);
  } catch {
    return [];
  }
  return files
    .flatMap((file) => {
      const version = /^(.+)\.json$/.exec(file)?.[1];
      return version === undefined || !isVersion(version) ? [] : [{ version, path: join(folder, file) }];
    })
    .toSorted((a, b) => compareVersions(a.version, b.version));
}

/**
 * Reads a snapshot of a system. Never throws: MR1812 when it cannot be read or is of another system, MR1810 and MR1811
 * when it is none or was changed.
 *
 * @param system The name that it has to have.
 */
export function readSnapshot({ path, version }: KeptVersion, cwd: string, system: string): ParsedSnapshot {
  const file = shownPath(path, cwd);
  const refuse = (message: string, hint: string): ParsedSnapshot => {
    const place = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    return { diagnostics: [{ code: 'MR1812', severity: 'error', message, ...place, hint }] };
  };
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return refuse(`'${file}' cannot be read: ${reason}.`, 'Take the file back from git.');
  }
  const parsed = parseSnapshot(json, file);
  const { snapshot } = parsed;
  if (snapshot === undefined) return parsed;
  if (snapshot.system !== system) {
    return refuse(
      `'${file}' is a snapshot of system '${snapshot.system}', not of '${system}'.`,
      'Systems that keep versions live in folders of their own: move one of them.',
    );
  }
  if (snapshot.version !== version) {
    return refuse(`'${file}' holds version ${snapshot.version}.`, `Call it ${snapshot.version}.json again.`);
  }
  return parsed;
}

/** The newest snapshot of a system whose version is not later than `atMost`. */
export function newestSnapshot(
  entry: string,
  cwd: string,
  system: string,
  atMost: string,
): { readonly kept?: KeptVersion; readonly snapshot?: Snapshot; readonly diagnostics: readonly Diagnostic[] } {
  // The source may say anything.
  if (!isVersion(atMost)) return { diagnostics: [] };
  const kept = keptVersions(entry).findLast(({ version }) => compareVersions(version, atMost) <= 0);
  return kept === undefined ? { diagnostics: [] } : { kept, ...readSnapshot(kept, cwd, system) };
}
