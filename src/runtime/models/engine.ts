import type { Models } from '../../llm/index.ts';
import type { Tx } from '../../store/index.ts';
import type { EmittedEvent } from '../../tasks/index.ts';
import type { Asker } from '../attempts/index.ts';
import type { Context } from '../context.ts';
import { placeOf } from '../ledger/place.ts';
import { processName } from '../owner.ts';
import { settleAbandoned } from './books.ts';
import { limitsOf, perform } from '../../engine/index.ts';
import { alive, isOver } from './living.ts';
import { modelsIn } from './place.ts';
import { teller } from './telling.ts';
import { toolboxOf } from './toolbox.ts';

interface Engine extends Context {
  readonly runs: ReadonlyMap<string, Asker>;
}

let serial = 0;

/**
 * Lets models perform tasks in the process that drives the database. Gives a function to be called when it does no more.
 *
 * @throws MillraceError MR4083, MR4070, MR4071 for budgets that are not right.
 */
export function performInEngine(engine: Engine, models: Models): () => void {
  const { registry, clock, scheduler, random, logger, world, outside, attempts, bus } = engine;
  const place = placeOf(engine);
  const holder = processName(`models${++serial}`);
  const kept = modelsIn(models, {
    place,
    holder,
    budgets: limitsOf(registry.system),
    clock,
    scheduler,
    random,
    told: teller(bus),
  });
  const toolbox = toolboxOf({
    place,
    registry,
    logger,
    world,
    outside,
    random,
    attempt: (request, by, settle) => attempts.run(request, by, settle),
    run: (id) => engine.runs.get(id),
    publish: (tx, event, source, key) => publishOnce(engine, tx, event, source, key),
  });
  perform(registry, kept, toolbox);
  return alive(holder);
}

/** A tool that is run again, because its process died before its result was kept, publishes nothing twice. */
function publishOnce(engine: Context, tx: Tx, { event, payload }: EmittedEvent, source: string, key: string): void {
  if (tx.idempotency.get('send', key) !== undefined) return;
  const eventId = engine.publish(tx, { event, payload, source });
  const result = JSON.stringify({ eventId });
  tx.idempotency.put({ scope: 'send', key, request: '', result, at: engine.clock.now() });
}

/** Books what calls of processes that have ended had set aside. */
export function settleCalls({
  store,
  writer,
  bus,
  logger,
}: Pick<Context, 'store' | 'writer' | 'bus' | 'logger'>): void {
  if (!store.tables.budgets.reservations().some(({ holder }) => isOver(holder))) return;
  writer.enqueue({
    run: (tx) => settleAbandoned(tx, isOver),
    done: (left) => {
      if (left.length === 0) return;
      const calls = left.length;
      logger.warn('The process of calls of models has died. What was set aside for them is booked.', { calls });
      if (!bus.heard) return;
      for (const { id, ...booked } of left) bus.tell({ type: 'model.abandoned', call: id, booked });
    },
  });
}
