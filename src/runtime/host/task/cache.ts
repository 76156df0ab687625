import { milliseconds } from '../../../core/index.ts';
import type { Tx } from '../../../store/index.ts';
import { requestHash } from '../../../engine/index.ts';
import { decodeJson, type TaskImplementation } from '../../../tasks/index.ts';
import { prove } from '../../evidence/prove.ts';
import { kept, outcomeIn } from '../../ledger/outcome.ts';
import { placeOf } from '../../ledger/place.ts';
import { isAgain } from '../../rewind/again.ts';
import type { Good, Made } from './ends.ts';
import { perform } from './perform.ts';
import type { TaskStep } from './step.ts';

/** Attempts under way whose results others wait for, by engine and by task and input. */
const flights = new WeakMap<object, Map<string, Promise<void>>>();

/**
 * Gives the result that the same task has given for an equal input, while it is young enough, or makes an attempt. Of
 * several steps that ask at the same moment one makes it, and the others wait. Undefined: look again.
 */
export async function performCached(
  step: TaskStep,
  attempt: number,
  implementation: TaskImplementation,
): Promise<Made | undefined> {
  const { part, contract, asked } = step;
  const { context } = part.run;
  const key = requestHash(contract.contract, asked === null ? null : JSON.parse(asked));
  const flying = flights.get(context) ?? new Map<string, Promise<void>>();
  flights.set(context, flying);
  const flight = flying.get(key);
  if (flight !== undefined) {
    await Promise.race([flight, new Promise<void>((resolve) => part.scope.onAbort(resolve))]);
    return undefined;
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  flying.set(key, promise);
  const land = (): void => {
    flying.delete(key);
    resolve();
  };
  let made: Made | undefined;
  try {
    // Who asks for a step again wants what it gives now, and so does everybody after that.
    made =
      (isAgain(part.run, step.path) ? undefined : await known(step, key)) ??
      (await perform(step, attempt, implementation));
  } finally {
    // Whoever waits finds the result in the ledger, so that it has to be there first.
    if (made?.ok === true && made.cached !== true) void context.writer.committed().then(land);
    else land();
  }
  const good = made;
  if (good?.ok !== true || good.cached === true) return good;
  return { ...good, keep: (tx) => keep(step, tx, key, good) };
}

/** A result that is kept, young enough, still fits the task, and whose evidence still holds. */
async function known(step: TaskStep, key: string): Promise<Good | undefined> {
  const { run } = step.part;
  const { tables, clock } = placeOf(run.context);
  const row = tables.ledger.get('cache', key);
  if (row === undefined || (row.expires ?? 0) <= clock.now()) return undefined;
  const outcome = outcomeIn(tables, row);
  if ('error' in outcome) return undefined;
  const output = outcome.output === undefined ? undefined : JSON.stringify(outcome.output);
  const value = decodeJson(step.contract.output, output);
  if (!value.ok) return undefined;
  const proven = await prove(step, 0, { ok: true, output, value: value.value, emitted: [] });
  if (step.part.scope.reason !== undefined) return undefined;
  run.enqueue((tx) => (proven.ok ? tx.ledger.replayed('cache', key) : tx.ledger.remove('cache', key)));
  if (!proven.ok) return undefined;
  const { bus } = run.context;
  if (bus.heard) bus.tell({ type: 'cache.hit', runId: run.id, step: step.path, task: step.contract.contract });
  return { ...proven, cached: true };
}

/** Keeps a result from now on for as long as the task says. */
function keep({ part, contract }: TaskStep, tx: Tx, key: string, { output }: Good): void {
  const before = tx.ledger.get('cache', key);
  const now = part.run.context.clock.now();
  tx.ledger.put({
    scope: 'cache',
    key,
    request: key,
    status: 'succeeded',
    owner: null,
    until: null,
    ...kept(tx, output === undefined ? '{}' : `{"output":${output}}`),
    run: null,
    path: null,
    task: contract.contract,
    name: null,
    executions: (before?.executions ?? 0) + 1,
    replays: before?.replays ?? 0,
    created: now,
    expires: now + milliseconds(contract.policy.cache?.ttl ?? '0s'),
  });
}
