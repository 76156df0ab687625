import { dirname, join, relative } from 'node:path';
import { specifier } from '../../compiler/paths.ts';
import { namesIn, textIfThere } from '../../core/if-there.ts';
import type { AnyTask } from '../../flow/index.ts';
import { CliError } from '../kit/failure.ts';
import { loadModule } from '../kit/load-module.ts';
import { tasksFolder } from './places.ts';
import { taskFile } from './task-file.ts';

/** The modules of implementations that generated code imports and that are not there, absolute. Loads nothing. */
export function missingTasks(outDir: string, entry: string): readonly string[] {
  const tasksDir = tasksFolder(entry);
  const text = textIfThere(join(outDir, 'index.ts'));
  if (text === undefined) return [];
  // One look at the folder instead of one at each file: there may be hundreds.
  const there = new Set(namesIn(tasksDir));
  const from = ` from '${specifier(outDir, tasksDir)}/`;
  return text
    .split('\n')
    .filter((line) => line.includes(from))
    .map((line) => line.slice(line.indexOf(from) + from.length, -2))
    .filter((name) => !there.has(name))
    .map((name) => join(tasksDir, name));
}

/** What is said when a system is to be run whose tasks are not all implemented. Undefined when they are. */
export async function unimplemented(cwd: string, entry: string, outDir: string): Promise<CliError | undefined> {
  const missing = missingTasks(outDir, entry);
  if (missing.length === 0) return undefined;
  // The contracts load without the tasks, and know where each task is declared.
  const contracts = Object.values(await loadModule(join(outDir, 'contracts.ts'))) as Partial<AnyTask>[];
  const tasks = contracts.filter((one) => one.kind === 'task' && missing.includes(taskFile(entry, one.contract ?? '')));
  const [first] = tasks;
  if (first === undefined) return undefined;
  const place = relative(cwd, join(dirname(entry), first.source ?? ''));
  const file = relative(cwd, taskFile(entry, first.contract ?? ''));
  const others = tasks.slice(1).map(({ contract }) => `'${contract}'`);
  const also = others.length === 0 ? '' : ` Nor ${others.length === 1 ? 'has' : 'have'} ${others.join(', ')}.`;
  return new CliError(
    'MR1501',
    `${place}: task '${first.contract}' has no implementation: there is no ${file}.${also}`,
    {
      hint: '`dsl compile --stubs` begins the files that are missing.',
      exitCode: 1,
    },
  );
}
