import { MillraceError, systemClock, type Clock } from '../../core/index.ts';
import { ModelError } from '../errors.ts';
import { addMoney, compareMoney, formatMoney, money, oneCurrency, subtractMoney, type Money } from '../money/money.ts';
import { accountOf, holdsFor, readLimits, type BudgetLimit, type ReadLimit } from './limits.ts';
import { Line, type Turn } from './line.ts';
import { untilRoom, type Patience } from './room.ts';
import { memoryBudgetStore, type BudgetAccount, type BudgetBooks, type BudgetStore } from './store.ts';

/** A call that is about to be made. What has no task or run counts towards that of no name. */
export interface BudgetCall {
  /** Its own name among all calls. */
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly task?: string;
  readonly run?: string;
}

/** How a call has ended. */
export interface Settlement {
  /** What was booked: what it cost, or what had been reserved where that is not known. */
  readonly booked?: Money;
  /** Set when the call has cost so much that a budget is overrun: it is recorded, and nothing more is let through. */
  readonly overrun?: ModelError;
}

/** Money that is set aside for a call. Exactly one of `settle` and `release` has to follow. */
export interface Reservation {
  /** What was set aside; nothing when no budget holds for the call. */
  readonly amount?: Money;
  /** Aborted, with the error, when another call overruns a budget of this one. */
  readonly signal: AbortSignal;
  /**
   * Books what the call has cost, whatever it is. Without an amount (the cost is not known: it failed midway, or was
   * aborted) all that was reserved is booked.
   *
   * @throws MillraceError MR4071 for another currency, MR4084 when the reservation is no longer open.
   */
  settle(cost: Money | undefined): Promise<Settlement>;
  /** Gives everything back: the call has cost nothing. @throws MillraceError MR4084 */
  release(): Promise<void>;
}

/** Where a budget stands. */
export interface BudgetState {
  /** Such as `run 01J…`, `day 2026-11-21`, `total`. */
  readonly account: string;
  readonly limit: Money;
  readonly spent: Money;
  readonly reserved: Money;
  /** What may still be reserved: below zero when it is overrun. */
  readonly left: Money;
}

interface Holding {
  readonly account: string;
  readonly limit: Money;
}

/**
 * Holds spending within limits by reservation: before a call, the most that it may cost is set aside in every account
 * that it counts towards, and only if it fits all of them; afterwards what it did cost is booked. So calls at the same
 * time cannot overrun a limit together; what can is the error of an estimate, and it stops everything that follows.
 *
 * @example
 * ```ts
 * import { Budget, mostOf, openCatalogue } from 'millrace/llm';
 *
 * const budget = new Budget({ limits: [{ scope: 'run', limit: '0.50 USD' }] });
 * const { prices } = openCatalogue().get('claude-haiku-5-5');
 * const call = { id: 'call-1', provider: 'anthropic', model: 'claude-haiku-5-5', run: 'run-1' };
 * const reservation = await budget.reserve(call, mostOf({ input: 900, maxOutput: 500 }, prices));
 * await reservation.release(); // or: settle(costOf(answer.usage, prices))
 * ```
 */
export class Budget {
  readonly #limits: readonly ReadLimit[];
  readonly #store: BudgetStore;
  readonly #clock: Clock;
  readonly #live = new Map<string, Set<AbortController>>();
  readonly #line = new Line();

  /** @throws MillraceError MR4070, MR4071, MR4083 for limits that are not right. */
  constructor(options: {
    readonly limits: readonly BudgetLimit[];
    readonly store?: BudgetStore;
    readonly clock?: Clock;
  }) {
    this.#limits = readLimits(options.limits);
    this.#store = options.store ?? memoryBudgetStore();
    this.#clock = options.clock ?? systemClock();
  }

