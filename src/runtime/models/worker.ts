import { systemScheduler } from '../../core/index.ts';
import type { Models } from '../../llm/index.ts';
import type { Tx } from '../../store/index.ts';
import { runAttempt, type EmittedEvent, type EvidenceWorld, type Logger, type WorldPort } from '../../tasks/index.ts';
import { writeAsks } from '../asks.ts';
import type { LedgerPlace } from '../ledger/place.ts';
import { type Registry, limitsOf, perform } from '../../engine/index.ts';
import { alive } from './living.ts';
import { modelsIn } from './place.ts';
import { toolboxOf } from './toolbox.ts';

/**
 * Lets models perform tasks in a process that works for the one that drives the database. Tools are done here, too. Gives a
 * function to be called when it does no more.
 *
 * @throws MillraceError MR4083, MR4070, MR4071 for budgets that are not right.
 */
export function performInWorker(
  around: {
    readonly name: string;
    readonly place: LedgerPlace;
    readonly registry: Registry;
    readonly logger: Logger;
    readonly world: EvidenceWorld;
    readonly outside: WorldPort;
  },
  models: Models,
): () => void {
  const { name, place, registry, logger, world, outside } = around;
  const kept = modelsIn(models, {
    place,
    holder: name,
    budgets: limitsOf(registry.system),
    clock: place.clock,
    scheduler: systemScheduler,
    random: Math.random,
    told: () => {},
  });
  const toolbox = toolboxOf({
    place,
    registry,
    logger,
    world,
    outside,
    random: Math.random,
    attempt: async (request, _by, settle) => {
      const outcome = await runAttempt(request);
      return settle === undefined ? outcome : settle(outcome);
    },
    run: () => undefined,
    publish: (tx, event, _source, key) => send(tx, event, key),
  });
  perform(registry, kept, toolbox);
  return alive(name);
}

/** Asks whoever drives the database to publish what a tool has emitted; under a key, so that it does so once. */
function send(tx: Tx, { event, payload }: EmittedEvent, idempotencyKey: string): void {
  const request = writeAsks<'send'>({
    event: event.contract,
    payload: payload === undefined ? undefined : (JSON.parse(payload) as unknown),
    idempotencyKey,
  });
  tx.inbox.insert({ kind: 'send', request, at: Date.now() });
}
