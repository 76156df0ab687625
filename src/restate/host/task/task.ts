import { policyOf } from '../../../engine/index.ts';
import { toErrorRecord } from '../../../core/index.ts';
import type { AnyTask } from '../../../flow/index.ts';
import { encodeJson, stepPolicy, TaskInputError } from '../../../tasks/index.ts';
import { failed, type CallOptions } from '../call.ts';
import type { Part } from '../part.ts';
import { askedOf } from './record.ts';
import { tries } from './tries.ts';

/** Runs the attempts of one task, at most until one succeeds. */
export function task(
  part: Part,
  id: string,
  path: string,
  contract: AnyTask,
  given: unknown,
  options: CallOptions,
): Promise<unknown> {
  const name = contract.contract;
  const encoded = encodeJson(given);
  if (!encoded.ok) {
    const error = new TaskInputError(encoded.problems, { task: name, runId: part.run.id, step: path });
    throw failed(part, path, toErrorRecord(error), options.at, { contract, asked: undefined });
  }
  const input = encoded.value;
  const policy = stepPolicy(policyOf(contract), options);
  return tries({ part, id, path, contract, input, asked: askedOf(name, given), options, policy });
}
