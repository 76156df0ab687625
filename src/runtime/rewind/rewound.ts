import type { JournalRow } from '../../store/index.ts';
import { outermost, placesOf, within } from './prefixes.ts';

/** What a line `rewound` takes back, as its data. */
export interface Rewound {
  /** These paths and all that lies below them: they are done again, under new keys. `''` is the whole run. */
  readonly drops: readonly string[];
  /** Steps that go on where they were: only how they ended is taken back. */
  readonly ends: readonly string[];
  /** Those of `drops` before which nothing is done again: an input that somebody gave to such a step holds. Default: the path. */
  readonly starts?: readonly string[];
  /** The run was about to end, or had ended, and goes on with that: only undos are done again. */
  readonly unwinding?: true;
  /** How often the run has been rewound, with this time. */
  readonly epoch: number;
  readonly reason: string;
  /** Who wanted it; null: Millrace itself. */
  readonly by: string | null;
  /** Another input for the step at the path of the line. */
  readonly input?: unknown;
  /** Steps with an undo that was not done: somebody has accepted that what they did stays in the world. */
  readonly notUndone?: readonly string[];
  /** The version of the system whose code goes on. */
  readonly version: string;
}

/** What is taken back, as `planOf` gives it. */
export type Taken = Pick<Rewound, 'drops' | 'ends' | 'starts' | 'unwinding'>;

/** What a run does when it has failed: it comes after everything, so that it is taken back with anything. */
export const handler = '~onFailure';

/** The steps among what is taken back. */
export function stepsOf({ drops }: Pick<Rewound, 'drops'>): readonly string[] {
  return drops.filter((path) => path !== handler);
}

/** Lines that say how a step ended, or that it was set aside. */
const endings: ReadonlySet<JournalRow['kind']> = new Set(['failed', 'cancelled', 'closed', 'won', 'caught', 'lost']);

/** Is `path` this one, or below it? */
export function covers(prefix: string, path: string): boolean {
  if (prefix === '' || prefix === path) return true;
  if (!path.startsWith(prefix)) return false;
  const next = path[prefix.length];
  return next === '/' || next === '[';
}

/** What a line `rewound` says. */
export function rewoundOf(row: Pick<JournalRow, 'data'>): Rewound {
  return JSON.parse(row.data ?? '{}') as Rewound;
}

/** The lines of a journal that still count: without those that were taken back, and without the lines that say so. */
export function effective(rows: readonly JournalRow[]): readonly JournalRow[] {
  // Most runs are never rewound.
  if (!rows.some(({ kind }) => kind === 'rewound')) return rows;
  let kept: JournalRow[] = [];
  for (const row of rows) {
    if (row.kind === 'rewound') kept = without(kept, rewoundOf(row));
    else kept.push(row);
  }
  return kept;
}

/** What is left of lines when this is taken back. That the run was about to end is, too, unless it goes on with it. */
export function without(rows: readonly JournalRow[], { drops, ends, unwinding }: Taken): JournalRow[] {
  const ended = new Set(ends);
  const isDropped = within(drops);
  return rows.filter(({ kind, path }) => {
    if (kind === 'stopping') return unwinding === true;
    if (endings.has(kind) && ended.has(path)) return false;
    return !isDropped(path);
  });
}

interface Edit {
  readonly input: unknown;
}

/** What the rewinds of a run mean for its steps. */
export class Rewinds {
  readonly #all: readonly Rewound[];
  readonly #edits = new Map<string, Edit>();
  /** How often each path was one of those that were taken back with all below it. */
  readonly #times = new Map<string, number>();

  constructor(rows: readonly JournalRow[]) {
    const lines = rows.filter(({ kind }) => kind === 'rewound');
    this.#all = lines.map(rewoundOf);
    for (const [index, { path }] of lines.entries()) {
      const rewound = this.#all[index] as Rewound;
      // An edited input holds until what comes before its step is done again.
      const starts = new Set(rewound.starts ?? [path]);
      const isDropped = within(rewound.drops);
      for (const edited of this.#edits.keys()) if (!starts.has(edited) && isDropped(edited)) this.#edits.delete(edited);
      for (const dropped of outermost(rewound.drops)) this.#times.set(dropped, (this.#times.get(dropped) ?? 0) + 1);
      if (path !== '' && 'input' in rewound) this.#edits.set(path, { input: rewound.input });
    }
  }

  /** How often what was done at this path was taken back: part of the idempotency keys of its steps. */
  epochOf(path: string): number {
    let times = this.#times.get('') ?? 0;
    if (path !== '') for (const place of placesOf(path)) times += this.#times.get(place) ?? 0;
    return times;
  }

  /** Had the run ended when it was told to do only undos again? One that was blocked on its way there had not. */
  get ended(): boolean {
    return this.#all.findLast(({ drops, unwinding }) => unwinding !== true || drops.length > 0)?.unwinding === true;
  }

  /** All inputs that hold now, by the path of their step. */
  get edits(): ReadonlyMap<string, { readonly input: unknown }> {
    return this.#edits;
  }

  /** The input that somebody has given to a step instead of its own. */
  editOf(path: string): Edit | undefined {
    return this.#edits.get(path);
  }
}
