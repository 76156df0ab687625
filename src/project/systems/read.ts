import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { textIfThere } from '../../core/if-there.ts';
import { deepFreeze } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic, SystemModel } from '../../model/index.ts';
import { validateSystem } from '../../rules/index.ts';
import { mayBeOff } from '../../rules/kit/may-be-off.ts';
import type { RuleWorld } from '../../rules/rule.ts';
import type { KeptFiles, ReadResult } from '../../source/index.ts';
// The face of the room loads also what writes sources, which reading does not need.
import { readSystem } from '../../source/read-system.ts';
import { schemaComparison } from '../../source/schemas/load.ts';
import type { Config } from '../config/config.ts';
import { settleMigrations } from './settle.ts';
import { taskFile } from './task-file.ts';
import { isOfBroken, writtenPlaces } from './written-places.ts';

/** A system that was found, with everything that is wrong with it. */
export interface FoundSystem {
  /** Its entry file, absolute. */
  readonly entry: string;
  readonly model: SystemModel;
  /** All its files, absolute, the entry first. */
  readonly files: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What came of reading files. */
export interface Found {
  readonly systems: readonly FoundSystem[];
  /** The problems of all systems, and of the files that hold none. */
  readonly diagnostics: readonly Diagnostic[];
  /** Files that were looked for in vain, absolute. */
  readonly missing: readonly string[];
}

interface Options {
  /** Files that are parts of systems which were not read again. */
  readonly parts?: Iterable<string>;
  /** Is a task whose implementation is missing no problem, because it is about to be written? */
  readonly stubs?: boolean;
  /** Is each system held against its last kept version, too? */
  readonly versions?: boolean;
  /** Which models have prices: asked where an agent names one. */
  readonly models?: () => Promise<NonNullable<RuleWorld['models']>>;
  /** How files are read; default: from the disk. */
  readonly readFile?: (path: string) => Uint8Array;
  /** Files that are parsed already. */
  readonly kept?: KeptFiles;
  /** Is there a file? Default: on the disk. */
  readonly exists?: (path: string) => boolean;
}

/** Reads and judges the systems in files. A file that is only a part of another of the systems counts with that one. */
export async function findSystems(
  files: readonly string[],
  cwd: string,
  config: Config,
  options: Options = {},
): Promise<Found> {
  const { readFile, kept, versions = false, exists = existsSync } = options;
  const settled = await settleMigrations(files, cwd);
  const results: { readonly file: string; readonly result: ReadResult }[] = [];
  for (const file of files) {
    const how = { cwd, ...(readFile !== undefined && { readFile }), ...(kept !== undefined && { kept }) };
    results.push({ file, result: await readSystem(file, how) });
  }
  const parts = new Set(options.parts);
  for (const { result } of results) {
    if (result.system !== undefined) for (const file of result.files.slice(1)) parts.add(file);
  }
  const systems: FoundSystem[] = [];
  const diagnostics: Diagnostic[] = [...settled];
  const names = new Map<string, FoundSystem>();
  for (const { file, result } of results) {
    if (result.system === undefined) {
      if (!parts.has(file)) diagnostics.push(...result.diagnostics);
      continue;
    }
    const last = versions ? await keptVersion(result.system, file, cwd) : {};
    const world = {
      ...last,
      ...(options.stubs !== true && implementedBeside(file, exists)),
      ...(await pricesFor(result.system, options)),
    };
    const textOf = (path: string): string | undefined => textRead(path, readFile);
    const own = [...result.diagnostics, ...judge(result.system, file, cwd, config, result, world, textOf)];
    const found = { entry: file, model: result.system, files: result.files, diagnostics: own };
    const twin = names.get(result.system.name);
    if (twin !== undefined) own.push(sameName(found, twin, cwd));
    names.set(result.system.name, found);
    systems.push(found);
    diagnostics.push(...own);
  }
  const isNeeded = (diagnostic: Diagnostic): boolean =>
    isNeededElsewhere(diagnostic, systems, new Set(options.parts), cwd);
  const missing = results.flatMap(({ result }) => result.missing ?? []);
  return deepFreeze({ systems, diagnostics: unique(diagnostics.filter((each) => !isNeeded(each))), missing });
}

/** Is there an error among these? */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}

