import type { BudgetAccount, BudgetBooks, BudgetReservation, BudgetStore } from '../../llm/index.ts';
import type { ReservationRow, Tx } from '../../store/index.ts';
import type { LedgerPlace } from '../ledger/place.ts';

/**
 * The books of budgets in the database, which all processes that work on it share. `holder`: the name of this process. What
 * it has set aside is known by it when it dies.
 */
export function budgetStore(place: Pick<LedgerPlace, 'write'>, holder: string): BudgetStore {
  return { transact: (work) => place.write((tx) => work(booksIn(tx, holder))) };
}

function booksIn({ budgets }: Tx, holder: string): BudgetBooks {
  return {
    account: (name) => budgets.account(name),
    accounts: () => budgets.accounts().map(({ account, ...row }): [string, BudgetAccount] => [account, row]),
    putAccount: (account, { currency, spent, reserved }) => budgets.put({ account, currency, spent, reserved }),
    reservation: (id) => {
      const row = budgets.reservation(id);
      return row && reservationOf(row);
    },
    reservations: () => budgets.reservations().map(reservationOf),
    putReservation: ({ accounts, ...row }) => budgets.reserve({ ...row, accounts: JSON.stringify(accounts), holder }),
    dropReservation: (id) => budgets.release(id),
  };
}

const reservationOf = ({ id, accounts, micros, currency, at }: ReservationRow): BudgetReservation => ({
  id,
  accounts: accountsOf(accounts),
  micros,
  currency,
  at,
});

const accountsOf = (text: string): readonly string[] => JSON.parse(text) as readonly string[];

/** A call that was under way when its process died. */
export interface Abandoned {
  readonly id: string;
  readonly micros: number;
  readonly currency: string;
}

/**
 * Books what is set aside for calls that nobody carries on: whether they have cost something is not known, so it counts as
 * if they had.
 */
export function settleAbandoned({ budgets }: Tx, isGone: (holder: string) => boolean): readonly Abandoned[] {
  const gone = new Map<string, boolean>();
  const left = budgets.reservations().filter(({ holder }) => {
    if (!gone.has(holder)) gone.set(holder, isGone(holder));
    return gone.get(holder) === true;
  });
  for (const { id, accounts, micros, currency } of left) {
    for (const account of accountsOf(accounts)) {
      const { spent = 0, reserved = micros } = budgets.account(account) ?? {};
      budgets.put({ account, currency, spent: spent + micros, reserved: reserved - micros });
    }
    budgets.release(id);
  }
  return left.map(({ id, micros, currency }) => ({ id, micros, currency }));
}
