import type { AnyTask } from '../../flow/index.ts';
import type { Models } from '../../llm/index.ts';
import { NotImplementedError } from '../errors.ts';
import type { TaskImplementation } from '../implement.ts';
import type { Toolbox } from './toolbox.ts';

/** The implementation of a task that a model performs. */
export function modelTask<T extends AnyTask>(contract: T, models: Models, toolbox?: Toolbox): TaskImplementation<T> {
  void models;
  void toolbox;
  const run = (): never => {
    throw new NotImplementedError({ task: contract.contract });
  };
  return Object.freeze({ kind: 'implementation', contract, run: run as unknown as TaskImplementation<T>['run'] });
}
