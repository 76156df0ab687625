import { MillraceError, type Fault } from '../core/index.ts';

interface Facts {
  readonly retryable?: boolean;
  readonly fault?: Fault;
  readonly cause?: unknown;
  readonly details?: Readonly<Record<string, unknown>>;
}

const options = (code: string, { retryable = false, fault = 'input', cause, details }: Facts) => ({
  code,
  retryable,
  fault,
  cause,
  ...(details === undefined ? {} : { details }),
});

/** Something about a run or a flow (MR32xx). */
export class RunError extends MillraceError {
  override readonly name: string = 'RunError';

  constructor(code: string, message: string, facts: Facts = {}) {
    super(message, options(code, facts));
  }
}

/** Something about an event or a machine instance (MR33xx). */
export class EventError extends MillraceError {
  override readonly name: string = 'EventError';

  constructor(code: string, message: string, facts: Facts = {}) {
    super(message, options(code, facts));
  }
}

/** Something about who drives the database (MR34xx). */
export class OwnerError extends MillraceError {
  override readonly name: string = 'OwnerError';

  constructor(code: string, message: string, facts: Facts = {}) {
    super(message, options(code, facts));
  }
}

/** Thrown into a part of a flow that must stop: its run was cancelled or timed out, or a sibling failed. */
export class Cancelled extends RunError {
  override readonly name: string = 'Cancelled';

  constructor(message: string) {
    super('MR3203', message);
  }
}

/** A promise that never settles: where the code of an abandoned run comes to rest, to be collected with it. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => {});
}
