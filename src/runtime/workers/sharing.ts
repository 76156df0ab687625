import { runAttempt } from '../../tasks/index.ts';
import type { JournalRow, Tx } from '../../store/index.ts';
import type { Perform } from '../attempts/index.ts';
import type { Context } from '../context.ts';
import { type RunError, hasLimitedTools } from '../../engine/index.ts';
import type { LiveRun } from '../live-run.ts';
import { workId } from './item.ts';
import { Losses } from './losses.ts';
import { sharedOptions, type WorkersOption } from './settings.ts';
import { SharedWork, type Owner } from './shared.ts';

export interface SharingOptions {
  /** Did the last owner die, rather than let the database go? */
  readonly died: boolean;
  readonly maxLost: number;
  readonly workers: boolean | WorkersOption;
}

/** Who makes attempts, here or elsewhere, and what becomes of those whose process dies. */
export class Sharing {
  readonly perform: Perform;
  readonly #losses: Losses;
  readonly #work: SharedWork | undefined;

  constructor(owner: Owner & Pick<Context, 'attempts'>, { died, maxLost, workers }: SharingOptions) {
    this.#losses = new Losses(owner, died, maxLost);
    // What was handed out by a former owner comes to its end as it was, also if this one does not share.
    const left = new Set(owner.store.tables.work.places().map(({ id }) => id));
    if (workers === false && left.size === 0) {
      this.perform = this.#losses.alone(runAttempt);
      return;
    }
    const work = new SharedWork(owner, sharedOptions(workers === false ? true : workers, maxLost));
    this.#work = work;
    const here = this.#losses.alone(runAttempt);
    this.perform =
      workers === false
        ? (request, by) => (left.has(workId(request)) ? work.perform(request, by) : here(request, by))
        : (request, by) =>
            hasLimitedTools(owner.registry, request.contract) ? here(request, by) : work.perform(request, by);
  }

  /** May attempts be made in other processes? */
  get elsewhere(): boolean {
    return this.#work !== undefined;
  }

  /** Before runs are taken up. */
  recover(): void {
    this.#work?.recover();
  }

  /** Takes up a run that the last owner has left. */
  recovering(load: () => void): void {
    this.#losses.recovering(load);
  }

  /** Notes what was lost of a run. Gives the reason to park it. */
  note(run: LiveRun): RunError | undefined {
    return this.#losses.note(run);
  }

  /** In the transaction of a new line. */
  recorded(tx: Tx, row: JournalRow): void {
    this.#work?.recorded(tx, row);
  }

  /** Takes nothing more, and waits at most so many ms for what is done here. */
  async leave(most: number): Promise<void> {
    await this.#work?.leave(most);
  }

  stop(): void {
    this.#work?.stop();
  }
}
