import { join, resolve } from 'node:path';
import type { Places } from '../../../generate/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { projectRoot, tasksFolder } from '../../../project/systems/places.ts';
import { findSystems, hasErrors } from '../../../project/systems/read.ts';
import type { Io } from '../../kit/io.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { compileFirst } from '../test/compile-first.ts';
import { acceptTasks } from './accept.ts';
import { checkTasks } from './check.ts';
import { chosen } from './choose.ts';
import { dryRun } from './dry-run.ts';
import { generateAll } from './generate-all.ts';
import { modelsFor } from './models.ts';
import type { Job } from './job.ts';

/** The options of `dsl gen-task`. */
export interface GenTaskOptions {
  readonly all?: true;
  readonly provider?: string;
  readonly model?: string;
  readonly maxCost?: string;
  readonly concurrency?: number;
  readonly dryRun?: true;
  readonly requireLlm?: true;
  readonly fresh?: true;
  readonly check?: true;
  readonly accept?: true;
  readonly yes?: true;
}

/**
 * Generates tasks. Exit code 1: problems in the source, a task that could not be generated, or no model with
 * `--require-llm`; with `--check`, an implementation that does not fit its contract; with
 * `--accept`, one that does not hold. 2: it was called in a wrong way.
 */
export async function genTask(
  io: Io,
  file: string,
  names: readonly string[],
  options: GenTaskOptions,
): Promise<number> {
  mustMakeSense(names, options);
  const entry = resolve(io.cwd, file);
  const config = await readConfig(io.cwd, entry);
  // A task without code is no problem here.
  const { systems, diagnostics } = await findSystems([entry], io.cwd, config, { stubs: true });
  const [found] = systems;
  if (found === undefined || hasErrors(diagnostics)) {
    if (io.json) io.document({ ok: false, tasks: [], diagnostics });
    else showDiagnostics(io, diagnostics);
    return 1;
  }
  const system = found.model;
  const places: Places = {
    root: projectRoot(entry) ?? config.root,
    sourcePath: entry,
    tasksDir: tasksFolder(entry),
    outDir: join(config.out, system.name),
  };
  const opened = options.check === true || options.accept === true ? undefined : modelsFor(config, io, options);
  // Code is judged by the contracts: they have to be those of the source.
  await compileFirst(io, entry, config);
  const project = { system, places };
  if (opened === undefined)
    return options.accept === true ? await acceptTasks(io, project, names) : await checkTasks(io, project, names, file);
  const tasks = await chosen(project, names);
  const job: Job = { ...project, ...opened, tasks, options };
  return options.dryRun === true ? await dryRun(io, job) : await generateAll(io, job);
}

function mustMakeSense(
  names: readonly string[],
  { all, check, accept, fresh, dryRun, requireLlm, concurrency }: GenTaskOptions,
): void {
  const wrong = (message: string, hint: string): never => {
    throw new CliError('MR2003', message, { hint });
  };
  if (accept === true) {
    const others = {
      '--all': all,
      '--check': check,
      '--dry-run': dryRun,
      '--fresh': fresh,
      '--require-llm': requireLlm,
    };
    const [other] = Object.entries(others).find(([, given]) => given === true) ?? [];
    if (other !== undefined)
      wrong(`--accept and ${other} do not go together.`, '--accept asks no model, and names the tasks.');
    if (names.length === 0) wrong('--accept needs to know which tasks.', 'Name those whose code you have looked at.');
  }
  if (all === true && names.length > 0) wrong('--all means every task, so it goes with no names.', 'Leave one out.');
  if (all !== true && check !== true && names.length === 0)
    wrong('`dsl gen-task` needs to know which tasks.', 'Name them, or give --all for those without an implementation.');
  if (check === true && dryRun === true) wrong('--check and --dry-run are two things.', 'Leave one out.');
  if (check === true && requireLlm === true) wrong('--check asks no model.', 'Leave --require-llm out.');
  if (concurrency === 0) wrong('--concurrency should be at least 1.', 'Such as --concurrency 4.');
}