/** In a part that several systems share, a comment is of no use only when it is so in all of them. */
function isNeededElsewhere(
  diagnostic: Diagnostic,
  systems: readonly FoundSystem[],
  unread: ReadonlySet<string>,
  cwd: string,
): boolean {
  if (diagnostic.code !== 'MR1224') return false;
  const file = resolve(cwd, diagnostic.file);
  return (
    unread.has(file) ||
    systems.some(
      ({ files, diagnostics }) => files.includes(file) && diagnostics.every((each) => at(each) !== at(diagnostic)),
    )
  );
}

function judge(
  model: SystemModel,
  entry: string,
  cwd: string,
  config: Config,
  { diagnostics: read, suppressions = [] }: ReadResult,
  world: RuleWorld,
  textOf: (path: string) => string | undefined,
): Diagnostic[] {
  const { issues } = validateSystem(model, {
    ...world,
    suppressions,
    ...(config.customRules !== undefined && { rules: config.customRules }),
    extensions: config.extensions ?? [],
    // One that fails would still say so.
    off: (config.customRules ?? []).flatMap(({ code }) => (config.rules[code] === 'off' ? [code] : [])),
    folder: relative(cwd, dirname(entry)).replaceAll('\\', '/'),
    placeOf: writtenPlaces(model, entry, textOf),
    partial: hasErrors(read),
  });
  const seen = new Set(read.map(at));
  return issues.flatMap((issue) => {
    // What is an error would be compiled into something wrong: it stays one.
    const severity = !mayBeOff(issue) ? 'error' : (config.rules[issue.code] ?? issue.severity);
    return severity === 'off' || seen.has(at(issue)) || isOfBroken(issue, read) ? [] : [{ ...issue, severity }];
  });
}

function textRead(path: string, readFile: Options['readFile']): string | undefined {
  if (readFile === undefined) return textIfThere(path);
  try {
    return Buffer.from(readFile(path)).toString('utf8');
  } catch {
    return undefined;
  }
}

/** What is known of implementations. A stub that is about to be written is neither missing nor there. */
function implementedBeside(entry: string, exists: (path: string) => boolean): RuleWorld {
  return { implemented: (task) => exists(taskFile(entry, task)) };
}

/** What is known of the models that agents name. */
async function pricesFor({ agents }: SystemModel, { models }: Options): Promise<RuleWorld> {
  const named = Object.values(agents).some(({ model }) => model !== undefined);
  return named && models !== undefined ? { models: await models() } : {};
}

/** The last version that was kept. What is wrong with a snapshot is told by `dsl migrate`. */
async function keptVersion({ name, version }: SystemModel, entry: string, cwd: string): Promise<RuleWorld> {
  if (!existsSync(join(dirname(entry), 'snapshots'))) return {};
  const { newestSnapshot } = await import('../../migrate/snapshots/snapshots.ts');
  const { kept, snapshot } = newestSnapshot(entry, cwd, name, version);
  if (kept === undefined || snapshot === undefined) return {};
  const compareSchemas = await schemaComparison();
  const file = shownPath(kept.path, cwd);
  return { kept: { model: snapshot.model, file, compareSchemas } };
}

/** Two systems of one name would be written into one folder. */
function sameName(found: FoundSystem, twin: FoundSystem, cwd: string): Diagnostic {
  const folder = (entry: string, file: string): string => shownPath(`${dirname(entry)}/${file}`, cwd);
  const { location, name } = found.model;
  const other = twin.model.location;
  return {
    code: 'MR2015',
    severity: 'error',
    message: `There are two systems named '${name}'.`,
    ...location,
    file: folder(found.entry, location.file),
    hint: 'Rename one: the name decides where generated code and the database lie.',
    related: [
      { message: 'the other one', file: folder(twin.entry, other.file), line: other.line, column: other.column },
    ],
  };
}

function at({ code, file, line, column }: Diagnostic): string {
  return `${code} ${file}:${line}:${column}`;
}

/** Systems that share a part report its problems once. */
function unique(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter((diagnostic) => {
    const key = `${at(diagnostic)} ${diagnostic.message}`;
    return seen.has(key) ? false : seen.add(key);
  });
}
