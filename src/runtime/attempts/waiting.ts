import type { AttemptRequest, TaskError } from '../../tasks/index.ts';
import type { Asker } from './asker.ts';
import { List, type Linked } from './list.ts';

/** An attempt that waits for its turn. What comes of it is told once. */
export interface Entry extends Linked<Entry> {
  readonly request: AttemptRequest;
  readonly by: Asker;
  /** Its turn has come. */
  readonly admit: () => void;
  /** Its turn will never come: because of an error, or because its run rests. */
  readonly dismiss: (error?: TaskError) => void;
}

/** What one run has waiting. */
interface Own extends Linked<Own> {
  readonly run: string;
  readonly entries: List<Entry>;
}

/** What waits with one priority of its run: the runs take turns. */
export interface Level {
  readonly priority: number;
  /** When something of it was last called, or when it came; counted in calls. */
  served: number;
  readonly runs: List<Own>;
  readonly byRun: Map<string, Own>;
}

/** The attempts of one task that wait, by the priority of their run, and then run by run. */
export class Waiting {
  /** The highest first; none is empty. */
  readonly levels: Level[] = [];
  size = 0;

  push(entry: Entry, turn: number): void {
    const { id, row } = entry.by;
    const level = this.#level(row.priority, turn);
    let own = level.byRun.get(id);
    if (own === undefined) {
      own = { run: id, entries: new List(), before: undefined, after: undefined };
      level.byRun.set(id, own);
      level.runs.push(own);
    }
    own.entries.push(entry);
    this.size++;
  }

  /** Takes the one out whose turn it is in a level; its run goes behind the others. */
  take(level: Level): Entry {
    const own = level.runs.first as Own;
    const entry = own.entries.first as Entry;
    level.runs.remove(own);
    level.runs.push(own);
    this.#drop(level, own, entry);
    return entry;
  }

  remove(entry: Entry): void {
    const level = this.levels.find(({ priority }) => priority === entry.by.row.priority);
    const own = level?.byRun.get(entry.by.id);
    if (level !== undefined && own !== undefined) this.#drop(level, own, entry);
  }

  /** All that one run has waiting, in its order. */
  of({ id, row }: Asker): Entry[] {
    const own = this.levels.find(({ priority }) => priority === row.priority)?.byRun.get(id);
    const found: Entry[] = [];
    for (let entry = own?.entries.first; entry !== undefined; entry = entry.after) found.push(entry);
    return found;
  }

  /** All that waits, in no particular order. */
  all(): Entry[] {
    const found: Entry[] = [];
    for (const { runs } of this.levels) {
      for (let own = runs.first; own !== undefined; own = own.after)
        for (let entry = own.entries.first; entry !== undefined; entry = entry.after) found.push(entry);
    }
    return found;
  }

  #drop(level: Level, own: Own, entry: Entry): void {
    own.entries.remove(entry);
    this.size--;
    if (own.entries.first !== undefined) return;
    level.runs.remove(own);
    level.byRun.delete(own.run);
    if (level.byRun.size === 0) this.levels.splice(this.levels.indexOf(level), 1);
  }

  #level(priority: number, turn: number): Level {
    let at = 0;
    let end = this.levels.length;
    while (at < end) {
      const middle = (at + end) >> 1;
      if ((this.levels[middle] as Level).priority > priority) at = middle + 1;
      else end = middle;
    }
    const found = this.levels[at];
    if (found?.priority === priority) return found;
    const level: Level = { priority, served: turn, runs: new List(), byRun: new Map() };
    this.levels.splice(at, 0, level);
    return level;
  }
}
