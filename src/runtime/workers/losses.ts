import type { AttemptRequest } from '../../tasks/index.ts';
import type { Asker, Perform } from '../attempts/index.ts';
import type { Context } from '../context.ts';
import type { RunError } from '../errors.ts';
import type { LiveRun } from '../live-run.ts';
import { noteLost } from './lost.ts';

/** The step that was tried alone, because it may be what kills the process. */
const trialKey = 'trial';

interface Around extends Pick<Context, 'store' | 'writer'> {
  readonly runs: ReadonlyMap<string, LiveRun>;
}

/**
 * Knows which tries the death of a process has cut off. One that was lost so often that once more would park its run is
 * made when no other such is: what dies then, dies of it, and not everything that happened to be at work beside it.
 */
export class Losses {
  readonly #around: Around;
  readonly #most: number;
  /** Did the last owner die? One that has let the database go has lost nothing. */
  readonly #died: boolean;
  readonly #trial: string | undefined;
  /** The work that other processes have. */
  readonly #elsewhere: ReadonlySet<string>;
  #recovering = false;
  #suspects = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(around: Around, died: boolean, most: number) {
    this.#around = around;
    this.#died = died;
    this.#most = most;
    const { work, meta } = around.store.tables;
    this.#trial = died ? meta.get(trialKey) : undefined;
    this.#elsewhere = new Set(died ? work.places().map(({ run, path }) => placeOf(run, path)) : []);
  }

  /** Takes up a run that the last owner has left. */
  recovering(load: () => void): void {
    this.#recovering = this.#died;
    load();
    this.#recovering = false;
  }

  /** Notes what was lost of a run that is taken up. Gives the reason to park it. */
  note(run: LiveRun): RunError | undefined {
    if (run.row.status === 'running' && this.#recovering) {
      const counts = (path: string, lost: number): boolean => {
        const place = placeOf(run.id, path);
        return !this.#elsewhere.has(place) && (lost < this.#most || this.#most === 1 || this.#trial === place);
      };
      const poison = noteLost(run, this.#most, counts);
      if (poison !== undefined) return poison;
    }
    if (!this.#suspects)
      for (const { lost } of run.records.values()) this.#suspects ||= lost > 0 && lost + 1 >= this.#most;
    return undefined;
  }

  /** Makes attempts with `next`, those that may kill the process one after the other. */
  alone(next: Perform): Perform {
    return (request, by) =>
      this.#suspects && this.#suspect(request) ? this.#try(next, request, by) : next(request, by);
  }

  #suspect({ runId, step }: AttemptRequest): boolean {
    const lost = this.#around.runs.get(runId)?.records.get(step)?.lost ?? 0;
    return lost > 0 && lost + 1 >= this.#most;
  }

  async #try(next: Perform, request: AttemptRequest, by: Asker): ReturnType<Perform> {
    const before = this.#turn;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#turn = promise;
    await before;
    try {
      const { writer } = this.#around;
      if (request.signal?.aborted !== true)
        await writer.submit((tx) => tx.meta.set(trialKey, placeOf(request.runId, request.step)));
      return await next(request, by);
    } finally {
      resolve();
    }
  }
}

const placeOf = (run: string, path: string): string => `${run} ${path}`;
