import type { Clock, Scheduler } from '../../core/index.ts';
import { keptModels } from '../../engine/index.ts';
import type { BudgetLimit, CallTold, Models } from '../../llm/index.ts';
import type { LedgerPlace } from '../ledger/place.ts';
import { answerStore, noteStore } from './answers.ts';
import { budgetStore } from './books.ts';
import { usageStore } from './usage.ts';

interface Around {
  readonly place: LedgerPlace;
  /** The name of this process among those that work on the database. */
  readonly holder: string;
  readonly budgets: readonly BudgetLimit[];
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly random: () => number;
  readonly told: (event: CallTold) => void;
}

/**
 * Models that keep in the database what has to outlive the process.
 *
 * @throws RunError MR3288 when they are none. MillraceError MR4083, MR4070, MR4071 for budgets that are not right.
 */
export function modelsIn(models: Models, { place, holder, ...rest }: Around): Models {
  return keptModels(
    models,
    {
      books: budgetStore(place, holder),
      usage: usageStore(place),
      answers: answerStore(place),
      notes: noteStore(place),
      ...rest,
    },
    (run) => rootOf(place, run),
  );
}

function rootOf({ tables }: LedgerPlace, run: string): string {
  let root = run;
  for (let above = tables.runs.get(run)?.parent; typeof above === 'string'; above = tables.runs.get(above)?.parent)
    root = above;
  return root;
}
