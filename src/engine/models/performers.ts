import type { ErrorRecord } from '../../core/index.ts';
import type { AnyTask } from '../../flow/index.ts';
import { modelTask, type Toolbox } from '../../tasks/index.ts';
import type { Models } from '../../llm/index.ts';
import { RunError } from '../errors.ts';
import type { Registry } from '../registry.ts';

/** Lets models perform the tasks that are declared so and that have no code of their own. */
export function perform(registry: Registry, models: Models, toolbox: Toolbox): void {
  for (const contract of Object.values(registry.system.tasks)) {
    if (contract.model === undefined || registry.implementations.has(contract.contract)) continue;
    registry.performed(contract.contract, modelTask(contract, models, toolbox));
  }
}

/**
 * Why a task cannot be done here: there is nobody to do it, or to do one of the tools that its model may call. Found out
 * before anybody is asked and paid.
 */
export function lacking(
  registry: Registry,
  contract: AnyTask,
  where: { readonly runId: string; readonly step: string },
): RunError | undefined {
  const { runId, step } = where;
  const missing = missingIn(registry, contract, new Set());
  if (missing === undefined) return undefined;
  const { contract: name } = missing;
  const details = { task: name, run: runId, step };
  const stopped = `so run '${runId}' stopped before step '${step}'`;
  if (missing.model !== undefined) return noModels(name, `, ${stopped}`, details);
  const tool = missing === contract ? '' : `, which the model of task '${contract.contract}' may call,`;
  return new RunError(
    'MR3209',
    `Task '${name}'${tool} has no implementation, ${stopped}. Write tasks/ for it or register one; the run then goes on.`,
    { details },
  );
}

/** Nobody who is given has what it needs to be asked: a key, an address, a model in the catalogue. */
const nobodyToAsk = 'MR4040';

/**
 * Why a run has to wait when the models that are there could not be asked: nothing was sent, and another process, or this
 * one with a key, can go on.
 */
export function notAsked(
  contract: AnyTask,
  { code, message }: ErrorRecord,
  { runId, step }: { readonly runId: string; readonly step: string },
): RunError | undefined {
  if (contract.model === undefined || code !== nobodyToAsk) return undefined;
  const task = contract.contract;
  return new RunError(
    'MR3287',
    `Task '${task}' is performed by a model, and none can be asked: ${message} So run '${runId}' stopped at step '${step}'; it goes on when it is driven with one that can.`,
    { details: { task, run: runId, step, reason: message } },
  );
}

/** A model has to be asked, and there is none. */
export function noModels(task: string, so = '', details: Readonly<Record<string, unknown>> = { task }): RunError {
  return new RunError(
    'MR3287',
    `Task '${task}' is performed by a model, and this process asks none${so}. Give the runtime \`models: openModels(…)\` of millrace/llm, or with \`dsl\` a key of a provider; what waits for it then goes on.`,
    { details },
  );
}

function missingIn(registry: Registry, contract: AnyTask, seen: Set<string>): AnyTask | undefined {
  const { contract: name, model } = contract;
  if (seen.has(name)) return undefined;
  seen.add(name);
  if (!registry.implementations.has(name)) return contract;
  if (model === undefined || !registry.isPerformed(name)) return undefined;
  for (const { task } of model.tools ?? []) {
    const tool = registry.task(task);
    const missing = tool === undefined ? undefined : missingIn(registry, tool, seen);
    if (missing !== undefined) return missing;
  }
  return undefined;
}
