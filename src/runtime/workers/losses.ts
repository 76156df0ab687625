import { TaskCancelledError, type AttemptRequest } from '../../tasks/index.ts';
import type { Asker, Perform } from '../attempts/index.ts';
import type { Context } from '../context.ts';
import type { RunError } from '../../engine/index.ts';
import type { Record } from '../host/records.ts';
import type { LiveRun } from '../live-run.ts';
import { noteLost, noteTry } from './lost.ts';

/** The step that was tried alone, because it may be what kills the process. */
const trialKey = 'trial';

interface Around extends Pick<Context, 'store' | 'writer' | 'registry' | 'attempts'> {
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
  /** Steps that were begun, and may only have waited for their turn: that is known when it has come. */
  readonly #doubtful = new Set<string>();
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
      const counts = (path: string, { name, lost }: Record): boolean => {
        const place = placeOf(run.id, path);
        if (this.#elsewhere.has(place)) return false;
        const task = name === null ? undefined : this.#around.registry.task(name);
        if (task === undefined || !this.#around.attempts.limits(task)) return this.#counts(place, lost + 1);
        this.#doubtful.add(place);
        return false;
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
    const made: Perform = (request, by) =>
      this.#suspects && this.#suspect(request) ? this.#try(next, request, by) : next(request, by);
    return (request, by) =>
      this.#doubtful.size > 0 && this.#doubtful.delete(placeOf(request.runId, request.step))
        ? this.#again(made, request, by)
        : made(request, by);
  }

  #counts(place: string, lost: number): boolean {
    return lost < this.#most || this.#most === 1 || this.#trial === place;
  }

  /** The turn of a step has come that was begun by a process that died: from now on it counts as tried. */
  async #again(made: Perform, request: AttemptRequest, by: Asker): ReturnType<Perform> {
    const { runId, step, attempt, contract } = request;
    const run = this.#around.runs.get(runId);
    const record = run?.records.get(step);
    if (run !== undefined && record !== undefined && this.#counts(placeOf(runId, step), record.lost + 1)) {
      const poison = noteTry(run, step, record, this.#most);
      // A run that is blocked writes nothing more.
      await this.#around.writer.committed();
      if (poison !== undefined) {
        void run.block(poison);
        return { ok: false, error: new TaskCancelledError({ task: contract.contract, runId, step, attempt }, poison) };
      }
      this.#suspects ||= record.lost + 2 >= this.#most;
      // Paused while that was written: it asks again.
      if (by.held) return undefined;
    }
    return made(request, by);
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
      if (by.held) return undefined;
      return await next(request, by);
    } finally {
      resolve();
    }
  }
}

const placeOf = (run: string, path: string): string => `${run} ${path}`;
