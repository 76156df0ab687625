import { messageOf as textOf, MillraceError, RecordedError, type Fault } from '../core/index.ts';

/** Which attempt of which task failed: what every task error says in its `details`. */
export interface AttemptIds {
  readonly task: string;
  readonly runId?: string;
  readonly step?: string;
  readonly attempt?: number;
}

interface TaskErrorOptions {
  readonly name?: string;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly fault?: Fault;
  readonly cause?: unknown;
  readonly ids: AttemptIds;
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * An attempt of a task failed. What an implementation throws becomes one (MR3100): its name, message and own `code`
 * are kept, so that a handler in a flow can tell failures apart.
 */
export class TaskError extends MillraceError {
  override readonly name: string = 'TaskError';

  constructor(message: string, options: TaskErrorOptions) {
    super(message, {
      code: options.code ?? 'MR3100',
      retryable: options.retryable ?? true,
      fault: options.fault ?? 'user-code',
      cause: options.cause,
      details: { ...options.ids, ...options.details },
    });
    if (options.name !== undefined) this.name = options.name;
  }
}

/** The input does not fit the task's schema (MR3101). Never retried: the same input would fail again. */
export class TaskInputError extends TaskError {
  constructor(problems: string, ids: AttemptIds, cause?: unknown) {
    super(
      `The input of task '${ids.task}'${where(ids)} is not valid: ${problems}. Mend the call, or the task's input schema.`,
      {
        name: 'TaskInputError',
        code: 'MR3101',
        retryable: false,
        fault: 'input',
        ids,
        cause,
      },
    );
  }
}

/** The result does not fit the task's schema, or is not JSON (MR3102). Never retried: the code has a mistake. */
export class TaskOutputError extends TaskError {
  constructor(problems: string, ids: AttemptIds, cause?: unknown) {
    super(
      `What task '${ids.task}'${where(ids)} gave is not valid: ${problems}. Mend the implementation, or the task's output schema.`,
      {
        name: 'TaskOutputError',
        code: 'MR3102',
        retryable: false,
        ids,
        cause,
      },
    );
  }
}

/** The attempt took longer than it may (MR3103). Its AbortSignal has fired and its late result is ignored. */
export class TaskTimeoutError extends TaskError {
  constructor(timeoutMs: number, ids: AttemptIds) {
    super(
      `Task '${ids.task}'${where(ids)} took longer than ${timeoutMs} ms. Its signal was aborted; raise 'timeout' if it needs the time.`,
      {
        name: 'TaskTimeoutError',
        code: 'MR3103',
        fault: 'environment',
        ids,
        details: { timeoutMs },
      },
    );
  }
}

/** Nothing was heard of the attempt for as long as its task's `heartbeat` allows (MR3130). Its signal has fired. */
export class TaskHeartbeatError extends TaskError {
  constructor(heartbeatMs: number, last: unknown, ids: AttemptIds) {
    super(
      `Task '${ids.task}'${where(ids)} gave no sign of life for ${heartbeatMs} ms. Its signal was aborted; call heartbeat() more often, or raise 'heartbeat'.`,
      {
        name: 'TaskHeartbeatError',
        code: 'MR3130',
        fault: 'environment',
        ids,
        details: { heartbeatMs, ...(last === undefined ? {} : { last }) },
      },
    );
  }
}

/** All attempts of the step and the waits between them took longer than its `totalTimeout` (MR3131). Not retried. */
export class TotalTimeoutError extends TaskError {
  constructor(totalTimeoutMs: number, ids: AttemptIds, cause?: unknown) {
    super(
      `Task '${ids.task}'${where(ids)} has not succeeded within the ${totalTimeoutMs} ms that all its attempts have together${cause instanceof Error ? `; the last one: ${cause.message}` : '.'}`,
      {
        name: 'TotalTimeoutError',
        code: 'MR3131',
        retryable: false,
        fault: 'environment',
        ids,
        cause,
        details: { totalTimeoutMs, ...(cause instanceof RecordedError ? { last: cause.record } : {}) },
      },
    );
  }
}

/** Code of an attempt that has ended asked for something (MR3133). It should have heeded its signal. */
export class AttemptOverError extends TaskError {
  constructor(what: string, ids: AttemptIds) {
    super(
      `Task '${ids.task}'${where(ids)} ${what} after the end of attempt ${ids.attempt ?? 1}, which is ignored. Stop when 'signal' is aborted, and wait for what you begin.`,
      { name: 'AttemptOverError', code: 'MR3133', retryable: false, ids },
    );
  }
}

/** The state of an attempt could not be saved (MR3134). */
export class CheckpointError extends TaskError {
  constructor(why: string, retryable: boolean, ids: AttemptIds, cause?: unknown) {
    super(`Task '${ids.task}'${where(ids)} could not save its state: ${why}.`, {
      name: 'CheckpointError',
      code: 'MR3134',
      retryable,
      fault: retryable ? 'environment' : 'user-code',
      ids,
      cause,
    });
  }
}

/** No implementation is registered for the task (MR3104). */
export class NotImplementedError extends TaskError {
  constructor(ids: AttemptIds) {
    super(
      `Task '${ids.task}'${where(ids)} has no implementation. Write its module in tasks/ and compile, or register one with registerTaskImplementation.`,
      {
        name: 'NotImplementedError',
        code: 'MR3104',
        retryable: false,
        ids,
      },
    );
  }
}

/** The attempt was cancelled from outside (MR3105): its run was cancelled, paused or timed out. */
export class TaskCancelledError extends TaskError {
  constructor(ids: AttemptIds, reason?: unknown) {
    super(`Task '${ids.task}'${where(ids)} was cancelled${reason instanceof Error ? `: ${reason.message}` : ''}.`, {
      name: 'TaskCancelledError',
      code: 'MR3105',
      retryable: false,
      fault: 'input',
      ids,
      cause: reason,
    });
  }
}

/**
 * Throw it in an implementation when another attempt cannot help: a declined card, an unknown customer.
 *
 * @example
 * ```ts
 * import { NonRetryableError } from 'millrace/tasks';
 *
 * throw new NonRetryableError('The card was declined.', { code: 'CARD_DECLINED' });
 * ```
 */
export class NonRetryableError extends MillraceError {
  override readonly name: string = 'NonRetryableError';

