/** What has been spent and is reserved in one scope, in millionths of its currency. */
export interface BudgetAccount {
  readonly currency: string;
  readonly spent: number;
  readonly reserved: number;
}

/** What is set aside for a call that has not ended. */
export interface BudgetReservation {
  readonly id: string;
  /** The accounts that it counts towards. */
  readonly accounts: readonly string[];
  readonly micros: number;
  readonly currency: string;
  /** Since when, in ms since 1970. */
  readonly at: number;
}

/** What a transaction sees and changes. */
export interface BudgetBooks {
  account(name: string): BudgetAccount | undefined;
  accounts(): readonly (readonly [string, BudgetAccount])[];
  putAccount(name: string, account: BudgetAccount): void;
  reservation(id: string): BudgetReservation | undefined;
  reservations(): readonly BudgetReservation[];
  putReservation(reservation: BudgetReservation): void;
  dropReservation(id: string): void;
}

/**
 * Where budgets are kept. `work` runs alone: nobody else sees the books between its first line and its last, and if it
 * throws, nothing of what it did stays. That is all that a budget needs to hold under concurrency.
 */
export interface BudgetStore {
  transact<T>(work: (books: BudgetBooks) => T): T | Promise<T>;
}

/** Budgets in memory: for one process, and as long as it lives. */
export function memoryBudgetStore(): BudgetStore {
  const accounts = new Map<string, BudgetAccount>();
  const reservations = new Map<string, BudgetReservation>();
  return {
    transact(work) {
      const changes: (() => void)[] = [];
      const fresh = new Map<string, BudgetAccount>();
      const result = work({
        account: (name) => fresh.get(name) ?? accounts.get(name),
        accounts: () => [...new Map([...accounts, ...fresh])],
        putAccount: (name, account) => {
          fresh.set(name, account);
          changes.push(() => accounts.set(name, account));
        },
        reservation: (id) => reservations.get(id),
        reservations: () => [...reservations.values()],
        putReservation: (one) => changes.push(() => reservations.set(one.id, one)),
        dropReservation: (id) => changes.push(() => reservations.delete(id)),
      });
      for (const change of changes) change();
      return result;
    },
  };
}
