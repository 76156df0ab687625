import { never, lacking, notAsked } from '../../../engine/index.ts';
import { toErrorRecord } from '../../../core/index.ts';
import { toTaskError, type AttemptOutcome } from '../../../tasks/index.ts';
import { checkSize } from '../../effects/size.ts';
import { giveBack, inTurn } from '../../limits/index.ts';
import { Blocked } from '../../runs/blocked.ts';
import { perform, type Performed } from './perform.ts';
import { goodText, type AttemptRecord } from './record.ts';
import type { TaskStep } from './step.ts';
import type { Try } from './try.ts';

/** What an attempt has come to: the text of its record, and what only this process has of it. */
export interface Made {
  readonly text: string;
  readonly outcome: AttemptOutcome | undefined;
  /** What its text says, as far as a flow needs it: absent where only the whole will do. */
  readonly record?: AttemptRecord;
}

/**
 * Makes one attempt, inside its `ctx.run`. It never fails: how it ended is its value, so that the journal keeps it, and the
 * attempts beside it are left alone. What this process cannot do at all is thrown, and asked for again later.
 *
 * @throws Blocked MR3209, MR3287.
 */
export async function make(step: TaskStep, trying: Try): Promise<Made> {
  const { part, path, contract } = step;
  const { run, scope } = part;
  const { clock, registry } = run.place;
  // The work is done elsewhere.
  if (run.gone.aborted) return never();
  // It was left before it began, or when it was not recorded.
  if (scope.reason !== undefined) {
    await giveBack(run.place, trying.turn);
    return { text: 'null', outcome: undefined };
  }
  const implementation = registry.implementations.get(contract.contract);
  const where = { runId: run.id, step: path };
  if (implementation === undefined || contract.model !== undefined) {
    const lack = lacking(registry, contract, where);
    if (lack !== undefined) throw new Blocked(lack);
  }
  const since = trying.since ?? clock.now();
  const end = run.leash(scope);
  try {
    let { kept } = trying;
    const attempt = async (): Promise<AttemptOutcome> => {
      const performed: Performed = await perform(step, trying, implementation, since, end.signal);
      if (performed.kept) kept = run.invocation;
      return performed.outcome;
    };
    const made =
      trying.turn.kind === 'free' ? await attempt() : await inTurn(run.place, trying.turn, trying.again, attempt);
    const outcome = made?.ok === true ? fitting(step, trying, made) : made;
    if (run.gone.aborted) return await never();
    const unasked =
      outcome?.ok === false && scope.reason === undefined
        ? notAsked(contract, toErrorRecord(outcome.error), where)
        : undefined;
    if (unasked !== undefined) throw new Blocked(unasked);
    return { ...written(step, trying, outcome, since, kept), outcome };
  } finally {
    end.off();
  }
}

/** A result that no message of the server could carry is a failure of its task: else it would be made again for ever. */
function fitting(
  { part, path, contract }: TaskStep,
  { attempt }: Try,
  made: AttemptOutcome & { readonly ok: true },
): AttemptOutcome {
  const task = contract.contract;
  try {
    checkSize(`The result of task '${task}'`, made.output ?? '');
    for (const { event, payload } of made.emitted)
      checkSize(`The event '${event.contract}' of task '${task}'`, payload ?? '');
    return made;
  } catch (tooLong) {
    return { ok: false, error: toTaskError(tooLong, { task, runId: part.run.id, step: path, attempt }) };
  }
}

function written(
  { part: { run }, asked, policy }: TaskStep,
  { attempt }: Try,
  outcome: AttemptOutcome | undefined,
  since: number,
  kept: string | undefined,
): Pick<Made, 'text' | 'record'> {
  const common = {
    by: run.by,
    asked,
    at: run.place.clock.now(),
    ...(policy.totalMs === undefined || attempt > 1 ? {} : { since }),
    ...(kept === undefined ? {} : { kept }),
  };
  if (outcome === undefined) return textOf({ ...common, ok: false, turn: 'lost' });
  if (!outcome.ok) return textOf({ ...common, ok: false, error: toErrorRecord(outcome.error) });
  const { output, emitted, evidence } = outcome;
  const text = goodText({ ...common, output, emitted, evidence });
  // Whoever goes on from here has the value, and needs of the record only when it was.
  return emitted.length === 0 && run.kind === 'flow' ? { text, record: { ...common, ok: true } } : { text };
}

const textOf = (record: AttemptRecord): Pick<Made, 'text'> => ({ text: JSON.stringify(record) });