  constructor(
    message: string,
    options: {
      readonly code?: string;
      readonly cause?: unknown;
      readonly details?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    super(message, {
      code: options.code ?? 'MR3100',
      retryable: false,
      fault: 'user-code',
      cause: options.cause,
      ...(options.details === undefined ? {} : { details: options.details }),
    });
  }
}

/** Turns whatever an implementation threw into a TaskError; one that says `retryable: false` is not retried. */
export function toTaskError(thrown: unknown, ids: AttemptIds): TaskError {
  try {
    return taskErrorOf(thrown, ids);
  } catch {
    // A getter of it threw, or it is a revoked proxy.
    return new TaskError(textOf(thrown), { ids });
  }
}

function taskErrorOf(thrown: unknown, ids: AttemptIds): TaskError {
  if (thrown instanceof TaskError) return thrown;
  if (thrown instanceof MillraceError) {
    const { name, message, code, retryable, fault, details } = thrown;
    return new TaskError(message, { name, code, retryable, fault, details, cause: thrown, ids });
  }
  const own = (thrown !== null && typeof thrown === 'object' ? thrown : {}) as Readonly<Record<string, unknown>>;
  return new TaskError(messageOf(thrown), {
    ...(typeof own['name'] === 'string' && own['name'] !== 'Error' ? { name: own['name'] } : {}),
    ...(typeof own['code'] === 'string' ? { code: own['code'] } : {}),
    retryable: own['retryable'] !== false,
    cause: thrown,
    ids,
  });
}

function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return textOf(thrown) || String(thrown.name);
  if (typeof thrown === 'string') return thrown;
  try {
    return JSON.stringify(thrown) ?? String(thrown);
  } catch {
    return textOf(thrown);
  }
}

function where({ runId, step }: AttemptIds): string {
  if (step === undefined) return '';
  return runId === undefined ? ` in step '${step}'` : ` in step '${step}' of run '${runId}'`;
}
