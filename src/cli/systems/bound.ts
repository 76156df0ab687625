import { dirname, join, relative, resolve } from 'node:path';
import { nearest } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import { makeFolder } from '../../core/write-files.ts';
import type { Models } from '../../llm/index.ts';
import type { BoundSystem } from '../../tasks/index.ts';
import { readConfig, type Config } from '../../project/config/config.ts';
import { databaseOf } from '../kit/database.ts';
import { CliError } from '../../project/kit/failure.ts';
import type { Io } from '../kit/io.ts';
import { loadModule, placeOf, showPlace } from '../../project/kit/load-module.ts';
import { inWords } from '../../project/kit/write-file.ts';
import { freshSystems } from '../../project/systems/fresh.ts';
import { unimplemented } from '../../project/systems/missing-task.ts';
import { onRestate } from './engine.ts';
import { modelsFor } from './models.ts';
import type { RestateAddresses } from './restate.ts';

/** A system that can run, and where its data lies. */
export interface OpenedSystem {
  readonly system: BoundSystem;
  /** The file as it was named on the command line, for hints. */
  readonly file: string;
  readonly database: string;
  /** The database as it was named on the command line, for hints. */
  readonly db?: string;
  /** Where the server of Restate is that runs it. Absent: the embedded engine does. */
  readonly restate?: RestateAddresses;
  /** How the runtime is set up: by `runtime`, `resources` and `models` of the config. */
  readonly options: NonNullable<Config['runtime']> & {
    readonly resources: NonNullable<Config['resources']>;
    readonly models?: Models;
  };
}

/**
 * Compiles a system if its generated code is stale, and loads it. Undefined when the source has errors, which have been
 * shown.
 *
 * @throws CliError MR1501 when a task has no implementation, MR2016 when the generated code or an implementation cannot
 * be loaded.
 */
export async function openSystem(
  io: Io,
  file: string,
  db: string | undefined,
  engine?: string,
): Promise<OpenedSystem | undefined> {
  const entry = resolve(io.cwd, file);
  const config = await readConfig(io.cwd, entry);
  const restate = onRestate(io, config, { ...(db !== undefined && { db }), ...(engine !== undefined && { engine }) });
  const folder = freshSystems([entry], config.out, config)[0]?.outDir ?? (await compile(io, entry, config));
  if (folder === undefined) return undefined;
  const missing = await unimplemented(io.cwd, entry, folder);
  if (missing !== undefined) throw missing;
  const system = await load(io, join(folder, 'index.ts'));
  const { resources = {}, runtime = {} } = config;
  const models = await modelsFor(io, config, system);
  return {
    system,
    file,
    database: databaseOf(io, config, system.name, db),
    options: { ...runtime, resources, ...(models !== undefined && { models }) },
    ...(db !== undefined && { db }),
    ...(restate !== undefined && { restate }),
  };
}

/** The option that a command needs to mean the same database, or server, again, with a space before it. */
export function dbOption({ db, restate }: Pick<OpenedSystem, 'db' | 'restate'>): string {
  if (restate !== undefined) return ' --engine restate';
  if (db === undefined) return '';
  return ` --db ${/^[\w./:@%+,-]+$/.test(db) ? db : `'${db.replaceAll("'", String.raw`'\''`)}'`}`;
}

/** Compiles what is stale, and says so. The compiler is loaded only then. */
async function compile(io: Io, entry: string, config: Config): Promise<string | undefined> {
  const [{ compileSystems }, { showDiagnostics }] = await Promise.all([
    import('../../project/systems/compile.ts'),
    import('./show-diagnostics.ts'),
  ]);
  const { ok, folders, systems, diagnostics } = await compileSystems([entry], io.cwd, config, { out: config.out });
  const folder = folders.get(entry);
  if (!ok || folder === undefined) {
    if (io.json) io.document({ ok: false, diagnostics });
    else showDiagnostics(io, diagnostics);
    return undefined;
  }
  const written = systems.reduce((sum, system) => sum + system.written, 0);
  if (written > 0) {
    const files = written === 1 ? 'file' : 'files';
    io.note(`Compiled ${shownPath(entry, io.cwd)}: ${written} ${files} written to ${shownPath(folder, io.cwd)}.`);
  }
  return folder;
}

/** Makes the folder of a database that nobody named: it is ours. */
export function makeFolderOf(database: string): void {
  const folder = dirname(database);
  if (folder.endsWith('.millrace')) inWords(database, () => makeFolder(folder));
}

async function load(io: Io, index: string): Promise<BoundSystem> {
  try {
    const system = (await loadModule(index))['default'] as Partial<BoundSystem> | undefined;
    if (system?.kind !== 'bound-system') throw new Error('it exports no system');
    return system as BoundSystem;
  } catch (thrown) {
    const place = placeOf(thrown);
    const message = thrown instanceof Error ? thrown.message.replaceAll(`${io.cwd}/`, '') : String(thrown);
    throw new CliError(
      'MR2016',
      `${place === undefined ? relative(io.cwd, index) : showPlace(place, io.cwd)}: the system cannot be loaded: ${message}`,
      {
        hint: 'Mend the file; `npx tsc` may say more.',
        exitCode: 1,
        cause: thrown,
      },
    );
  }
}

/** What the system calls an event that machines know under this name. */
function ownName({ machines }: BoundSystem, alias: string): string | undefined {
  const found = Object.values(machines).flatMap(({ module: { name, events } }) =>
    Object.keys(events)
      .filter((own) => events[own] === alias)
      .map((own) => `'${own}', the system's name of what '${name}' calls '${alias}'`),
  );
  return found.length === 0 ? undefined : `Did you mean ${found.join(', or ')}?`;
}

/** Refuses the name of a flow or event that the system does not have. */
export function mustHave(system: BoundSystem, kind: 'flow' | 'event', name: string): void {
  const names = Object.keys(kind === 'flow' ? system.flows : system.events);
  if (names.includes(name)) return;
  const own = kind === 'event' ? ownName(system, name) : undefined;
  const like = own === undefined ? nearest(name, names) : undefined;
  const all = names.length === 0 ? `It has no ${kind}s.` : `It has ${names.join(', ')}.`;
  throw new CliError('MR2017', `The system '${system.name}' has no ${kind} '${name}'. ${all}`, {
    hint: own ?? (like === undefined ? '`dsl inspect FILE` shows what it declares.' : `Did you mean '${like}'?`),
  });
}
