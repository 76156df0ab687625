import { resolve } from 'node:path';
import { toErrorRecord } from '../../../core/index.ts';
import { twoCurrencies } from '../../../llm/router/place.ts';
import { readConfig, type Config } from '../../../project/config/config.ts';
import { limitsOf } from '../../../engine/index.ts';
import { findSystems, hasErrors } from '../../../project/systems/read.ts';
import type { Io } from '../../kit/io.ts';
import { span } from '../../kit/table.ts';
import { asData, inWords } from '../../models/in-words.ts';
import { noProvider } from '../../models/no-provider.ts';
import { openProjectModels, type ProjectModels } from '../../models/open.ts';
import { readyNames, type ProjectProvider } from '../../models/providers.ts';
import { hasModels, withoutModels } from '../../models/who-can-be-asked.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { taskModels, type TaskModels } from './tasks.ts';

/** The options of `dsl models check`. */
export interface CheckOptions {
  readonly provider?: string;
}

interface Tried {
  readonly answers?: boolean;
  readonly took?: number;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Tries the providers. Exit code 1 when none can be asked, one does not answer, or a task of the system has no model. */
export async function checkModels(io: Io, file: string | undefined, { provider }: CheckOptions): Promise<number> {
  const entry = file === undefined ? undefined : resolve(io.cwd, file);
  const config = await readConfig(io.cwd, entry);
  const opened = openProjectModels(config, io, { provider });
  const { providers } = opened;
  if (!providers.some(({ readiness }) => readiness.ready)) throw noProvider(providers, 'A check');
  const asked = entry === undefined ? { tasks: [] } : await tasksOf(io, entry, config, opened);
  if (asked === undefined) return 1;
  const { tasks, problem } = asked;
  const { catalogue } = opened.settings;
  // They answer, and are never asked.
  const unknown = [...readyNames(providers)].filter((name) => !hasModels(catalogue, name));
  const tried = await Promise.all(providers.map(async (one) => [one, await tryOut(one, io.interrupted)] as const));
  const ok =
    tried.every(([, { answers }]) => answers !== false) &&
    problem === undefined &&
    tasks.every((one) => one.problem === undefined);
  if (io.json) {
    const told = tried.map(([one, found]) => ({
      ...asData(one),
      ...found,
      ...(unknown.includes(one.name) ? { models: 0 } : {}),
    }));
    io.document({
      ok,
      providers: told,
      ...(entry === undefined ? {} : { tasks }),
      ...(problem === undefined ? {} : { problem }),
    });
    return ok ? 0 : 1;
  }
  for (const [one, found] of tried) io.out(providerLine(io, one, found));
  for (const one of tasks) io.out(taskLine(io, one));
  if (problem !== undefined) io.out(`${io.paint('red', '✗')} ${problem}`);
  for (const name of unknown) io.note(`${io.paint('yellow', '!', 'note')} ${withoutModels(name)}`);
  if (entry !== undefined && tasks.length === 0) io.note('No task of the system is performed by a model.');
  return ok ? 0 : 1;
}

/** The model tasks of a system. Undefined when its source has errors, which have been shown. */
async function tasksOf(
  io: Io,
  entry: string,
  config: Config,
  { settings, providers }: ProjectModels,
): Promise<{ readonly tasks: readonly TaskModels[]; readonly problem?: string } | undefined> {
  const { systems, diagnostics } = await findSystems([entry], io.cwd, config);
  const [found] = systems;
  if (found === undefined || hasErrors(diagnostics)) {
    if (io.json) io.document({ ok: false, diagnostics });
    else showDiagnostics(io, diagnostics);
    return undefined;
  }
  const ready = readyNames(providers);
  const { catalogue, route, budgets } = settings;
  const tasks = taskModels(found.model, { catalogue, route: route.value, ready, isLimited: budgets.length > 0 });
  const problem = twoCurrencies(budgets, limitsOf(found.model))?.message;
  return { tasks, ...(problem === undefined ? {} : { problem: `${problem} (MR4071)` }) };
}

function providerLine(io: Io, one: ProjectProvider, { answers, took = 0, error }: Tried): string {
  const { name } = one;
  if (error !== undefined) return `${io.paint('red', '✗')} ${name}: ${error.message} (${error.code})`;
  if (answers === true) return `${io.paint('green', '✓')} ${name}: ${inWords(one)}; answered in ${span(took)}`;
  return `${io.paint('dim', '·')} ${name}: ${inWords(one)}`;
}

function taskLine(io: Io, { task, agent, wants, models, instead, problem }: TaskModels): string {
  const name = `task ${task} (${agent}: ${wants})`;
  if (problem !== undefined) return `${io.paint('red', '✗')} ${name}: ${problem}`;
  if (instead !== undefined) return `${io.paint('yellow', '✓')} ${name}: ${models.join(', ')}, ${instead}`;
  return `${io.paint('green', '✓')} ${name}: ${models.join(', ')}`;
}

async function tryOut(one: ProjectProvider, signal: AbortSignal): Promise<Tried> {
  if (!one.readiness.ready) return {};
  const begun = performance.now();
  try {
    await one.provider.check({ signal });
    return { answers: true, took: Math.round(performance.now() - begun) };
  } catch (error) {
    const { code, message } = toErrorRecord(error);
    return { answers: false, error: { code, message } };
  }
}