  /**
   * Sets aside the most that a call may cost (`mostOf`).
   *
   * With a `turn` it stands in line when it would fit as soon as others give back what they do not need, and does not go
   * before those who came earlier: `room` waits for that.
   *
   * @throws ModelError of the kind `budget`: MR4080 when it does not fit (retryable when it may as soon as calls under way
   * have ended), MR4081 when a budget is overrun already,
   * MR4082 when its price is not known though a budget holds for it.
   * @throws MillraceError MR4071 when the price is in another currency, MR4084 when a call of this id is open.
   */
  async reserve(call: BudgetCall, most: Money | undefined, turn?: Turn): Promise<Reservation> {
    const holdings = this.#holdingsOf(call);
    if (holdings.length === 0) return free();
    if (most === undefined) throw unknownPrice(call, holdings);
    for (const { limit } of holdings) oneCurrency(limit, most);
    await this.#store.transact((books) => {
      if (books.reservation(call.id) !== undefined) throw notOpen(call.id, 'is open already');
      const states = statesIn(books, holdings);
      const held = refusedBy(call, most, states);
      const before = this.#line.before(
        turn,
        states.map(({ account }) => account),
      );
      const [first] = [...held, ...states.filter(({ account }) => before.includes(account))];
      if (first !== undefined) {
        if (turn !== undefined) this.#line.join(turn, [...held.map(({ account }) => account), ...before]);
        throw exceeded(call, most, first, true);
      }
      for (const { account, spent, reserved } of states)
        books.putAccount(account, {
          currency: most.currency,
          spent: spent.micros,
          reserved: addMoney(reserved, most).micros,
        });
      const { micros, currency } = most;
      const at = this.#clock.now();
      books.putReservation({ id: call.id, accounts: holdings.map(({ account }) => account), micros, currency, at });
    });
    turn?.leave();
    return this.#hold(call, most, holdings);
  }

  /** A place in the line of those who wait for money. It has to be left in the end. */
  turn(): Turn {
    return this.#line.turn();
  }

  /**
   * Waits until one of some calls may fit, or it is clear that none will: `reserve` says which. False: the time is over.
   * Throws the reason of the signal.
   */
  async room(
    turn: Turn,
    calls: readonly { readonly call: BudgetCall; readonly most: Money }[],
    patience: Patience,
  ): Promise<boolean> {
    const look = async () => {
      // Whoever stands behind others has no need to look.
      const before = calls.map(({ call }) =>
        this.#line.before(
          turn,
          this.#holdingsOf(call).map(({ account }) => account),
        ),
      );
      const first = calls.filter((_, index) => before[index]?.length === 0);
      if (first.length === 0) {
        this.#line.join(turn, before.flat());
        return 'behind';
      }
      const held = await this.#store.transact((books) =>
        first.map(({ call, most }) => this.#heldFor(books, call, most)),
      );
      if (held.some((accounts) => accounts.length === 0)) return 'room';
      this.#line.join(turn, held.flat());
      return 'none';
    };
    return untilRoom(this.#line, turn, look, patience);
  }

  /** How every account stands that a limit holds for and that something was reserved in. */
  async state(): Promise<readonly BudgetState[]> {
    const accounts = await this.#store.transact((books) => books.accounts());
    return this.#limits.flatMap((limit) =>
      accounts
        .filter(([name]) => holdsFor(limit, name))
        .map(([name, account]) => stateOf(name, account, limit.limit))
        .sort((first, second) => (first.account < second.account ? -1 : 1)),
    );
  }

  /**
   * The ids of calls that were reserved and have not ended: after a crash, those that nobody carries on. Whether they
   * have cost something is not known: `settleAbandoned` books them as if they had.
   */
  async open(): Promise<readonly string[]> {
    return (await this.#store.transact((books) => books.reservations())).map(({ id }) => id);
  }

  /** Books all that was reserved for a call that nobody carries on. @throws MillraceError MR4084 when it is not open. */
  async settleAbandoned(id: string): Promise<void> {
    await this.#close(id, undefined);
    this.#line.stir();
  }

  #heldFor(books: BudgetBooks, call: BudgetCall, most: Money): readonly string[] {
    try {
      return refusedBy(call, most, statesIn(books, this.#holdingsOf(call))).map(({ account }) => account);
    } catch {
      // It never will fit: that is for `reserve` to say.
      return [];
    }
  }

  #holdingsOf({ task = '', model, run = '' }: BudgetCall): readonly Holding[] {
    const names = { task, model, run, day: new Date(this.#clock.now()).toISOString().slice(0, 10), total: '' };
    const tightest = new Map<string, Money>();
    for (const { scope, of, limit } of this.#limits) {
      if (of !== undefined && of !== names[scope]) continue;
      const account = accountOf(scope, names[scope]);
      const other = tightest.get(account);
      if (other === undefined || compareMoney(limit, other) < 0) tightest.set(account, limit);
    }
    return [...tightest].map(([account, limit]) => ({ account, limit }));
  }

  #hold(call: BudgetCall, amount: Money, holdings: readonly Holding[]): Reservation {
    const controller = new AbortController();
    for (const { account } of holdings) {
      const live = this.#live.get(account) ?? new Set();
      this.#live.set(account, live.add(controller));
    }
    const end = async (cost: Money | undefined): Promise<void> => {
      await this.#close(call.id, cost);
      this.#line.stir(holdings.map(({ account }) => account));
      for (const { account } of holdings) {
        const live = this.#live.get(account);
        live?.delete(controller);
        if (live?.size === 0) this.#live.delete(account);
      }
    };
    return {
      amount,
      signal: controller.signal,
      settle: async (cost) => {
        if (cost !== undefined) oneCurrency(amount, cost);
        await end(cost);
        const overrun = await this.#overrun(call, holdings);
        return { booked: cost ?? amount, ...(overrun === undefined ? {} : { overrun }) };
      },
      release: () => end(money(0, amount.currency)),
    };
  }

  /** Takes back what was reserved and books what it cost: recorded in any case, also above the limit. */
  async #close(id: string, cost: Money | undefined): Promise<void> {
    await this.#store.transact((books) => {
      const reservation = books.reservation(id);
      if (reservation === undefined) throw notOpen(id, 'is not open: it was settled or released before');
      const { currency, micros } = reservation;
      const reserved = money(micros, currency);
      const accounts = reservation.accounts.map((name) => {
        const account = read(books, name, currency);
        return [
          name,
          {
            currency,
            spent: addMoney(money(account.spent, currency), cost ?? reserved).micros,
            reserved: subtractMoney(money(account.reserved, currency), reserved).micros,
          },
        ] as const;
      });
      for (const [name, account] of accounts) books.putAccount(name, account);
      books.dropReservation(id);
    });
  }

  async #overrun(call: BudgetCall, holdings: readonly Holding[]): Promise<ModelError | undefined> {
    const states = await this.#store.transact((books) => statesIn(books, holdings));
    let first: ModelError | undefined;
    for (const state of states.filter(({ spent, limit }) => compareMoney(spent, limit) > 0)) {
      const error = overrunOf(call, state);
      first ??= error;
      for (const controller of this.#live.get(state.account) ?? []) controller.abort(error);
    }
    return first;
  }
}

