import { join, resolve } from 'node:path';
import { namesIn } from '../../core/if-there.ts';
import { shownPath } from '../../core/shown-path.ts';
import { freshManifest } from '../../compiler/manifest/fresh.ts';
import { readManifest, type Manifest } from '../../compiler/manifest/manifest.ts';
import type { Config } from '../config/config.ts';
import { hasIntent } from '../../migrate/apply/intent-path.ts';
import { packageVersion } from '../kit/package-root.ts';
import { tasksFolder } from './places.ts';

/** A system whose generated code is what compiling it again would give. */
export interface FreshSystem {
  readonly entry: string;
  readonly outDir: string;
  readonly manifest: Manifest;
  /** All its source files, absolute. */
  readonly sources: readonly string[];
}

/** The systems among `files` whose output below `out` is fresh. Reads no source and loads no parser. */
export function freshSystems(files: readonly string[], out: string, config: Config): readonly FreshSystem[] {
  const folders = outputsBySource(out);
  const toolVersion = packageVersion();
  return files.flatMap((entry) => {
    // A migration was interrupted: whoever reads the system ends it first.
    if (hasIntent(entry)) return [];
    for (const outDir of folders.get(entry) ?? []) {
      const manifest = freshManifest({
        outDir,
        sourcePath: entry,
        tasksDir: tasksFolder(entry),
        toolVersion,
        alsoInputs: otherInputs(config),
      });
      if (manifest !== undefined) {
        const sources = Object.keys(manifest.inputs).map((path) => resolve(outDir, path));
        return [{ entry, outDir, manifest, sources }];
      }
    }
    return [];
  });
}

/** The files besides the sources that the output depends on. */
export function otherInputs(config: Config): readonly string[] {
  const { file, templates, imports = [] } = config;
  const overrides = templates === undefined ? [] : namesIn(templates).filter((name) => name.endsWith('.hbs'));
  return [...(file === undefined ? [] : [file]), ...imports, ...overrides.map((name) => join(templates ?? '', name))];
}

/** A fresh system as it is reported. */
export function reportFresh({ outDir, manifest }: FreshSystem, cwd: string): CompiledSystem {
  const { system, version, hash } = manifest;
  const files = Object.keys(manifest.outputs).map((path) => shownPath(join(outDir, path), cwd));
  return { name: system, version, hash, files, written: 0 };
}

/** One system in the report of `dsl compile`. Paths are relative to the working directory. */
export interface CompiledSystem {
  readonly name: string;
  readonly version: string;
  readonly hash: string;
  readonly files: readonly string[];
  /** How many of them were written. */
  readonly written: number;
}

function outputsBySource(out: string): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const name of namesIn(out)) {
    const folder = join(out, name);
    const source = readManifest(folder)?.source;
    if (source === undefined) continue;
    const entry = resolve(folder, source);
    map.set(entry, [...(map.get(entry) ?? []), folder]);
  }
  return map;
}
