import { TaskError, type AttemptIds } from '../../tasks/index.ts';

/** The breaker of a task is open: the attempt was not made (MR3120). `details.until` says when one is let through. */
export class BreakerOpenError extends TaskError {
  constructor(ids: AttemptIds, until: number) {
    super(
      `Task '${ids.task}' is not tried before ${new Date(until).toISOString()}: it has failed too often, and its breaker is open.`,
      { name: 'BreakerOpenError', code: 'MR3120', fault: 'environment', ids, details: { until } },
    );
  }
}

/** As many attempts wait for their turn as may wait: this one was not made (MR3121). */
export class QueueFullError extends TaskError {
  constructor(ids: AttemptIds, queue: number, whole: boolean) {
    super(
      `${queue} attempts of ${whole ? 'all tasks' : `task '${ids.task}'`} wait already, as many as may: this one is not made. Try it later, or raise 'queue'.`,
      { name: 'QueueFullError', code: 'MR3121', fault: 'environment', ids, details: { queue } },
    );
  }
}
