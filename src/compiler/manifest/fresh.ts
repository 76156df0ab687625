/** Says 'unchanged' without reading a source. Loads nothing but Node's own modules, so that it costs next to nothing. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { specifier } from '../paths.ts';
import { hashFile, readManifest, type Manifest } from './manifest.ts';

/** What has to be as it was. */
export interface FreshOptions {
  /** The folder of one system's files. */
  readonly outDir: string;
  readonly sourcePath: string;
  readonly tasksDir: string;
  readonly importExtension?: '.ts' | '.js';
  readonly toolVersion: string;
  /** Files besides the sources that the output depends on, such as the config and templates. */
  readonly alsoInputs?: readonly string[];
}

/** The options that the output depends on, as the manifest keeps them. */
export function settingsOf(
  options: Pick<FreshOptions, 'outDir' | 'tasksDir' | 'importExtension'>,
): Readonly<Record<string, string>> {
  return { tasks: specifier(options.outDir, options.tasksDir), importExtension: options.importExtension ?? '.ts' };
}

/**
 * The manifest of an output folder when everything in it would come out the same: same version of millrace, same
 * options, no input changed, no output changed, missing or half written. `undefined` when it has to be compiled.
 *
 * @example
 * ```ts
 * import { freshManifest } from 'millrace/compiler';
 *
 * const fresh = freshManifest({
 *   outDir: 'generated/orders',
 *   sourcePath: 'dsl-examples/orders/orders.dsl.ts',
 *   tasksDir: 'dsl-examples/orders/tasks',
 *   toolVersion: '0.1.0',
 * });
 * console.log(fresh === undefined ? 'compile' : `unchanged: ${Object.keys(fresh.outputs).length} files`);
 * ```
 */
export function freshManifest(options: FreshOptions): Manifest | undefined {
  const manifest = readManifest(options.outDir);
  if (manifest === undefined || manifest.writing !== undefined || manifest.tool !== options.toolVersion)
    return undefined;
  if (manifest.source !== specifier(options.outDir, options.sourcePath)) return undefined;
  const settings = settingsOf(options);
  if (Object.entries(settings).some(([key, value]) => manifest.settings[key] !== value)) return undefined;
  const also = (options.alsoInputs ?? []).map((path) => specifier(options.outDir, path));
  if (Object.keys(manifest.inputs).length === 0 || also.some((path) => !Object.hasOwn(manifest.inputs, path)))
    return undefined;
  const isThere = ([path, there]: [string, boolean]): boolean => existsSync(join(options.outDir, path)) === there;
  if (!Object.entries(manifest.written ?? {}).every(isThere)) return undefined;
  const same = ([path, hash]: [string, string]): boolean => hashFile(join(options.outDir, path)) === hash;
  return Object.entries(manifest.inputs).every(same) && Object.entries(manifest.outputs).every(same)
    ? manifest
    : undefined;
}

/**
 * The output folder below `root` that was made from a source, by its manifest: the name of a system need not be that of
 * its file, and reading the file is what this saves.
 */
export function findOutput(root: string, sourcePath: string): string | undefined {
  const folders = listFolders(root).map((name) => join(root, name));
  return folders.find((folder) => readManifest(folder)?.source === specifier(folder, sourcePath));
}

function listFolders(root: string): readonly string[] {
  try {
    return readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}
