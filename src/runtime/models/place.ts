import type { Clock, Scheduler } from '../../core/index.ts';
import type { BudgetLimit, CallTold, Models } from '../../llm/index.ts';
import { RunError } from '../../engine/index.ts';
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
export function keptModels(models: Models, { place, holder, ...rest }: Around): Models {
  const missing = names.filter((name) => typeof (models as Partial<Models> | null)?.[name] !== 'function');
  if (missing.length > 0)
    throw new RunError(
      'MR3288',
      `The option 'models' is not what asks models: it has no ${missing.join(', no ')}. Give it openModels({ providers: […] }) of millrace/llm.`,
      { fault: 'input', details: { missing } },
    );
  const kept = models.keptIn({
    books: budgetStore(place, holder),
    usage: usageStore(place),
    answers: answerStore(place),
    notes: noteStore(place),
    ...rest,
  });
  return within(kept, (run) => rootOf(place, run));
}

const names = ['ask', 'askFor', 'converse', 'keptIn'] as const;

/** What a run spends counts towards the budget of the one that a person has started, with all that it runs. */
function within(models: Models, rootOf: (run: string) => string): Models {
  const of = <O extends { readonly run?: string }>(options: O | undefined): O & { readonly within?: string } => {
    const given = options ?? ({} as O);
    return given.run === undefined ? given : { ...given, within: rootOf(given.run) };
  };
  return {
    ask: (request, options) => models.ask(request, of(options)),
    askFor: (request, options) => models.askFor(request, of(options)),
    converse: (conversation, options) => models.converse(conversation, of(options)),
    keptIn: (place) => within(models.keptIn(place), rootOf),
  };
}

function rootOf({ tables }: LedgerPlace, run: string): string {
  let root = run;
  for (let above = tables.runs.get(run)?.parent; typeof above === 'string'; above = tables.runs.get(above)?.parent)
    root = above;
  return root;
}
