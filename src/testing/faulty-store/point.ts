/** A moment at which a store can fail: just before or just after something that it does inside a transaction. */
export interface FaultPoint {
  /** The number of the point, from 1 on. */
  readonly n: number;
  readonly moment: 'before' | 'after';
  /** `begin`, `commit`, `savepoint`, or the table and method: `journal.append`. */
  readonly call: string;
  /** The number of the transaction, from 1 on. */
  readonly transaction: number;
}

/**
 * What goes wrong. `crash`: as if the process had died; nothing more is done by this store. The others are failures of
 * the database: `busy` (MR3001) may pass, `full` (MR3005), `io` (MR3006) and `readonly` (MR3007) stop an engine.
 */
export type StoreFault = 'crash' | 'busy' | 'full' | 'io' | 'readonly';

/** Thrown by a store whose process is thought of as dead. */
export class SimulatedCrash extends Error {
  override readonly name = 'SimulatedCrash';
  readonly point: FaultPoint | undefined;

  constructor(point?: FaultPoint) {
    super(
      point === undefined
        ? 'The process has died.'
        : `The process died ${point.moment} ${point.call} (point ${point.n}).`,
    );
    this.point = point;
  }
}
