import { toErrorRecord } from '../core/index.ts';
import type { TimerRow, Tx } from '../store/index.ts';
import type { Context } from './context.ts';
import { RunError } from '../engine/index.ts';

const atOnce = 500;
const putOff = 60_000;

/** Where the timers of machine instances are noted. */
export interface MachineTimers extends Context {
  readonly instances: { timer(tx: Tx, timer: TimerRow): void };
  readonly schedules: { ring(tx: Tx, timer: TimerRow): void };
}

/** The target under which a machine's timers stand. No run id contains a space. */
export const machineTarget = (machine: string): string => `machine ${machine}`;

/** One clock alarm for the earliest timer of the table. A timer rings once, at its time or later, never earlier. */
export class Timers {
  readonly #context: MachineTimers;
  #armed: { readonly due: number; readonly off: () => void } | undefined;
  #stopped = false;

  constructor(context: MachineTimers) {
    this.#context = context;
  }

  /**
   * Is a timer due that has not rung? It rings now: a clock that does one thing after the other may be waiting for us to
   * come to rest before it calls.
   */
  catchUp(): boolean {
    const next = this.#context.store.tables.timers.next();
    if (this.#stopped || next === undefined || next > this.#context.clock.now()) return false;
    this.#armed?.off();
    this.#context.guard(() => this.#ring());
    return true;
  }

  /** Sets the alarm to the earliest timer. */
  arm(): void {
    if (this.#stopped) return;
    const { store, clock } = this.#context;
    const next = store.tables.timers.next();
    if (next === this.#armed?.due) return;
    this.#armed?.off();
    this.#armed =
      next === undefined
        ? undefined
        : { due: next, off: clock.at(next, () => this.#context.guard(() => this.#ring())) };
  }

  stop(): void {
    this.#stopped = true;
    this.#armed?.off();
  }

  #ring(): void {
    if (this.#stopped) return;
    this.#armed = undefined;
    const { store, clock, writer, logger } = this.#context;
    const due = store.tables.timers.due(clock.now(), atOnce);
    if (due.length === 0) return this.arm();
    for (const timer of due) {
      writer.enqueue({
        run: (tx) => this.#fire(tx, timer),
        failed: (error) => {
          logger.error('A timer could not be carried out and is put off.', {
            timer: timer.key,
            code: toErrorRecord(error).code,
            error: String(error),
          });
          writer.enqueue({ run: (tx) => tx.timers.put({ ...timer, due: clock.now() + putOff }) });
        },
      });
    }
  }

  #fire(tx: Tx, timer: TimerRow): void {
    const { key, kind, target: run, part: path } = timer;
    // What it belongs to may have been cancelled, or set anew, since it was read.
    if (tx.timers.get(key)?.due !== timer.due) return;
    tx.timers.remove(key);
    const line = { path, name: null, attempt: 0, place: null, data: null };
    switch (kind) {
      case 'sleep':
        this.#context.record(tx, run, { kind: 'slept', ...line });
        return;
      case 'retry':
        this.#context.wake(tx, run, path);
        return;
      case 'wait': {
        const wait = tx.waits.get(run, path);
        if (wait === undefined) return;
        tx.waits.remove(run, path);
        this.#context.record(tx, run, { kind: 'timedOut', ...line, name: wait.event });
        return;
      }
      case 'run':
        this.#context.stop(tx, run, {
          reason: 'timeout',
          error: toErrorRecord(
            new RunError('MR3217', `Run '${run}' took longer than its flow allows.`, {
              retryable: true,
              fault: 'environment',
              details: { run },
            }),
          ),
        });
        return;
      case 'machine':
        this.#context.instances.timer(tx, timer);
        return;
      case 'schedule':
        this.#context.schedules.ring(tx, timer);
        return;
      case 'parked':
        return;
    }
  }
}
