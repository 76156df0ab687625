/** The place of a call among those that wait for what is reserved by others. */
export interface Turn {
  /** Gives the place up: it has its money, or wants none any more. */
  leave(): void;
}

/** A turn in the line of one account. */
interface Entry {
  readonly of: Waiting;
  gone: boolean;
}

interface Waiting {
  readonly number: number;
  /** By the accounts in which there is not enough left. */
  readonly entries: Map<string, Entry>;
  /** Has something changed since it looked last? */
  stirred: boolean;
  stir: (() => void) | undefined;
}

/**
 * Those who wait for the same money, in the order in which they came: whoever needs little does not go before somebody
 * who needs much, or that one would never have its turn. Known to one process alone.
 */
export class Line {
  readonly #waiting = new Map<Turn, Waiting>();
  /** By account, in the order of their numbers. Those that are gone are taken out when they are the first. */
  readonly #lines = new Map<string, Entry[]>();
  #count = 0;

  turn(): Turn {
    const turn: Turn = {
      leave: () => {
        const waiting = this.#waiting.get(turn);
        if (waiting === undefined) return;
        this.#waiting.delete(turn);
        this.#part(waiting, [...waiting.entries.keys()]);
      },
    };
    return turn;
  }

  /** Those of the accounts for which somebody waits who came before. */
  before(turn: Turn | undefined, accounts: readonly string[]): readonly string[] {
    if (this.#lines.size === 0) return [];
    const own = (turn && this.#waiting.get(turn))?.number ?? Number.POSITIVE_INFINITY;
    return accounts.filter((account) => (this.#first(account)?.number ?? own) < own);
  }

  /** Stands in line for these accounts and no others, where it stood already if it did. */
  join(turn: Turn, accounts: readonly string[]): void {
    const waiting = this.#waiting.get(turn) ?? {
      number: (this.#count += 1),
      entries: new Map<string, Entry>(),
      stirred: false,
      stir: undefined,
    };
    this.#waiting.set(turn, waiting);
    for (const account of accounts) {
      if (waiting.entries.has(account)) continue;
      const entry = { of: waiting, gone: false };
      waiting.entries.set(account, entry);
      const line = this.#lines.get(account) ?? [];
      this.#lines.set(account, line);
      let at = line.length;
      while (at > 0 && (line[at - 1] as Entry).of.number > waiting.number) at -= 1;
      line.splice(at, 0, entry);
    }
    const wanted = new Set(accounts);
    this.#part(
      waiting,
      [...waiting.entries.keys()].filter((account) => !wanted.has(account)),
    );
  }

  /** Something was given back, in these accounts or anywhere: whoever is the first there looks again. */
  stir(accounts: Iterable<string> = [...this.#lines.keys()]): void {
    for (const account of accounts) {
      const first = this.#first(account);
      if (first === undefined) continue;
      first.stirred = true;
      first.stir?.();
    }
  }

  /** Begins to look: what is stirred from now on counts. */
  looks(turn: Turn): void {
    const waiting = this.#waiting.get(turn);
    if (waiting === undefined) return;
    waiting.stirred = false;
    waiting.stir = undefined;
  }

  /** Calls `stir` when there is reason to look again: at once where there was one since the last time. */
  onStir(turn: Turn, stir: () => void): void {
    const waiting = this.#waiting.get(turn);
    if (waiting === undefined || waiting.stirred) return stir();
    waiting.stir = stir;
  }

  #part({ entries }: Waiting, accounts: readonly string[]): void {
    for (const account of accounts) {
      const entry = entries.get(account);
      if (entry !== undefined) entry.gone = true;
      entries.delete(account);
    }
    this.stir(accounts);
  }

  #first(account: string): Waiting | undefined {
    const line = this.#lines.get(account);
    if (line === undefined) return undefined;
    while (line[0]?.gone === true) line.shift();
    if (line.length === 0) this.#lines.delete(account);
    return line[0]?.of;
  }
}
