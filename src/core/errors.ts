/** Whose mistake a failure is: the caller's input, the user's own code, the world outside, or ours. */
export type Fault = 'input' | 'user-code' | 'environment' | 'internal';

/** Options of every error of the tree. */
export interface FailureOptions {
  /** A stable code such as `MR3004`; `dsl explain CODE` tells more. */
  readonly code: string;
  /** May the same request succeed when it is tried again? */
  readonly retryable: boolean;
  /** Whose mistake it is. */
  readonly fault: Fault;
  /** What caused it. */
  readonly cause?: unknown;
  /** Ids and facts that a program may want: run, step, file, line. JSON only. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * The root of the error tree. Every failure answers three questions by type: may I retry, whose fault is it, what is
 * its code. The message says what happened, names the ids, and says what to do.
 *
 * @example
 * ```ts
 * import { MillraceError } from 'millrace/core';
 *
 * const error = new MillraceError('The file is locked.', { code: 'MR3001', retryable: true, fault: 'environment' });
 * error.retryable; // true
 * ```
 */
export class MillraceError extends Error {
  override readonly name: string = 'MillraceError';
  // Declared only: a page with a machine in it has a kilobyte, and each counts.
  declare readonly code: string;
  declare readonly retryable: boolean;
  declare readonly fault: Fault;
  declare readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, options: FailureOptions) {
    super(message, options.cause === undefined ? undefined : options);
    this.code = options.code;
    this.retryable = options.retryable;
    this.fault = options.fault;
    this.details = options.details ?? {};
  }
}

/** An error as it is stored and sent: plain JSON. */
export interface ErrorRecord {
  readonly name: string;
  readonly message: string;
  readonly code: string;
  readonly retryable: boolean;
  readonly fault: Fault;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** Turns anything thrown into a record, whatever it is. A foreign error counts as the user's code and as retryable. */
export function toErrorRecord(thrown: unknown): ErrorRecord {
  try {
    return recordOf(thrown);
  } catch {
    // A getter of it threw, or it is a revoked proxy.
    return { name: 'Error', message: messageOf(thrown), code: 'MR3100', retryable: true, fault: 'user-code' };
  }
}

function recordOf(thrown: unknown): ErrorRecord {
  if (thrown instanceof MillraceError) {
    const { code, retryable, fault } = thrown;
    const details = plain(thrown.details);
    const record = { name: String(thrown.name), message: messageOf(thrown), code, retryable, fault };
    return Object.keys(details).length === 0 ? record : { ...record, details };
  }
  const own = (thrown instanceof Error ? thrown : {}) as { name?: unknown; retryable?: unknown; code?: unknown };
  return {
    name: typeof own.name === 'string' ? own.name : 'Error',
    message: messageOf(thrown),
    code: typeof own.code === 'string' ? own.code : 'MR3100',
    retryable: typeof own.retryable === 'boolean' ? own.retryable : true,
    fault: 'user-code',
  };
}

/** What a thrown thing says, whatever it is: never throws itself. */
export function messageOf(thrown: unknown): string {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'Something was thrown that cannot be shown as text.';
  }
}

// Users fill the details: what JSON does not have is shown as text, so that a failure can always be recorded.
function plain(details: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  try {
    const text = JSON.stringify(details, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
    return JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch {
    return Object.fromEntries(Object.entries(details).map(([key, value]) => [key, messageOf(value)]));
  }
}

/** The error that a record stands for, to be thrown again. Its `name` is the recorded one. */
export class RecordedError extends MillraceError {
  override readonly name: string;
  readonly record: ErrorRecord;

  constructor(record: ErrorRecord) {
    super(record.message, {
      code: record.code,
      retryable: record.retryable,
      fault: record.fault,
      ...(record.details === undefined ? {} : { details: record.details }),
    });
    this.name = record.name;
    this.record = record;
  }
}
