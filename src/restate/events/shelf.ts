import type { Came, Published, Waiting } from '../contract.ts';

/** What a shelf is kept in: the state of a virtual object, which lives by key. */
export interface Cells {
  get<T>(name: string): Promise<T | null>;
  set<T>(name: string, value: T): void;
  clear(name: string): void;
}

export interface PutAsks {
  readonly event: Published;
  /** When it is too old to be taken, in ms since 1970. */
  readonly expires: number;
  /** Runs that have got it already, by other fields. */
  readonly except?: readonly string[];
}
/** The runs that got it. */
export interface PutGives {
  readonly to: readonly { readonly run: string; readonly step: string }[];
}

/** Either an event, or the number under which the run is noted down. */
export type ShelfGives = { readonly came: Came } | { readonly noted: number };

export interface LeaveAsks {
  readonly noted: number;
  readonly run: string;
  readonly signal: string;
}
/** `underWay`: its event comes by the signal. */
export interface LeaveGives {
  readonly underWay: boolean;
}

interface Book {
  /** The first event that is kept, and the number of the next. */
  readonly first: number;
  readonly next: number;
  /** The first run that waits, the number of the next, and how many there are. */
  readonly waits: Waits;
  /** Of the newest event. */
  readonly at: number;
}

type Waits = readonly [first: number, next: number, count: number];

interface Kept {
  readonly event: Published;
  /** When it counts as published: no event is older than the one before. */
  readonly at: number;
  readonly expires: number;
  readonly except?: readonly string[];
}

const nobody: Waits = [0, 0, 0];
const empty: Book = { first: 0, next: 0, waits: nobody, at: 0 };
/** Where an empty shelf begins to count: after all that an earlier one at its place had. */
const begins = (at: number): number => at * 1024;

/**
 * The events of one name with the same values in some fields, oldest first, and the runs that wait for the next one. Each
 * event is a cell of its own, so that what is done costs the same however many there are.
 */
export class Shelf {
  readonly #cells: Cells;
  /** Tells a run of its event. */
  readonly #tell: (waiting: Waiting, came: Came) => void;
  /** How many of those who wait share a cell: one event is told to all of them. */
  readonly #share: number;

  constructor(cells: Cells, tell: (waiting: Waiting, came: Came) => void, share = 32) {
    this.#cells = cells;
    this.#tell = tell;
    this.#share = share;
  }

  /** An event has come. `first`: nothing was kept here before. */
  async put({ event, expires, except = [] }: PutAsks): Promise<PutGives & { readonly first: boolean }> {
    const book = await this.#book();
    const at = Math.max(book.at, event.at);
    const wasEmpty = book.first === book.next;
    const position = wasEmpty ? Math.max(book.next, begins(at)) : book.next;
    this.#cells.set<Kept>(`e${position}`, { event, at, expires, ...(except.length > 0 && { except }) });
    const came = { event, position };
    const got = new Map<string, string>();
    const [from, next] = book.waits;
    let [left, , count] = book.waits;
    for (let begin = from - (from % this.#share); begin < next; begin += this.#share) {
      const cell = await this.#cells.get<readonly (Waiting | null)[]>(`w${begin}`);
      const stays = (cell ?? []).map((waiting) => {
        // A run takes an event once, even if two of its parts wait for the same.
        if (waiting === null || got.has(waiting.run) || except.includes(waiting.run)) return waiting;
        if (waiting.taken.includes(event.id) || at < waiting.since) return waiting;
        got.set(waiting.run, waiting.signal);
        this.#tell(waiting, came);
        count--;
        return null;
      });
      if (!this.#fill(begin, stays) && left >= begin) left = Math.min(begin + this.#share, next);
    }
    this.#cells.set<Book>('book', {
      first: wasEmpty ? position : book.first,
      next: position + 1,
      at,
      waits: count === 0 ? nobody : [left, next, count],
    });
    return { to: [...got].map(([run, step]) => ({ run, step })), first: wasEmpty };
  }

  /** Gives the oldest event that counts for a run, or notes it down. */
  async wait(waiting: Waiting, now: number): Promise<ShelfGives> {
    const book = await this.#book();
    for (let position = await this.#from(book, waiting); position < book.next; position++) {
      const kept = await this.#cells.get<Kept>(`e${position}`);
      if (kept === null || kept.expires <= now) continue;
      if (waiting.taken.includes(kept.event.id) || kept.except?.includes(waiting.run) === true) continue;
      return { came: { event: kept.event, position } };
    }
    const [left, next, count] = book.waits;
    const begin = next - (next % this.#share);
    const cell = begin === next ? [] : ((await this.#cells.get<readonly (Waiting | null)[]>(`w${begin}`)) ?? []);
    const places = Array.from({ length: next - begin }, (_, index) => cell[index] ?? null);
    this.#fill(begin, [...places, waiting]);
    this.#cells.set<Book>('book', { ...book, waits: [left, next + 1, count + 1] });
    return { noted: next };
  }

  async leave({ noted, run, signal }: LeaveAsks): Promise<LeaveGives> {
    const begin = noted - (noted % this.#share);
    const cell = (await this.#cells.get<readonly (Waiting | null)[]>(`w${begin}`)) ?? [];
    const waiting = cell[noted - begin];
    // The numbers begin anew when nobody waits.
    if (waiting?.run !== run || waiting.signal !== signal) return { underWay: true };
    const book = await this.#book();
    // Nothing is waited for from here on: a cancel of the run that leaves must not end this halfway.
    this.#fill(
      begin,
      cell.map((each, index) => (index === noted - begin ? null : each)),
    );
    const [left, next, count] = book.waits;
    this.#write({ ...book, waits: count === 1 ? nobody : [left, next, count - 1] });
    return { underWay: false };
  }

  /** Lets go of what has expired; gives when the next event does. */
  async sweep(now: number): Promise<number | undefined> {
    const book = await this.#book();
    let { first } = book;
    let next: number | undefined;
    for (; first < book.next; first++) {
      const kept = await this.#cells.get<Kept>(`e${first}`);
      if (kept !== null && kept.expires > now) {
        next = kept.expires;
        break;
      }
      this.#cells.clear(`e${first}`);
    }
    this.#write({ ...book, first });
    return next;
  }

  /** Writes a cell of those who wait; false when there is nobody in it. */
  #fill(begin: number, cell: readonly (Waiting | null)[]): boolean {
    const isTaken = cell.some((waiting) => waiting !== null);
    if (isTaken) this.#cells.set(`w${begin}`, cell);
    else this.#cells.clear(`w${begin}`);
    return isTaken;
  }

  #write(book: Book): void {
    if (book.first === book.next && book.waits[2] === 0) this.#cells.clear('book');
    else this.#cells.set<Book>('book', book);
  }

  async #book(): Promise<Book> {
    return (await this.#cells.get<Book>('book')) ?? empty;
  }

  /** The first position that can count: events lie in the order of their times. */
  async #from({ first, next }: Book, { after, since }: Waiting): Promise<number> {
    let low = Math.max(first, after === undefined ? 0 : after + 1);
    let high = next;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const kept = await this.#cells.get<Kept>(`e${middle}`);
      if (kept !== null && kept.at >= since) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
