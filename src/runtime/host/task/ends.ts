import type { ErrorRecord } from '../../../core/index.ts';
import type { Tx } from '../../../store/index.ts';
import { decodeJson, type AttemptOutcome } from '../../../tasks/index.ts';
import { Cancelled } from '../../../engine/index.ts';
import { evidenceOf } from '../../evidence/prove.ts';
import { failed } from '../call.ts';
import type { Record } from '../records.ts';
import { dropTimer } from '../timer.ts';
import type { TaskStep } from './step.ts';

/** The result of a step that the journal has finished. */
export async function recorded(
  { part, id, path, contract }: Pick<TaskStep, 'part' | 'id' | 'path' | 'contract'>,
  record: Record,
) {
  part.time = record.at;
  part.finished.set(id, record.seq);
  part.run.lastOutput = record.data ?? undefined;
  const value = decodeJson(contract.output, record.data);
  if (value.ok) return value.value;
  return part.diverged(
    `the recorded result of step '${path}' does not fit the output of task '${contract.contract}' (${value.problems})`,
  );
}

/** A good outcome, and what the cache of its task has to do with it. */
export type Good = Extract<AttemptOutcome, { ok: true }> & {
  /** It was there already: no attempt was made. */
  readonly cached?: true;
  /** Keeps it for others. */
  readonly keep?: (tx: Tx) => void;
};
/** What came of an attempt. */
export type Made = Exclude<AttemptOutcome, { ok: true }> | Good;

/** Records a result, with what was published. */
export function complete(step: TaskStep, attempt: number, outcome: Good): unknown {
  const { part, id, path, contract, options } = step;
  const { run } = part;
  const row = run.append(
    {
      kind: 'completed',
      path,
      name: contract.contract,
      attempt: outcome.cached === true ? 0 : attempt,
      place: options.at,
      data: outcome.output ?? null,
    },
    (tx) => {
      run.publish(tx, outcome.emitted, path);
      step.services.forget(tx);
      outcome.keep?.(tx);
    },
  );
  if (outcome.evidence !== undefined)
    run.append({ kind: 'verified', path: evidenceOf(path), name: contract.contract, attempt, data: outcome.evidence });
  part.time = row.at;
  part.finished.set(id, row.seq);
  run.lastOutput = outcome.output;
  return outcome.value;
}

/** Records that the step has failed for good; gives the error to throw. */
export function fail({ part, path, contract, asked, options }: TaskStep, attempt: number, error: ErrorRecord): Error {
  const facts = { name: contract.contract, attempt, at: options.at };
  return failed(part, path, error, facts, { contract, asked });
}

/** Records that what the step belongs to has ended. */
export function cancel({ part, path, contract, options }: TaskStep, attempt: number): never {
  const { run, scope } = part;
  run.append({ kind: 'cancelled', path, name: contract.contract, attempt, place: options.at }, (tx) =>
    dropTimer(tx, run.id, path),
  );
  throw scope.reason ?? new Cancelled(`Step '${path}' was cancelled.`);
}
