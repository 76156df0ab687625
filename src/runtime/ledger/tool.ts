import type { AnyTask } from '../../flow/index.ts';
import type { LedgerRow } from '../../store/index.ts';
import type { Replayable, ToolCall } from '../../tasks/index.ts';
import { given, isGoodResult, outcomeOf, requestHash, type Outcome } from '../../engine/index.ts';
import { kept, outcomeIn } from './outcome.ts';
import { writeFenced, type LedgerPlace } from './place.ts';

/** In which step tools are used. */
export interface ToolStep {
  readonly run: string;
  /** The path that the step had first. */
  readonly path: string;
  readonly task: AnyTask['contract'];
}

/**
 * Runs a tool and keeps the result under the key of the step, which is another one when the step was taken back, the tool and its arguments, or gives the result that is kept. Of
 * equal calls at the same moment one runs.
 */
export function toolsOf(
  place: LedgerPlace,
  step: ToolStep,
  stepKey: string,
  running: Map<string, Promise<unknown>>,
  signal: AbortSignal,
): ToolCall {
  const { tables, clock } = place;
  return async <T>(...[name, args, run, options = {}]: Parameters<ToolCall>): Promise<Replayable<T>> => {
    const request = requestHash(name, args);
    const key = requestHash(stepKey, request);
    if (options.force !== true) {
      const row = tables.ledger.get('tool', key);
      if (row?.status === 'succeeded' || (row?.status === 'failed' && options.replayErrors === true)) {
        await writeFenced(place, (tx) => tx.ledger.replayed('tool', key));
        return { output: given<T>(outcomeIn(tables, row)), replayed: true };
      }
      const same = running.get(key);
      if (same !== undefined) return same as Promise<Replayable<T>>;
    }
    // Whoever has lost the step does nothing more in the world.
    place.fence?.(tables);
    const doing = execute<T>(key, request, name, () => run({ signal, idempotencyKey: key }));
    running.set(key, doing);
    try {
      return await doing;
    } finally {
      running.delete(key);
    }
  };

  async function execute<T>(key: string, request: string, name: string, run: () => unknown): Promise<Replayable<T>> {
    const { text, thrown } = await outcomeOf(name, run);
    const outcome = JSON.parse(text) as Outcome;
    // What comes after the end of its attempt is ignored, like the result of the attempt.
    if (!signal.aborted)
      await writeFenced(place, (tx) => {
        const before = tx.ledger.get('tool', key);
        const row: LedgerRow = {
          scope: 'tool',
          key,
          request,
          status: isGoodResult(outcome) ? 'succeeded' : 'failed',
          owner: null,
          until: null,
          ...kept(tx, text),
          ...step,
          name,
          executions: (before?.executions ?? 0) + 1,
          replays: before?.replays ?? 0,
          created: clock.now(),
          expires: null,
        };
        tx.ledger.put(row);
      });
    return { output: given<T>(outcome, thrown), replayed: false };
  }
}
