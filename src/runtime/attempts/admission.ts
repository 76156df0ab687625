import {
  BreakerOpenError,
  QueueFullError,
  settingsOf,
  type BreakerState,
  type Ended,
  type LimitSettings,
  type ProcessLimits,
} from '../../engine/index.ts';
import type { AnyTask } from '../../flow/index.ts';
import {
  TaskCancelledError,
  TotalTimeoutError,
  type AttemptIds,
  type AttemptRequest,
  type TaskError,
} from '../../tasks/index.ts';
import type { Context } from '../context.ts';
import type { Asker } from './asker.ts';
import { choose, type Pool } from './choose.ts';
import { Gate, type Taken } from './gate.ts';
import type { Inherited } from './inherited.ts';
import { viewOf, type LimitsView } from './view.ts';
import type { Entry } from './waiting.ts';

/** What an attempt that may begin has taken. */
export type Pass = readonly Taken[];

interface Shared extends Pool {
  readonly gates: Gate[];
  /** When it was last looked at. */
  seen: number;
  alarm: { readonly at: number; readonly off: () => void } | undefined;
}

type Around = Pick<Context, 'clock' | 'writer' | 'store' | 'bus' | 'guard'>;

/**
 * Says when an attempt of a task with limits, or of any task where the whole process has some, may begin. Who waits
 * is nowhere written down: an attempt that waits has not begun, and after a crash it is asked for again.
 *
 * Queues from npm (p-queue, cockatiel) were looked at: they know neither a clock that is given to them, nor turns of
 * runs, nor a place that is given up when a run is paused.
 */
export class Admission {
  readonly #around: Around;
  readonly #gates = new Map<string, Gate | undefined>();
  readonly #whole: Gate | undefined;
  /** Where the whole process is limited, all tasks compete. */
  readonly #all: Shared | undefined;
  readonly #pools = new Map<Gate, Shared>();
  #inherited: Inherited | undefined;
  #closed = false;

  /** @throws MillraceError MR3275 for limits that nothing could ever pass. */
  constructor(around: Around, limits: ProcessLimits = {}) {
    this.#around = around;
    const settings = settingsOf(limits, 'the runtime');
    if (settings === undefined) return;
    this.#whole = this.#gate(undefined, 0, settings);
    this.#all = { gates: [], turn: 0, passed: 0, seen: 0, alarm: undefined };
  }

