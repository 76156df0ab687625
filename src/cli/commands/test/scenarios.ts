import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import type { Diagnostic } from '../../../model/index.ts';
import { execute } from '../../../source/bind/execute.ts';
import type { BoundSystem } from '../../../tasks/index.ts';
import { playScenario, problemText, scenariosIn, ScenarioError, type ScenarioResult } from '../../../testing/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { ioLogger } from '../../systems/logger.ts';
import { prepare } from './prepare.ts';

/** The options of `dsl test scenarios`. */
export interface ScenariosArguments {
  readonly only?: string;
  readonly from?: readonly string[];
}

/** A scenario that was played, and where it stands. */
export interface PlayedScenario extends Pick<ScenarioResult, 'name' | 'ok' | 'problems' | 'diff' | 'trace'> {
  readonly file: string;
  readonly durationMs: number;
}

/** Plays the scenarios of a system. Exit code 1: problems in the source, or a scenario that comes out otherwise. */
export async function testScenarios(io: Io, file: string, options: ScenariosArguments): Promise<number> {
  const prepared = await prepare(io, file);
  if (prepared === undefined) return 1;
  const files = scenarioFiles(io, prepared.entry, options.from);
  const { scenarios, diagnostics } = await playAll(io, files, await prepared.live(), options.only);
  const ok = diagnostics.length === 0;
  if (io.json) io.document({ ok, scenarios, diagnostics });
  else tellScenarios(io, scenarios, prepared.entry);
  return ok ? 0 : 1;
}

/** The files of scenarios that were named, or those beside a source and in the folder `tests` there. */
export function scenarioFiles(io: Io, entry: string, named: readonly string[] = []): readonly string[] {
  if (named.length > 0) {
    return named.map((each) => {
      const path = resolve(io.cwd, each);
      if (existsSync(path)) return path;
      throw new CliError('MR3574', `There is no file '${each}' of scenarios.`, { exitCode: 1 });
    });
  }
  const name = basename(entry).replace(/\.dsl\.[cm]?tsx?$/, '');
  return [dirname(entry), join(dirname(entry), 'tests')].flatMap((folder) =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((each) => each.startsWith(`${name}.`) && /\.scenarios\.[cm]?ts$/.test(each))
      .toSorted()
      .map((each) => join(folder, each)),
  );
}

/** Plays the scenarios that files export; `only`: those with this text in their names. */
export async function playAll(
  io: Io,
  files: readonly string[],
  system: BoundSystem,
  only?: string,
): Promise<{ readonly scenarios: readonly PlayedScenario[]; readonly diagnostics: readonly Diagnostic[] }> {
  const scenarios: PlayedScenario[] = [];
  const diagnostics: Diagnostic[] = [];
  const names: string[] = [];
  for (const path of files) {
    const file = shownPath(path, io.cwd);
    for (const scenario of scenariosIn(await execute(path))) {
      names.push(scenario.name);
      if (only !== undefined && !scenario.name.includes(only)) continue;
      const started = performance.now();
      const { ok, name, problems, diff, trace } = await played(scenario);
      scenarios.push({ name, file, ok, problems, diff, trace, durationMs: Math.round(performance.now() - started) });
      if (ok) continue;
      diagnostics.push({
        code: problems[0]?.at === 'scenario' ? 'MR3571' : 'MR3573',
        severity: 'error',
        message: `Scenario '${name}': ${problems.map(problemText).join('; ')}`,
        file,
        ...placeOf(path, name),
      });
    }
  }
  if (only !== undefined && scenarios.length === 0) {
    const known = names.length === 0 ? 'There are none.' : `There are ${names.map((name) => `'${name}'`).join(', ')}.`;
    throw new CliError('MR3574', `No scenario has '${only}' in its name.`, { hint: known, exitCode: 1 });
  }
  return { scenarios, diagnostics };

  async function played(
    scenario: Parameters<typeof playScenario>[1],
  ): Promise<Omit<ScenarioResult, 'expected' | 'actual'>> {
    try {
      return await playScenario(system, scenario, { logger: ioLogger(io, 'error') });
    } catch (thrown) {
      if (!(thrown instanceof ScenarioError)) throw thrown;
      const problem = { at: 'scenario', expected: 'to be playable', message: thrown.message };
      return { name: scenario.name, ok: false, problems: [problem], diff: '', trace: [] };
    }
  }
}

/** Where the name of a scenario stands; else the beginning. */
function placeOf(path: string, name: string): Pick<Diagnostic, 'line' | 'column' | 'endLine' | 'endColumn'> {
  const text = readFileSync(path, 'utf8');
  const at = Math.max(0, text.indexOf(name));
  const lines = text.slice(0, at).split('\n');
  const [line, column] = [lines.length, (lines.at(-1) ?? '').length + 1];
  return { line, column, endLine: line, endColumn: column + name.length };
}

/** Shows scenarios to people. */
export function tellScenarios(io: Io, scenarios: readonly PlayedScenario[], entry: string): void {
  if (scenarios.length === 0) {
    const name = basename(entry).replace(/\.dsl\.[cm]?tsx?$/, '.scenarios.ts');
    io.out(`No scenarios: there is no ${name} beside the source.`);
    return;
  }
  let last = '';
  for (const { file, ok, name, problems, diff, trace } of scenarios) {
    if (file !== last) io.out(io.paint('bold', file));
    last = file;
    io.out(`  ${ok ? io.paint('green', '✓') : io.paint('red', '✗')} ${name}`);
    if (ok) continue;
    for (const each of problems) io.out(`      ${problemText(each)}`);
    for (const line of diff.split('\n').filter((each) => each !== '')) {
      const style = line.startsWith('-') ? 'red' : line.startsWith('+') ? 'green' : 'dim';
      io.out(`      ${io.paint(style, line)}`);
    }
    if (trace.length > 0) io.out(`      ${io.paint('dim', 'What happened:')}`);
    for (const line of trace) io.out(`        ${io.paint('dim', line)}`);
  }
  const held = scenarios.filter(({ ok }) => ok).length;
  io.out(
    `${held} of ${scenarios.length} scenario${scenarios.length === 1 ? '' : 's'} ${held === 1 ? 'holds' : 'hold'}`,
  );
}
