import { nearest } from '../../../core/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { generator } from './generator.ts';
import type { Project } from './job.ts';

/**
 * The tasks that were named, each once; without names those that have no code yet.
 *
 * @throws CliError MR2017 for a name that the system does not have.
 */
export async function chosen({ system, places }: Project, names: readonly string[]): Promise<readonly string[]> {
  if (names.length > 0) return named({ system }, names);
  const { taskStates } = await generator();
  const states = await taskStates({ system, places });
  return states.filter(({ state }) => state === 'missing' || state === 'stub').map(({ task }) => task);
}

/** The tasks that have code already. */
export async function withCode({ system, places }: Project): Promise<ReadonlySet<string>> {
  const { taskStates } = await generator();
  const states = await taskStates({ system, places });
  return new Set(states.filter(({ state }) => state !== 'missing' && state !== 'stub').map(({ task }) => task));
}

/** The tasks of these names. @throws CliError MR2017 for one that the system does not have */
export function named({ system }: Pick<Project, 'system'>, names: readonly string[]): readonly string[] {
  const known = Object.keys(system.tasks);
  for (const name of names) {
    if (known.includes(name)) continue;
    const like = nearest(name, known);
    const all = known.length === 0 ? 'It has no tasks.' : `It has ${known.join(', ')}.`;
    throw new CliError('MR2017', `The system '${system.name}' has no task '${name}'. ${all}`, {
      hint: like === undefined ? '`dsl inspect` shows what it declares.' : `Did you mean '${like}'?`,
    });
  }
  return [...new Set(names)];
}
