import { dirname, join, relative, resolve } from 'node:path';
import { nearest } from '../../../core/index.ts';
import { shownPath } from '../../../core/shown-path.ts';
import { createLayout } from '../../../compiler/plan/layout.ts';
import { specifier } from '../../../compiler/paths.ts';
import type { Diagnostic, MachineNode } from '../../../model/index.ts';
import { loadSystemFromDsl } from '../../../source/index.ts';
import { pathsTestFile, transitionPaths, type PathOptions, type TransitionPaths } from '../../../testing/index.ts';
import { readConfig, type Config } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { jsonArgument } from '../../kit/json-argument.ts';
import { limitOption } from '../../kit/limit.ts';
import { packageVersion } from '../../../project/kit/package-root.ts';
import { tasksFolder } from '../../../project/systems/places.ts';
import { findSystems, hasErrors, type FoundSystem } from '../../../project/systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { compileFirst } from './compile-first.ts';
import { tell } from './tell.ts';
import { constantsOf, uncoveredIn } from './transitions.ts';
import { writeTest, type Written } from './write.ts';

/** The options of `dsl test paths`. */
export interface PathsArguments {
  readonly machine?: string;
  readonly out?: string;
  readonly check?: true;
  readonly requireAll?: true;
  readonly payloads?: string;
  readonly seed?: string;
  readonly limit?: string;
}

/** The paths of one machine, and the file that they were written to. */
export interface MachinePaths extends TransitionPaths {
  readonly file?: string;
  readonly written?: Written;
}

/** Finds paths. Exit code 1: problems in the source, a stale file with `--check`, something uncovered with `--require-all`. */
export async function testPaths(io: Io, file: string, options: PathsArguments): Promise<number> {
  if (options.check === true && options.out === undefined) {
    throw new CliError('MR2003', '--check needs --out: the file that is to be checked.', { hint: 'Add --out tests/.' });
  }
  const entry = resolve(io.cwd, file);
  const config = await readConfig(io.cwd, entry);
  const { systems, diagnostics: problems } = await findSystems([entry], io.cwd, config, { stubs: true });
  const [system] = systems;
  if (system === undefined || hasErrors(problems)) {
    if (io.json) io.document({ ok: false, diagnostics: problems });
    else showDiagnostics(io, problems);
    return 1;
  }
  const machines = chosen(system, options.machine);
  // The test imports what is generated, and so may the implementations that are loaded with the source.
  if (options.check !== true) await compileFirst(io, entry, config);
  const live = await loadSystemFromDsl(entry, { live: true });
  const settings = await settingsOf(io, options);
  const severity = options.requireAll === true ? 'error' : 'warning';
  const diagnostics: Diagnostic[] = [];
  const found: MachinePaths[] = [];
  for (const machine of machines) {
    const paths = transitionPaths(live, machine.name, {
      ...settings,
      constants: constantsOf(system.model, machine.name),
    });
    const folder = dirname(entry);
    diagnostics.push(...uncoveredIn(machine, paths, severity, (name) => shownPath(join(folder, name), io.cwd)));
    if (options.out === undefined) {
      found.push(paths);
      continue;
    }
    const target = targetOf(io, options.out, machine, machines.length);
    const outcome = writeTest(io.cwd, target, textOf(paths, target, system, config), options.check === true);
    diagnostics.push(...outcome.diagnostics);
    found.push({ ...paths, file: shownPath(target, io.cwd), written: outcome.written });
  }
  const ok = !hasErrors(diagnostics);
  if (io.json) io.document({ ok, machines: found, diagnostics });
  else {
    showDiagnostics(io, diagnostics);
    for (const each of found) tell(io, each);
  }
  return ok ? 0 : 1;
}

function chosen({ model }: FoundSystem, name: string | undefined): readonly MachineNode[] {
  const all = Object.values(model.machines);
  if (name === undefined && all.length > 0) return all;
  const machine = name !== undefined && Object.hasOwn(model.machines, name) ? model.machines[name] : undefined;
  if (machine !== undefined) return [machine];
  const names = all.map((each) => each.name);
  const like = name === undefined ? undefined : nearest(name, names);
  const what = name === undefined ? 'no machines' : `no machine '${name}'`;
  throw new CliError('MR1800', `The system '${model.name}' has ${what}.`, {
    hint:
      like === undefined
        ? names.length === 0
          ? 'Paths are of machines: flows have none.'
          : `It has ${names.join(', ')}.`
        : `Did you mean '${like}'?`,
    exitCode: 1,
  });
}

async function settingsOf(io: Io, { payloads, seed, limit }: PathsArguments): Promise<PathOptions> {
  const given = payloads === undefined ? undefined : await jsonArgument(io, '--payloads', payloads);
  const isMap = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (given !== undefined && !(isMap && Object.values(given).every(Array.isArray))) {
    throw new CliError('MR1804', '--payloads should be a list of payloads for each event.', {
      hint: `Such as '{"paid":[{"orderId":"o-1","amount":12}]}'.`,
      exitCode: 1,
    });
  }
  return {
    ...(given !== undefined && { payloads: given as Readonly<Record<string, readonly unknown[]>> }),
    ...(seed !== undefined && { seed }),
    ...(limit !== undefined && { limit: limitOption(limit) }),
  };
}

function targetOf(io: Io, out: string, { name }: MachineNode, count: number): string {
  const target = resolve(io.cwd, out);
  if (!/\.[cm]?tsx?$/.test(out)) return join(target, `${name.replaceAll(/[^\w.-]+/g, '-')}.paths.test.ts`);
  if (count === 1) return target;
  throw new CliError('MR2003', `--out names one file, and the system has ${count} machines.`, {
    hint: 'Name a folder, or one machine with --machine.',
  });
}

function textOf(paths: TransitionPaths, target: string, { model, entry }: FoundSystem, config: Config): string {
  const outDir = join(config.out, model.name);
  const layout = createLayout(model, { outDir, sourcePath: entry, tasksDir: tasksFolder(entry) });
  const module = layout.module('machine', paths.machine);
  const from = (path: string): string => specifier(dirname(target), join(outDir, path));
  const source = relative(dirname(target), entry).replaceAll('\\', '/');
  return pathsTestFile(paths, {
    header: `Generated by millrace ${packageVersion()} from ${source} (machine ${paths.hash.slice(0, 12)}). Do not edit: run \`dsl test paths\`.`,
    machine: { name: module.exported, from: from(module.path) },
    context: { name: layout.machineContext(paths.machine), from: from('contracts.ts') },
  });
}
