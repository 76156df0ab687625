import { never, lacking, notAsked, proven } from '../../../engine/index.ts';
import { toErrorRecord } from '../../../core/index.ts';
import { idempotencyKey, runAttempt, type AttemptOutcome, type AttemptRequest } from '../../../tasks/index.ts';
import { attemptServices, cached, type KeptServices } from '../../effects/index.ts';
import { inTurn, type Turn } from '../../limits/index.ts';
import { Blocked } from '../../runs/blocked.ts';
import { goodText, type AttemptRecord } from './record.ts';
import type { TaskStep } from './step.ts';

/** One attempt, as its step asks for it. */
export interface Try {
  readonly attempt: number;
  /** When the first one began, if there was one. */
  readonly since: number | undefined;
  /** An earlier attempt has kept something. */
  readonly kept: boolean;
  readonly turn: Turn;
  /** It may have been begun before, by a process that is gone: its entry was in the journal, and had no result. */
  readonly again: boolean;
}

/** What an attempt has come to: the text of its record, and what only this process has of it. */
interface Made {
  readonly text: string;
  readonly outcome: AttemptOutcome | undefined;
}

/**
 * Makes one attempt, inside its `ctx.run`. It never fails: how it ended is its value, so that the journal keeps it, and the
 * attempts beside it are left alone. What this process cannot do at all is thrown, and asked for again later.
 *
 * @throws Blocked MR3209, MR3287.
 */
export async function make(step: TaskStep, { attempt, since: began, kept, turn, again }: Try): Promise<Made> {
  const { part, path, contract, policy, input, asked } = step;
  const { run, scope } = part;
  const { place } = run;
  const { clock, registry, logger } = place;
  // Left by its part before it began, or when it was not recorded: nobody takes what it gives.
  if (run.gone.aborted) return never();
  if (scope.reason !== undefined) return { text: 'null', outcome: undefined };
  const implementation = registry.implementations.get(contract.contract);
  const where = { runId: run.id, step: path };
  if (implementation === undefined || contract.model !== undefined) {
    const lack = lacking(registry, contract, where);
    if (lack !== undefined) throw new Blocked(lack);
  }
  const now = clock.now();
  const since = began ?? now;
  const end = run.leash(scope);
  const key = idempotencyKey(run.invocation, path);
  let services: KeptServices | undefined;
  try {
    const perform = async (): Promise<AttemptOutcome> => {
      const { root } = run.asks;
      const of = { run: run.id, path, task: contract.contract, ...(root === undefined ? {} : { root }) };
      const held = attemptServices(place, of, key, input ?? null, kept || again);
      services = held instanceof Promise ? await held : held;
      const request: AttemptRequest = {
        implementation,
        contract,
        input: input === undefined ? undefined : JSON.parse(input),
        attempt,
        runId: run.id,
        step: path,
        idempotencyKey: key,
        signal: end.signal,
        timeoutMs: policy.timeoutMs,
        services,
        world: place.outside,
        ...(policy.heartbeatMs === undefined ? {} : { heartbeatMs: policy.heartbeatMs }),
        ...(policy.totalMs === undefined ? {} : { total: { until: since + policy.totalMs, ms: policy.totalMs } }),
        clock,
        logger,
        ...(run.asks.metadata === undefined ? {} : { metadata: run.asks.metadata }),
      };
      const outcome = await runAttempt(request);
      return contract.evidence === undefined ? outcome : prove(outcome);
    };
    const prove = (outcome: AttemptOutcome): Promise<AttemptOutcome> =>
      proven(outcome, {
        contract,
        input: input === undefined ? undefined : JSON.parse(input),
        ids: { task: contract.contract, ...where, attempt },
        world: place.world,
        patience: { ms: policy.timeoutMs, clock, signal: end.signal },
        distrust: () => services?.distrust(),
      });
    const make = (): Promise<AttemptOutcome> =>
      contract.policy.cache === undefined
        ? perform()
        : cached(place, {
            contract,
            asked: input ?? null,
            anew: false,
            signal: end.signal,
            ...(contract.evidence === undefined ? {} : { prove }),
            perform,
          });
    const outcome = turn.kind === 'free' ? await make() : await inTurn(place, turn, again, make);
    // The work is done elsewhere now.
    if (run.gone.aborted) return await never();
    const common = {
      by: run.by,
      asked,
      at: clock.now(),
      ...(policy.totalMs === undefined || attempt > 1 ? {} : { since }),
      ...(kept || services?.kept === true ? { kept: true as const } : {}),
    };
    if (outcome === undefined)
      return { text: JSON.stringify({ ...common, ok: false, turn: 'lost' } satisfies AttemptRecord), outcome };
    if (outcome.ok) {
      const { output, emitted, evidence } = outcome;
      return { text: goodText({ ...common, output, emitted, evidence }), outcome };
    }
    const error = toErrorRecord(outcome.error);
    const unasked = scope.reason === undefined ? notAsked(contract, error, where) : undefined;
    if (unasked !== undefined) throw new Blocked(unasked);
    return { text: JSON.stringify({ ...common, ok: false, error } satisfies AttemptRecord), outcome };
  } finally {
    end.off();
  }
}