  /** The gate that attempts of a task have to pass. Undefined: they begin at once. */
  gate({ contract: name, policy }: AnyTask): Gate | undefined {
    if (this.#gates.has(name)) return this.#gates.get(name);
    const settings = settingsOf(policy, `task '${name}'`, this.#whole !== undefined);
    const gate = settings && this.#gate(name, policy.priority ?? 0, settings);
    this.#gates.set(name, gate);
    if (gate === undefined) return undefined;
    const pool = this.#all ?? { gates: [], turn: 0, passed: 0, seen: 0, alarm: undefined };
    pool.gates.push(gate);
    this.#pools.set(gate, pool);
    return gate;
  }

  /** Before runs are taken up: what is under way already. */
  inherit(inherited: Inherited): void {
    this.#inherited = inherited;
  }

  /** Waits for the turn of an attempt. Undefined: its run rests, and asks again when it goes on. */
  enter(gate: Gate, request: AttemptRequest, by: Asker): Promise<Pass | TaskError | undefined> {
    const { clock, bus, guard } = this.#around;
    const { signal } = request;
    const now = clock.now();
    if (signal?.aborted === true) return Promise.resolve(new TaskCancelledError(idsOf(request), signal.reason));
    if (this.#inherited?.take(request) === true) return Promise.resolve(this.#begin(gate, by));
    if (gate.breaker?.state(now) === 'open')
      return Promise.resolve(new BreakerOpenError(idsOf(request), gate.breaker.until ?? now));
    const pool = this.#pools.get(gate) as Shared;
    return new Promise((resolve) => {
      let waits = false;
      let over = false;
      const end = (turn: Pass | TaskError | undefined): void => {
        over = true;
        if (waits) {
          by.queued--;
          signal?.removeEventListener('abort', abort);
          stopTotal?.();
        }
        resolve(turn);
      };
      const entry: Entry = {
        request,
        by,
        before: undefined,
        after: undefined,
        admit: () => end(this.#begin(gate, by)),
        dismiss: end,
      };
      const waiting = gate.waitingOf(by);
      const giveUp = (error: TaskError): void => {
        waiting.remove(entry);
        end(error);
        this.#pump(pool);
      };
      const abort = (): void => giveUp(new TaskCancelledError(idsOf(request), signal?.reason));
      let stopTotal: (() => void) | undefined;
      waiting.push(entry, pool.turn);
      this.#pump(pool);
      if (over) return;
      const full = this.#full(gate, pool, request);
      if (full !== undefined) {
        waiting.remove(entry);
        return end(full);
      }
      waits = true;
      by.queued++;
      signal?.addEventListener('abort', abort, { once: true });
      const { total } = request;
      if (total !== undefined) {
        const late = (): void => giveUp(new TotalTimeoutError(total.ms, idsOf(request)));
        stopTotal = clock.at(total.until, () => guard(late));
      }
      if (!bus.heard) return;
      const { runId, step, attempt } = request;
      const because = gate.hold(now) ?? (by.within === undefined ? this.#whole?.hold(now) : undefined) ?? 'concurrency';
      bus.tell({ type: 'step.throttled', runId, step, target: gate.task ?? null, attempt, by: because });
    });
  }

  /** Writes down what has to be known after a crash, before the attempt begins. */
  async note(pass: Pass): Promise<void> {
    const { clock, writer } = this.#around;
    for (const { gate } of pass) this.#save(gate);
    await writer.committed();
    const now = clock.now();
    for (const taken of pass) taken.gate.begun(taken, now);
  }

  /** An attempt has ended, or it did not begin after all. */
  ended(pass: Pass, how: Ended): void {
    const now = this.#around.clock.now();
    for (const taken of pass) taken.gate.ended(taken, how, now);
    const gate = pass[0]?.gate;
    if (gate !== undefined) this.#pump(this.#pools.get(gate) as Shared);
  }

  /** Takes out what a run has waiting: it rests, or is in memory no more. */
  leave(by: Asker): void {
    if (by.queued === 0) return;
    for (const [gate, pool] of this.#pools) {
      const waiting = gate.waitingOf(by);
      for (const entry of waiting.of(by)) {
        waiting.remove(entry);
        entry.dismiss();
      }
      this.#pump(pool);
    }
  }

  /** The clock may have been set back, so that what was far away comes sooner; other processes may have ended something. */
  look(): void {
    for (const pool of this.#pools.values())
      if (this.#inherited !== undefined || (pool.alarm !== undefined && this.#around.clock.now() < pool.seen))
        this.#pump(pool);
  }

  /** Lets nothing through any more but what somebody who has begun waits for. */
  close(): void {
    this.#closed = true;
    for (const pool of new Set(this.#pools.values())) pool.alarm?.off();
  }

  /** What the limits are, and how far they are used. */
  views(tasks: Iterable<AnyTask>): LimitsView {
    const now = this.#around.clock.now();
    const gates = [...tasks].flatMap((task) => this.gate(task) ?? []);
    const waiting = gates.reduce((sum, gate) => sum + gate.size, 0);
    return {
      ...(this.#whole === undefined ? {} : { runtime: viewOf(this.#whole, now, waiting) }),
      tasks: Object.fromEntries(gates.map((gate) => [gate.task, viewOf(gate, now)])),
    };
  }

  #gate(task: string | undefined, priority: number, settings: LimitSettings): Gate {
    const { clock, store } = this.#around;
    const saved = store.tables.meta.get(keyOf(task));
    const gate = new Gate(task, priority, settings, clock.now(), saved, (of, state) => this.#changed(of, state));
    gate.inherited = () => this.#inherited?.count(task) ?? 0;
    return gate;
  }

  #full(gate: Gate, pool: Shared, request: AttemptRequest): QueueFullError | undefined {
    const { queue } = gate.settings;
    if (gate.size > queue) return new QueueFullError(idsOf(request), queue, false);
    const all = this.#whole?.settings.queue ?? Infinity;
    if (all === Infinity || pool.gates.reduce((sum, { size }) => sum + size, 0) <= all) return undefined;
    return new QueueFullError(idsOf(request), all, true);
  }

  /** Calls whoever may begin now, and comes back when time lets another. */
  #pump(pool: Shared): void {
    const { clock } = this.#around;
    const whole = this.#whole;
    const now = (pool.seen = clock.now());
    const open = (gate: Gate): boolean => gate.hold(now) === undefined;
    // Somebody who has begun waits for these, and is to come to an end.
    for (const gate of pool.gates)
      while (gate.within.size > 0 && open(gate))
        gate.next(!this.#closed && (whole === undefined || open(whole))).admit();
    if (this.#closed) return;
    for (;;) {
      const choice = whole === undefined || open(whole) ? choose(pool, open) : undefined;
      if (choice === undefined) break;
      choice.gate.waiting.take(choice.level).admit();
    }
    this.#arm(pool, now);
  }

  #begin(gate: Gate, by: Asker): Pass {
    const now = this.#around.clock.now();
    const whole = by.within === undefined ? this.#whole : undefined;
    return whole === undefined ? [gate.begin(now)] : [gate.begin(now), whole.begin(now)];
  }

  #arm(pool: Shared, now: number): void {
    const { clock, guard } = this.#around;
    let next = Infinity;
    for (const gate of pool.gates) if (gate.waiting.size > 0) next = Math.min(next, gate.ready(now));
    if (this.#whole !== undefined) next = Math.max(next, this.#whole.ready(now));
    for (const gate of pool.gates) if (gate.within.size > 0) next = Math.min(next, gate.ready(now));
    if (next === pool.alarm?.at) return;
    pool.alarm?.off();
    pool.alarm = undefined;
    if (next === Infinity) return;
    const off = clock.at(next, () =>
      guard(() => {
        pool.alarm = undefined;
        this.#pump(pool);
      }),
    );
    pool.alarm = { at: next, off };
  }

  #save(gate: Gate): void {
    if (gate.saving) return;
    gate.saving = true;
    this.#around.writer.enqueue({
      run: (tx) => {
        gate.saving = false;
        tx.meta.set(keyOf(gate.task), gate.saved());
      },
    });
  }

  #changed(gate: Gate, state: BreakerState): void {
    const { clock, bus } = this.#around;
    const until = gate.breaker?.until;
    if (state === 'open' && until !== undefined) {
      for (const waiting of [gate.waiting, gate.within]) {
        for (const entry of waiting.all()) {
          waiting.remove(entry);
          entry.dismiss(new BreakerOpenError(idsOf(entry.request), until));
        }
      }
    }
    if (state !== 'halfOpen') this.#save(gate);
    const task = gate.task ?? '';
    if (!bus.heard) return;
    if (state === 'open') bus.tell({ type: 'breaker.opened', task, until: until ?? clock.now() });
    else bus.tell({ type: state === 'closed' ? 'breaker.closed' : 'breaker.halfOpened', task });
  }
}

const keyOf = (task: string | undefined): string => (task === undefined ? 'limits' : `limits ${task}`);

const idsOf = ({ contract, runId, step, attempt }: AttemptRequest): AttemptIds => ({
  task: contract.contract,
  runId,
  step,
  attempt,
});
