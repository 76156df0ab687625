import { randomUUID } from 'node:crypto';
import { RecordedError, systemScheduler } from '../../core/index.ts';
import { keptModels, limitsOf, perform, toolTries } from '../../engine/index.ts';
import type { Models } from '../../llm/index.ts';
import { runAttempt, TaskError, type AttemptOutcome, type AttemptRequest, type Toolbox } from '../../tasks/index.ts';
import type { Place } from '../contract.ts';
import { attemptServices, forgetFrom, rootOf, type KeptServices } from '../effects/index.ts';
import { inTurn, takeTurnWithin } from '../limits/index.ts';
import { answerStore, noteStore } from './answers.ts';
import { RestateBudgets } from './budget-store.ts';
import { usageStore } from './usage.ts';

/**
 * Lets models perform the tasks of the system that are declared so and have no code of their own. Gives a function to be
 * called when this process does no more.
 *
 * @throws RunError MR3288 when they are none. MillraceError MR4083, MR4070, MR4071 for budgets that are not right.
 */
export function performOn(place: Place, models: Models): () => void {
  const { registry, clock, random } = place;
  const books = new RestateBudgets(place, randomUUID());
  const kept = keptModels(
    models,
    {
      books,
      usage: usageStore(place),
      answers: answerStore(place),
      notes: noteStore(place),
      budgets: limitsOf(registry.system),
      clock,
      scheduler: systemScheduler,
      random,
    },
    rootOf,
  );
  perform(registry, kept, toolboxOf(place));
  return () => books.close();
}

/** The tools of tasks that models perform: other tasks, with their own tries, times and limits, in the same process. */
function toolboxOf(place: Place): Toolbox {
  const { clock, random, registry, logger, world, outside } = place;
  return {
    find: (name) => registry.task(name),
    run: (asked) =>
      toolTries<KeptServices>(
        {
          clock,
          random,
          registry,
          logger,
          world,
          outside,
          // It may have been under way when its process died.
          services: ({ key, ...at }, text) => attemptServices(place, at, key, text, true),
          distrust: (services) => services.distrust(),
          attempt: (request, settle) => attempt(place, request, settle),
          waiting: (work) => work(),
          done: async ({ key, ...at }, services, emitted) => {
            if (services.kept) await forgetFrom(place, at, key);
            for (const [index, { event, payload }] of emitted.entries())
              await place.ingress.call({
                service: place.names.events,
                handler: 'publish',
                body: { event: event.contract, ...(payload === undefined ? {} : { payload: JSON.parse(payload) }) },
                // One that is run again, because its process died before its result was kept, publishes nothing twice.
                idempotencyKey: `tool ${key} ${index}`,
              });
          },
        },
        asked,
      ),
  };
}

async function attempt(
  place: Place,
  request: AttemptRequest,
  settle: ((outcome: AttemptOutcome) => Promise<AttemptOutcome>) | undefined,
): Promise<AttemptOutcome> {
  const { contract, runId, step, attempt: number, total, signal } = request;
  const make = async (): Promise<AttemptOutcome> => {
    const outcome = await runAttempt(request);
    return settle === undefined ? outcome : settle(outcome);
  };
  const asks = { contract, run: runId, path: step, attempt: number, ...(total === undefined ? {} : { total }) };
  for (;;) {
    const turn = await takeTurnWithin(place, asks, `${request.idempotencyKey} ${number}`, signal);
    if (turn.kind === 'refused') {
      const { name, message, code, retryable, fault, details } = new RecordedError(turn.error);
      const ids = { task: contract.contract, runId, step, attempt: number };
      return { ok: false, error: new TaskError(message, { name, code, retryable, fault, details, ids }) };
    }
    const outcome = await inTurn(place, turn, false, make);
    if (outcome !== undefined) return outcome;
  }
}
