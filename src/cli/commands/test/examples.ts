import { dirname, join } from 'node:path';
import { nearest } from '../../../core/index.ts';
import { shownPath } from '../../../core/shown-path.ts';
import type { Diagnostic, SystemModel } from '../../../model/index.ts';
import type { BoundSystem } from '../../../tasks/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { nodeWorld } from '../../../runtime/index.ts';
import type { Io } from '../../kit/io.ts';
import { ioLogger } from '../../systems/logger.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { prepare } from './prepare.ts';
import { tryExample, type Tried } from './try-example.ts';

/** The options of `dsl test examples`. */
export interface ExamplesArguments {
  readonly task?: readonly string[];
}

interface TaskExamples {
  readonly task: string;
  /** Is there code to try? */
  readonly implemented: boolean;
  /** A model performs it. It is not asked: what it says costs, and is not the same each time. */
  readonly performed?: true;
  readonly examples: readonly Tried[];
}

/** What came of the examples of tasks. */
export interface ExamplesResult {
  readonly tasks: readonly TaskExamples[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Runs the examples of tasks. Exit code 1: problems in the source, or an example that does not hold. */
export async function testExamples(io: Io, file: string, options: ExamplesArguments): Promise<number> {
  const prepared = await prepare(io, file);
  if (prepared === undefined) return 1;
  const chosen = tasksOf(prepared.model, options.task);
  const { tasks, diagnostics } = await runExamples(io, prepared.entry, chosen, await prepared.live());
  const ok = diagnostics.length === 0;
  if (io.json) io.document({ ok, tasks, diagnostics });
  else {
    showDiagnostics(io, diagnostics);
    for (const each of tasks) io.out(lineOf(io, each));
    if (tasks.length === 0) io.out('No task has examples.');
  }
  return ok ? 0 : 1;
}

/** Gives tasks the inputs of their examples. */
export async function runExamples(
  io: Io,
  entry: string,
  chosen: readonly SystemModel['tasks'][string][],
  live: BoundSystem,
): Promise<ExamplesResult> {
  const logger = ioLogger(io, 'warn');
  const { resources } = await readConfig(io.cwd, entry);
  const world = nodeWorld(resources === undefined ? {} : { resources });
  const diagnostics: Diagnostic[] = [];
  const tasks: TaskExamples[] = [];
  for (const node of chosen) {
    const implementation = live.implementations[node.name];
    const tried: Tried[] = [];
    for (const [index, example] of (implementation === undefined ? [] : (node.examples ?? [])).entries()) {
      const one = await tryExample(node, example, index, implementation, { logger, world });
      tried.push(one);
      if (one.problem === undefined) continue;
      const { file: part, ...place } = node.location;
      diagnostics.push({
        code: 'MR2042',
        severity: 'error',
        message: `Task '${node.name}' does not do what its example ${one.name} says: ${one.problem}`,
        file: shownPath(join(dirname(entry), part), io.cwd),
        ...place,
      });
    }
    const implemented = implementation !== undefined;
    const performed = !implemented && node.model !== undefined ? { performed: true as const } : {};
    tasks.push({ task: node.name, implemented, ...performed, examples: tried });
  }
  return { tasks, diagnostics };
}

/** The tasks that were named, or all that have examples. */
export function tasksOf(
  { name, tasks }: SystemModel,
  names: readonly string[] | undefined,
): readonly SystemModel['tasks'][string][] {
  for (const wanted of names ?? []) {
    if (Object.hasOwn(tasks, wanted)) continue;
    const like = nearest(wanted, Object.keys(tasks));
    throw new CliError('MR2043', `The system '${name}' has no task '${wanted}'.`, {
      hint: like === undefined ? `It has ${Object.keys(tasks).join(', ') || 'none'}.` : `Did you mean '${like}'?`,
      exitCode: 1,
    });
  }
  return Object.values(tasks).filter((task) => names?.includes(task.name) ?? (task.examples ?? []).length > 0);
}

/** What is said about the examples of a task. */
export function lineOf(io: Io, { task, implemented, performed, examples }: TaskExamples): string {
  const title = io.paint('bold', task);
  if (performed === true) return `${title}: performed by a model, which is not asked here`;
  if (!implemented) return `${title}: ${io.paint('yellow', 'no implementation')}`;
  const held = examples.filter(({ problem }) => problem === undefined).length;
  const count = examples.length === 1 ? 'its example' : `of ${examples.length} examples`;
  if (examples.length === 0) return `${title}: no examples`;
  if (examples.length === 1) return `${title}: ${count} ${held === 1 ? 'holds' : 'does not hold'}`;
  return `${title}: ${held} ${count} hold`;
}
