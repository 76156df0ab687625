import type { JournalRow, Tx } from '../../store/index.ts';
import type { LiveRun } from '../live-run.ts';
import { childId } from './child.ts';
import type { Part } from './part.ts';

/** The data of a `compacted` line. */
export interface Compacted {
  /** The rounds before this one were let go. */
  readonly rounds: number;
  /** When it began, as its part sees it; and of those before it that stay, since something still needs them. */
  readonly starts: Readonly<Record<number, number>>;
  /** The number of the newest line that was let go. */
  readonly upTo: number;
}

/** How many finished rounds stay for people to look at. */
const kept = 10;

/**
 * The rounds of a repeat, of which those that nothing needs any more are let go: a round sees nothing of those before it
 * but the time. What they leave is one line of the journal, which says where a replay goes on. A round with an undo or
 * with a failure that was passed over stays.
 */
export class Rounds {
  /** In how many rounds something is recorded, up to the last one. */
  readonly recorded: number;
  /** The first round that was not let go. */
  first = 0;
  readonly #part: Part;
  readonly #run: LiveRun;
  readonly #path: string;
  readonly #starts = new Map<number, number>();
  /** Of the rounds that were let go, those that stay. */
  readonly #stay = new Set<number>();
  /** The number of the line with which they were let go last. */
  #from = 0;
  #upTo = 0;

  constructor(part: Part, path: string) {
    this.#part = part;
    this.#run = part.run;
    this.#path = path;
    const record = part.run.records.get(path);
    if (record !== undefined) {
      const { rounds, starts, upTo } = JSON.parse(record.data ?? '') as Compacted;
      this.first = rounds;
      this.#from = record.seq;
      this.#upTo = upTo;
      for (const [index, time] of Object.entries(starts)) {
        this.#starts.set(Number(index), time);
        if (Number(index) < rounds) this.#stay.add(Number(index));
      }
    }
    this.recorded = Math.max(part.rounds(path), this.first === 0 ? 0 : this.first + 1);
  }

  /** The round that follows this one in a replay; notes when it begins. */
  next(after: number): number {
    let index = after + 1;
    while (index < this.first && !this.#stay.has(index)) index++;
    const start = this.#starts.get(index);
    if (start === undefined) this.#starts.set(index, this.#part.time);
    else this.#part.time = start;
    return index;
  }

  /** A round has ended, and another follows: lets go what is needed no more, if it has become much. */
  ended(index: number): void {
    const run = this.#run;
    const to = index + 1 - kept;
    if (index + 1 < this.recorded || to <= this.first || run.seq - this.#from < run.context.compactAfter) return;
    if (this.#part.scope.reason !== undefined) return;
    for (const { path } of [...run.undos, ...run.errors]) {
      const round = this.#roundOf(path);
      if (round !== undefined && round < to) this.#stay.add(round);
    }
    const begun = this.#starts.get(to) as number;
    for (const round of this.#starts.keys()) if (round < to && !this.#stay.has(round)) this.#starts.delete(round);
    const starts = {
      ...Object.fromEntries([...this.#stay].map((round) => [round, this.#starts.get(round)])),
      [to]: begun,
    };
    this.first = to;
    this.#letGo(starts as Compacted['starts']);
  }

  #letGo(starts: Compacted['starts']): void {
    const run = this.#run;
    const rounds = this.first;
    const before = this.#upTo;
    let upTo = before;
    const isGone = (path: string): boolean => {
      const round = this.#roundOf(path);
      return round !== undefined && round < rounds && !(round in starts);
    };
    const data: Compacted = { rounds, starts, upTo: 0 };
    const row = run.append(
      { kind: 'compacted', path: this.#path, data: JSON.stringify(data) },
      (tx, own) => {
        const lines = tx.journal.paths(run.id, before, own.seq - 1);
        const gone = lines.filter(({ path, kind }) =>
          // What was rewound has to stay: it says which other lines do not count.
          path === this.#path ? kind === 'compacted' : kind !== 'rewound' && isGone(path),
        );
        tx.journal.drop(
          run.id,
          gone.map(({ seq }) => seq),
        );
        this.#detach(
          tx,
          gone.flatMap(({ kind, path }) => (kind === 'called' ? [path] : [])),
        );
        this.#forget(tx, gone);
        // Which lines these are is known only here.
        upTo = gone.findLast(({ kind }) => kind !== 'compacted')?.seq ?? before;
        tx.journal.put({ ...own, data: JSON.stringify({ ...data, upTo } satisfies Compacted) });
      },
      () => {
        this.#upTo = upTo;
        for (const path of run.records.keys()) if (isGone(path)) run.records.delete(path);
        for (const path of run.added.keys()) if (isGone(path)) run.added.delete(path);
        run.forget(isGone);
      },
    );
    this.#from = row.seq;
    run.learn(row);
  }

  /** The runs that these steps began have ended, and their ends are no news any more: so they may be let go of, too. */
  #detach(tx: Tx, paths: readonly string[]): void {
    const calls = new Map<string, number>();
    for (const path of paths) {
      const attempt = (calls.get(path) ?? 0) + 1;
      calls.set(path, attempt);
      const child = tx.runs.get(childId(this.#run, path, attempt));
      if (child !== undefined) tx.runs.put({ ...child, parentPath: null });
    }
  }

  /** What steps that were let go have kept for later attempts nobody asks for any more. */
  #forget(tx: Tx, gone: readonly Pick<JournalRow, 'kind' | 'path'>[]): void {
    const run = this.#run;
    const ended = new Set<string>();
    for (const { kind, path } of gone) {
      if (kind === 'started') ended.add(run.origin(path));
      else if (kind === 'failed' || kind === 'cancelled') tx.progress.remove(run.id, run.origin(path));
    }
    let blobs = 0;
    for (const { scope, key, path, blob } of ended.size === 0 ? [] : tx.ledger.of(run.id)) {
      if (scope !== 'tool' || path === null || !ended.has(path)) continue;
      tx.ledger.remove(scope, key);
      if (blob !== null) blobs++;
    }
    if (blobs > 0) tx.blobs.sweep();
  }

  /** The number of the round that a path is in. */
  #roundOf(path: string): number | undefined {
    const own = this.#path;
    if (!path.startsWith(own) || path[own.length] !== '[') return undefined;
    const round = Number.parseInt(path.slice(own.length + 1), 10);
    return Number.isNaN(round) ? undefined : round;
  }
}