const free = (): Reservation => ({
  signal: new AbortController().signal,
  settle: (cost) => Promise.resolve(cost === undefined ? {} : { booked: cost }),
  release: () => Promise.resolve(),
});

function read(books: BudgetBooks, name: string, currency: string): BudgetAccount {
  const account = books.account(name);
  if (account === undefined) return { currency, spent: 0, reserved: 0 };
  oneCurrency(money(0, currency), money(0, account.currency));
  return account;
}

function stateOf(account: string, { spent, reserved, currency }: BudgetAccount, limit: Money): BudgetState {
  const [gone, held] = [money(spent, currency), money(reserved, currency)];
  return { account, limit, spent: gone, reserved: held, left: subtractMoney(limit, addMoney(gone, held)) };
}

const statesIn = (books: BudgetBooks, holdings: readonly Holding[]): readonly BudgetState[] =>
  holdings.map(({ account, limit }) => stateOf(account, read(books, account, limit.currency), limit));

/** Where it would fit if nothing were reserved. @throws ModelError MR4080 and MR4081 where it would not even then */
function refusedBy(call: BudgetCall, most: Money, states: readonly BudgetState[]): readonly BudgetState[] {
  return states.filter((state) => {
    const { spent, limit, left } = state;
    if (compareMoney(spent, limit) > 0) throw overrunOf(call, state);
    if (compareMoney(most, left) <= 0) return false;
    if (compareMoney(most, subtractMoney(limit, spent)) > 0) throw exceeded(call, most, state, false);
    return true;
  });
}

const detailsOf = ({ account, limit, spent, reserved }: BudgetState) => ({ account, limit, spent, reserved });

/** When to look again whether calls under way have given something back, for who does not wait for them. */
const againMs = 1_000;

function exceeded({ provider, model }: BudgetCall, most: Money, state: BudgetState, held: boolean): ModelError {
  const { account, limit, spent, reserved } = state;
  return new ModelError(
    `A call to '${model}' may cost up to ${formatMoney(most)}: more than is left of the budget of ${account}. Of ${formatMoney(limit)}, ${formatMoney(spent)} are spent and ${formatMoney(reserved)} reserved for calls under way${held ? ': it may fit when these have ended' : ''}.`,
    {
      kind: 'budget',
      code: 'MR4080',
      provider,
      model,
      ...(held ? { retryable: true, retryAfterMs: againMs } : {}),
      details: { ...detailsOf(state), asked: most },
    },
  );
}

function overrunOf({ provider, model }: BudgetCall, state: BudgetState): ModelError {
  const { account, limit, spent } = state;
  return new ModelError(
    `The budget of ${account} is overrun: ${formatMoney(spent)} are spent, of ${formatMoney(limit)}. No call that counts towards it is made any more.`,
    { kind: 'budget', code: 'MR4081', provider, model, details: detailsOf(state) },
  );
}

function unknownPrice({ provider, model }: BudgetCall, [first]: readonly Holding[]): ModelError {
  return new ModelError(
    `What a call to '${model}' costs is not known, and there is a budget of ${first?.account ?? ''}. Give the model its prices with an override of the catalogue; of one that is free, they are 0.`,
    { kind: 'budget', code: 'MR4082', provider, model, details: { account: first?.account } },
  );
}

const notOpen = (id: string, why: string): MillraceError =>
  new MillraceError(`The reservation of the call '${id}' ${why}.`, {
    code: 'MR4084',
    retryable: false,
    fault: 'user-code',
    details: { id },
  });
