import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { kebabCase, MillraceError } from '../../core/index.ts';
import type { SystemModel } from '../../model/index.ts';
import type { TaskImplementation } from '../../tasks/index.ts';
import { bind, type Binding } from './bind.ts';
import type { LoadOptions } from '../load.ts';
import { execute } from './execute.ts';
import { executeAll, tryWithin } from './time-limit.ts';

/** Executes the files of a system and the implementations of its tasks, and binds them to its model. */
export async function bindLive(
  model: SystemModel,
  path: string,
  { builtins = false, timeLimit }: Pick<LoadOptions, 'builtins' | 'timeLimit'> = {},
): Promise<Binding> {
  const entry = resolve(path);
  if (entry.endsWith('.json')) {
    throw new MillraceError(
      `'${path}' is a model in JSON: it has no code to execute. Load the .dsl.ts file that it came from.`,
      {
        code: 'MR1017',
        retryable: false,
        fault: 'input',
        details: { file: entry },
      },
    );
  }
  const folder = dirname(entry);
  const definitions = [model.events, model.tasks, model.flows, model.machines].flatMap((map) => Object.values(map));
  const files = [...new Set([entry, ...definitions.map(({ location }) => resolve(folder, location.file))])];
  if (timeLimit !== undefined) await tryWithin(files, builtins, timeLimit);
  const namespaces = await executeAll(files, builtins);
  const implementations: Record<string, TaskImplementation> = {};
  for (const { name } of Object.values(model.tasks)) {
    const file = join(folder, 'tasks', `${kebabCase(name) || 'task'}.ts`);
    if (existsSync(file)) implementations[name] = implementationIn(await execute(file), name, file);
  }
  return bind(model, { namespaces, implementations, source: entry });
}

function implementationIn(
  namespace: Readonly<Record<string, unknown>>,
  task: string,
  file: string,
): TaskImplementation {
  const given = namespace['default'] as Partial<TaskImplementation> | undefined;
  if (given?.kind === 'implementation' && given.contract?.contract === task && typeof given.run === 'function')
    return given as TaskImplementation;
  const other =
    given?.kind === 'implementation' && given.contract !== undefined
      ? `it implements '${given.contract.contract}'`
      : 'its default export is no implementation';
  throw new MillraceError(
    `'${relative(process.cwd(), file)}' does not implement the task '${task}': ${other}. Write \`export default implement(${task}, async (input, ctx) => …)\`.`,
    {
      code: 'MR1019',
      retryable: false,
      fault: 'user-code',
      details: { task, file },
    },
  );
}
