import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { shownPath } from '../../core/shown-path.ts';
import {
  checkTemplates,
  compileSystem,
  hashFiles,
  loadTemplates,
  taskStub,
  writeOutput,
  type CompileOptions,
} from '../../compiler/index.ts';
import { hashText, readManifest } from '../../compiler/manifest/manifest.ts';
import { makeFolder } from '../../core/write-files.ts';
import type { Diagnostic } from '../../model/index.ts';
import type { KeptFiles } from '../../source/index.ts';
import type { Config } from '../config/config.ts';
import { packageVersion } from '../kit/package-root.ts';
import { inWords } from '../kit/write-file.ts';
import { freshSystems, otherInputs, reportFresh, type CompiledSystem, type FreshSystem } from './fresh.ts';
import { missingTasks } from './missing-task.ts';
import { tasksFolder } from './places.ts';
import { findSystems, hasErrors, type FoundSystem } from './read.ts';
import { taskFile } from './task-file.ts';

interface Options {
  /** The folder that gets a folder per system. */
  readonly out: string;
  readonly check?: boolean;
  readonly force?: boolean;
  readonly stubs?: boolean;
  /** Read also what is fresh: whoever watches wants the parser warm before the first edit. */
  readonly reread?: boolean;
  /** Files that are parsed already. */
  readonly kept?: KeptFiles;
}

/** What came of compiling: the document of `dsl compile --json`. */
export interface Compiled {
  readonly ok: boolean;
  readonly systems: readonly CompiledSystem[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a run of the compiler leaves behind for people and for watchers. */
export interface Outcome extends Compiled {
  /** The implementations that were begun. */
  readonly stubs: readonly string[];
  /**
   * Everything that it was made from, absolute, with the hashes that were read: sources, config, templates. `undefined`
   * is a file that was looked for in vain.
   */
  readonly inputs: ReadonlyMap<string, string | undefined>;
  /** How many of the systems, the first ones, were not even read. */
  readonly unread: number;
  /** The output folder of each entry file. */
  readonly folders: ReadonlyMap<string, string>;
}

/** Compiles the systems in files; what is fresh is not even read. */
export async function compileSystems(
  files: readonly string[],
  cwd: string,
  config: Config,
  options: Options,
): Promise<Outcome> {
  const { out, check = false, force = false, stubs = false, reread = false, kept } = options;
  // A stub may be missing although nothing changed, and force is for when the manifest is wrong.
  const fresh = stubs || force || reread ? [] : freshSystems(files, out, config).filter(implemented);
  const done = new Set(fresh.map(({ entry }) => entry));
  const hashes = new Map<string, string>();
  const found = await findSystems(
    files.filter((file) => !done.has(file)),
    cwd,
    config,
    {
      parts: fresh.flatMap(({ sources }) => sources),
      stubs,
      ...(kept !== undefined && { kept }),
      readFile: (path) => {
        const bytes = readFileSync(path);
        hashes.set(path, hashText(bytes));
        return bytes;
      },
    },
  );
  const diagnostics = [...found.diagnostics];
  const systems = fresh.map((each) => reportFresh(each, cwd));
  const folders = new Map(fresh.map(({ entry, outDir }) => [entry, outDir]));
  const begun: string[] = [];
  const extra = hashFiles(otherInputs(config));
  const own = found.systems.length === 0 ? undefined : config.templates;
  const problems = own === undefined ? [] : checkTemplates(shownPath(own, cwd));
  diagnostics.push(...problems);
  const templates = own === undefined || hasErrors(problems) ? undefined : loadTemplates(own);
  for (const system of found.systems) {
    if (hasErrors([...system.diagnostics, ...problems])) continue;
    const outDir = join(out, system.model.name);
    const owner = force ? undefined : ownerOf(outDir, system.entry);
    if (owner !== undefined) {
      diagnostics.push(takenFolder(system, shownPath(outDir, cwd), shownPath(owner, cwd), cwd));
      continue;
    }
    const settings: CompileOptions = {
      outDir: shownPath(outDir, cwd),
      sourcePath: shownPath(system.entry, cwd),
      tasksDir: shownPath(tasksFolder(system.entry), cwd),
      toolVersion: packageVersion(),
      inputs: [
        ...system.files.map((path) => ({ path: shownPath(path, cwd), hash: hashes.get(path) ?? '' })),
        ...extra.map(({ path, hash }) => ({ path: shownPath(path, cwd), hash })),
      ],
      ...(templates !== undefined && { templates }),
      implemented: (task) => existsSync(taskFile(system.entry, task)),
    };
    const result = compileSystem(system.model, settings);
    const report = writeOutput(result, { outDir: settings.outDir, check, force });
    diagnostics.push(...report.diagnostics);
    if (hasErrors(report.diagnostics)) continue;
    if (stubs && !check) begun.push(...writeStubs(system, settings, cwd));
    folders.set(system.entry, outDir);
    const { name, version } = system.model;
    systems.push({
      name,
      version,
      hash: hashOf(result.files),
      files: result.files
        .map(({ path }) => shownPath(join(outDir, path), cwd))
        .filter((path) => !path.endsWith('/manifest.json')),
      written: report.written.length,
    });
  }
  const inputs = new Map<string, string | undefined>([
    ...fresh.flatMap(({ sources, manifest }) => zip(sources, Object.values(manifest.inputs))),
    ...found.missing.map((path): [string, undefined] => [path, undefined]),
    ...extra.map(({ path, hash }): [string, string] => [path, hash]),
    ...hashes,
  ]);
  return { ok: !hasErrors(diagnostics), systems, diagnostics, stubs: begun, inputs, unread: fresh.length, folders };
}

function zip(paths: readonly string[], hashes: readonly string[]): [string, string | undefined][] {
  return paths.map((path, index) => [path, hashes[index]]);
}

/** What lacks an implementation is read again, to say so. */
function implemented({ entry, outDir }: FreshSystem): boolean {
  return missingTasks(outDir, entry).length === 0;
}

/** The source of another system that this folder was generated from, and that is still there. */
function ownerOf(outDir: string, entry: string): string | undefined {
  const source = readManifest(outDir)?.source;
  const owner = source === undefined ? entry : resolve(outDir, source);
  return owner !== entry && existsSync(owner) ? owner : undefined;
}

function takenFolder({ entry, model }: FoundSystem, folder: string, owner: string, cwd: string): Diagnostic {
  return {
    code: 'MR2015',
    severity: 'error',
    message: `There are two systems named '${model.name}': ${folder} was generated from ${owner}.`,
    ...model.location,
    file: shownPath(join(dirname(entry), model.location.file), cwd),
    hint: 'Rename one, or compile with another --out. If the other is no longer a system, `dsl compile --force` takes its folder.',
  };
}

/** Begins the implementations that are missing. A file that is there is never touched. */
function writeStubs({ entry, model }: FoundSystem, settings: CompileOptions, cwd: string): string[] {
  const begun: string[] = [];
  for (const task of Object.values(model.tasks)) {
    if (task.model !== undefined) continue;
    const file = taskFile(entry, task.name);
    inWords(file, () => makeFolder(dirname(file)));
    try {
      writeFileSync(file, taskStub(model, task.name, settings).text, { flag: 'wx' });
      begun.push(shownPath(file, cwd));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
  }
  return begun;
}

function hashOf(files: readonly { readonly path: string; readonly text: string }[]): string {
  const manifest = files.find(({ path }) => path === 'manifest.json');
  return manifest === undefined ? '' : (JSON.parse(manifest.text) as { readonly hash: string }).hash;
}
