import { toErrorRecord } from '../../../core/index.ts';
import type { AnyTask } from '../../../flow/index.ts';
import { encodeJson, idempotencyKey, stepPolicy, TaskInputError } from '../../../tasks/index.ts';
import { Cancelled, policyOf } from '../../../engine/index.ts';
import { expectSame, failed, type CallOptions } from '../call.ts';
import { recordedError } from '../order.ts';
import type { Part } from '../part.ts';
import type { Record } from '../records.ts';
import { placeOf } from '../../ledger/place.ts';
import { halting } from '../../models/overrun.ts';
import { recorded } from './ends.ts';
import { StepServices } from './services.ts';
import { tries } from './tries.ts';

/** Runs the attempts of one task, at most until one succeeds: what the journal has is not done again. */
export async function task(
  part: Part,
  id: string,
  path: string,
  record: Record | undefined,
  contract: AnyTask,
  input: unknown,
  options: CallOptions,
): Promise<unknown> {
  const { run } = part;
  const name = contract.contract;
  const encoded = encodeJson(input);
  if (!encoded.ok) {
    if (record !== undefined)
      return part.diverged(`the input of step '${path}' is not JSON any more (${encoded.problems})`);
    const error = new TaskInputError(encoded.problems, { task: name, runId: run.id, step: path });
    throw failed(part, path, toErrorRecord(error), { name, attempt: 0, at: options.at }, { contract, asked: null });
  }
  const asked = encoded.value ?? null;
  let since = record?.since ?? 0;
  const step = { part, id, path, contract, asked, options };
  if (record !== undefined) {
    await expectSame(part, path, record, name, asked);
    if (record.kind === 'completed') return recorded(step, record);
    if (record.kind === 'failed' || record.kind === 'cancelled') {
      part.time = record.at;
      throw record.kind === 'failed'
        ? halting(run, recordedError(record))
        : (part.scope.reason ?? new Cancelled(`Step '${path}' was cancelled.`));
    }
  } else {
    since = run.append({ kind: 'started', path, name, attempt: 1, place: options.at, data: asked }).at;
  }
  run.working(1);
  try {
    const policy = stepPolicy(policyOf(contract), options);
    const origin = run.origin(path);
    const key = idempotencyKey(run.id, origin, run.past.epochOf(path));
    const place = { run: run.id, path: origin, task: name };
    const known = record !== undefined || run.context.sharing.elsewhere;
    const services = new StepServices(placeOf(run.context), place, key, asked, known);
    return await tries({ ...step, policy, key, since, services }, record);
  } finally {
    run.working(-1);
  }
}
