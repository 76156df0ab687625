import { MillraceError, systemClock, type Clock } from '../../core/index.ts';
import { Budget } from '../budget/budget.ts';
import { accountOf, type BudgetLimit } from '../budget/limits.ts';
import { memoryBudgetStore, type BudgetStore } from '../budget/store.ts';
import { AnswerCache } from '../cache/cache.ts';
import { memoryNotes, type MemoryStore } from '../context/memory.ts';
import type { CallTold, ModelPlace } from '../models.ts';
import { compareMoney, money, parseMoney, type Money } from '../money/money.ts';
import { memoryUsageStore, type UsageStore } from '../usage/usage.ts';
import type { ModelsOptions } from './options.ts';

/** What outlives a call, and where it is kept. */
export interface Books {
  readonly limits: readonly BudgetLimit[];
  readonly store: BudgetStore;
  readonly budget: Budget;
  readonly usage: UsageStore;
  readonly notes: MemoryStore;
  readonly cache: AnswerCache | undefined;
  readonly ttl: string | undefined;
  readonly clock: Clock;
  readonly random: () => number;
  /** A name that no other call has. */
  readonly newId: () => string;
  readonly told: ((event: CallTold) => void) | undefined;
}

/** The books that a router begins with. @throws MillraceError MR4070, MR4071, MR4083 for budgets, MR3002 for a ttl */
export function openBooks(options: ModelsOptions): Books {
  const { budgets = [], cache, answers } = options;
  const clock = options.clock ?? systemClock();
  const random = options.random ?? Math.random;
  const store = options.books ?? memoryBudgetStore();
  const ttl = typeof cache === 'object' ? cache.ttl : undefined;
  const kept = cache === false ? undefined : answers;
  return {
    limits: budgets,
    store,
    budget: new Budget({ limits: budgets, store, clock }),
    usage: options.usage ?? memoryUsageStore(),
    notes: options.notes ?? memoryNotes(),
    cache:
      kept === undefined && (cache === undefined || cache === false)
        ? undefined
        : new AnswerCache({
            clock,
            ...(kept === undefined ? {} : { store: kept }),
            ...(ttl === undefined ? {} : { ttl }),
          }),
    ttl,
    clock,
    random,
    newId: () => idFrom(random),
    told: undefined,
  };
}

/** The same books, but for what is kept elsewhere. */
export function booksIn(books: Books, place: ModelPlace): Books {
  const clock = place.clock ?? books.clock;
  const random = place.random ?? books.random;
  const store = place.books ?? books.store;
  oneForBoth(books.limits, place.budgets ?? []);
  const limits = tightest([...books.limits, ...(place.budgets ?? [])]);
  const same = store === books.store && clock === books.clock && (place.budgets ?? []).length === 0;
  // Whoever does not want answers to be kept does not want it anywhere.
  const moved = books.cache !== undefined && place.answers !== undefined;
  const { ttl } = books;
  return {
    limits,
    store,
    // Calls of one budget that are under way are known to it alone: it is shared where it can be.
    budget: same ? books.budget : new Budget({ limits, store, clock }),
    usage: place.usage ?? books.usage,
    notes: place.notes ?? books.notes,
    cache: moved
      ? new AnswerCache({ clock, store: place.answers, ...(ttl === undefined ? {} : { ttl }) })
      : books.cache,
    ttl,
    clock,
    random,
    newId: () => idFrom(random),
    told: place.told ?? books.told,
  };
}

/** @throws MillraceError MR4071 for budgets of two places in two currencies: it names both. */
function oneForBoth(own: readonly BudgetLimit[], others: readonly BudgetLimit[]): void {
  const problem = twoCurrencies(own, others);
  if (problem === undefined) return;
  throw new MillraceError(problem.message, {
    code: 'MR4071',
    retryable: false,
    fault: 'input',
    details: { currencies: problem.currencies },
  });
}

/** Why the budgets of the models and those of a system do not go together; nothing when they do. */
export function twoCurrencies(
  own: readonly BudgetLimit[],
  ofSystem: readonly BudgetLimit[],
): { readonly message: string; readonly currencies: readonly string[] } | undefined {
  const [first, second] = [own[0], ofSystem[0]].map((limit) => limit && amountOf(limit).currency);
  if (first === undefined || second === undefined || first === second) return undefined;
  return {
    message: `The budgets of the models (\`budgets\` of openModels, \`models.budgets\` of dsl.config.ts) are in ${first}, and those of the system (\`budget\` of system(…)) in ${second}: nothing converts currencies. Give both in one.`,
    currencies: [first, second],
  };
}

/** Of two budgets of the same, the smaller one holds. */
function tightest(limits: readonly BudgetLimit[]): readonly BudgetLimit[] {
  const kept = new Map<string, BudgetLimit>();
  for (const limit of limits) {
    const name = limit.of === undefined ? `each ${limit.scope}` : accountOf(limit.scope, limit.of);
    const other = kept.get(name);
    if (other === undefined || compareMoney(amountOf(limit), amountOf(other)) < 0) kept.set(name, limit);
  }
  return [...kept.values()];
}

const amountOf = ({ limit }: BudgetLimit): Money =>
  typeof limit === 'string' ? parseMoney(limit) : money(limit.micros, limit.currency);

function idFrom(random: () => number): string {
  let id = 'call-';
  for (let part = 0; part < 4; part++)
    id += Math.floor(random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0');
  return id;
}
