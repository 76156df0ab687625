import type { Came, Waiting } from '../contract.ts';
import type { Run } from '../runs/run.ts';

interface Of {
  readonly event: string;
  readonly ids: Set<string>;
  after: number | undefined;
}

const known = new WeakMap<Run, Map<string, Of>>();

/** The events that a run has taken by one name and the same matched values, and by others. */
export class Taken {
  readonly #run: Run;
  readonly #of: Of;
  readonly #all: Map<string, Of>;

  constructor(run: Run, event: string, key: string) {
    const what = `${event} ${key}`;
    let all = known.get(run);
    if (all === undefined) known.set(run, (all = new Map()));
    let of = all.get(what);
    if (of === undefined) all.set(what, (of = { event, ids: new Set(), after: undefined }));
    this.#run = run;
    this.#all = all;
    this.#of = of;
  }

  /** What the buffer has to know of it. */
  get asks(): Pick<Waiting, 'taken' | 'after'> {
    const { event, after } = this.#of;
    const others = [...this.#all.values()].filter((of) => of !== this.#of && of.event === event);
    const { event: first } = this.#run.asks;
    const taken = [...(first === undefined ? [] : [first]), ...others.flatMap(({ ids }) => [...ids])];
    return { taken, ...(after === undefined ? {} : { after }) };
  }

  /** An event has come; false for one that the run has taken already, by other fields. */
  take({ event: { id }, position }: Came): boolean {
    this.#of.after = Math.max(this.#of.after ?? position, position);
    if (this.#run.taken.includes(id)) return false;
    this.#run.taken.push(id);
    this.#of.ids.add(id);
    return true;
  }
}
