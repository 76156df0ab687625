import type { Scheduler } from '../../core/index.ts';
import type { AnyTask } from '../../flow/index.ts';
import { runAttempt, TaskError, type AttemptOutcome, type AttemptRequest } from '../../tasks/index.ts';
import { endedAs, never } from '../../engine/index.ts';
import type { Admission } from './admission.ts';
import type { Asker } from './asker.ts';
import type { Gate } from './gate.ts';
import type { Inherited } from './inherited.ts';
import type { LimitsView } from './view.ts';

/**
 * Makes one attempt that may begin now: in this process, or elsewhere. Never rejects. Undefined: it is left to others,
 * because this process ends, or its run was paused before it began.
 */
export type Perform = (request: AttemptRequest, by: Asker) => Promise<AttemptOutcome | undefined>;

/** What is still to be done with an outcome before the attempt is over. Never rejects. */
type Settle = (outcome: AttemptOutcome) => Promise<AttemptOutcome>;

/** Makes the attempts of tasks, and counts those under way, so that a runtime that is closed can wait for them. */
export class Attempts {
  readonly #perform: Perform;
  readonly #within: Perform;
  readonly #admission: Admission | undefined;
  #underWay = 0;
  #closed = false;
  #rested: (() => void) | undefined;

  constructor({
    admission,
    perform = runAttempt,
    within = perform,
  }: {
    readonly admission?: Admission;
    readonly perform?: Perform;
    /** For attempts that are made within others. */
    readonly within?: Perform;
  } = {}) {
    this.#admission = admission;
    this.#perform = perform;
    this.#within = within;
  }

  /** May no attempt begin any more? */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Makes an attempt as soon as the limits of its task let it begin. Undefined: its run was paused while it waited, and
   * has to ask again.
   */
  run(request: AttemptRequest, by: Asker, settle?: Settle): Promise<AttemptOutcome | undefined> {
    const gate = this.#admission?.gate(request.contract);
    return gate === undefined || this.#admission === undefined
      ? this.#begin(request, by, settle)
      : this.#inTurn(this.#admission, gate, request, by, settle);
  }

  /** May attempts of a task have to wait for their turn? */
  limits(task: AnyTask): boolean {
    return this.#admission?.gate(task) !== undefined;
  }

  /** Before runs are taken up: what is under way already. */
  inherit(inherited: Inherited): void {
    this.#admission?.inherit(inherited);
  }

  /** Takes out what a run has waiting for its turn. */
  leave(by: Asker): void {
    this.#admission?.leave(by);
  }

  /** To be called now and then, however the clock goes. */
  look(): void {
    this.#admission?.look();
  }

  /** How far limits are used now. */
  views(tasks: Iterable<AnyTask>): LimitsView {
    return this.#admission?.views(tasks) ?? { tasks: {} };
  }

  async #inTurn(
    admission: Admission,
    gate: Gate,
    request: AttemptRequest,
    by: Asker,
    settle: Settle | undefined,
  ): Promise<AttemptOutcome | undefined> {
    const turn = await admission.enter(gate, request, by);
    if (turn === undefined) return undefined;
    if (turn instanceof TaskError) return { ok: false, error: turn };
    let outcome: AttemptOutcome | undefined;
    try {
      if (turn.some((taken) => taken.gate.kept) && this.#mayBegin(by)) await admission.note(turn);
      // Much may have happened between its call and this line.
      if (this.#mayBegin(by)) outcome = await this.#begin(request, by, settle);
      else if (this.#closed) return await never();
      return outcome;
    } finally {
      admission.ended(turn, endedAs(outcome));
    }
  }

  #mayBegin(by: Asker): boolean {
    return (by.within !== undefined || !this.#closed) && !by.held && !by.dead;
  }

  async #begin(request: AttemptRequest, by: Asker, settle: Settle | undefined): Promise<AttemptOutcome | undefined> {
    this.#underWay++;
    by.attempting++;
    let outcome: AttemptOutcome | undefined;
    try {
      outcome = await (by.within === undefined ? this.#perform : this.#within)(request, by);
      if (settle !== undefined && outcome !== undefined) outcome = await settle(outcome);
    } finally {
      by.attempting--;
      this.#underWay--;
      if (this.#underWay === 0) this.#rested?.();
    }
    return outcome ?? (by.held && !this.#closed ? undefined : never());
  }

  /** Lets no attempt begin, and waits for those under way, at most so many ms. Their results are enqueued then. */
  async drain(most: number, scheduler: Scheduler): Promise<void> {
    this.#closed = true;
    this.#admission?.close();
    if (this.#underWay > 0 && most > 0) {
      await new Promise<void>((resolve) => {
        const off = scheduler.after(most, resolve);
        this.#rested = () => {
          off();
          resolve();
        };
      });
    }
    // Whoever waited for the last of them goes first.
    await new Promise<void>((resolve) => scheduler.soon(resolve));
  }

  /** Waits no more: the engine has stopped. */
  stop(): void {
    this.#closed = true;
    this.#admission?.close();
    this.#rested?.();
  }
}
