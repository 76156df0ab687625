import type { Tables, WorkRow } from '../../store/index.ts';

/** After so long work that is there to be taken, and of whose task nobody does any, is taken for left alone, in ms. */
const patience = 30_000;
/** So many pieces of work are looked at. */
const most = 100;

/** Has this work waited for long, while nobody does any of its task? */
export function isUntaken({ work }: Pick<Tables, 'work'>, row: WorkRow, now: number): boolean {
  if (row.status !== 'pending' || now - row.created < patience) return false;
  return !work.holders().some((name) => work.heldBy(name).some(({ task }) => task === row.task));
}

/** Tells once of each task that its work is taken by nobody, and again when somebody has done some in between. */
export class Untaken {
  /** When something of a task was last done, or told. */
  readonly #seen = new Map<string, number>();
  readonly #told = new Set<string>();

  /** A result of a task is there. */
  done(task: string, now: number): void {
    this.#seen.set(task, now);
    this.#told.delete(task);
  }

  /** The work of which nobody takes any, one of each task. */
  find(tables: Pick<Tables, 'work'>, ids: Iterable<string>, now: number): readonly WorkRow[] {
    const found: WorkRow[] = [];
    let looked = 0;
    for (const id of ids) {
      if (++looked > most) break;
      const row = tables.work.get(id);
      if (row === undefined || this.#told.has(row.task) || now - (this.#seen.get(row.task) ?? 0) < patience) continue;
      if (!isUntaken(tables, row, now)) continue;
      this.#told.add(row.task);
      found.push(row);
    }
    return found;
  }
}
