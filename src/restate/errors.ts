import { MillraceError, type Fault } from '../core/index.ts';

/** Something about Restate: its server, an endpoint, or what it cannot do (MR52xx). */
export class RestateError extends MillraceError {
  override readonly name: string = 'RestateError';

  constructor(
    code: string,
    message: string,
    facts: {
      readonly retryable?: boolean;
      readonly fault?: Fault;
      readonly cause?: unknown;
      readonly details?: Readonly<Record<string, unknown>>;
    } = {},
  ) {
    const { retryable = false, fault = 'environment', cause, details } = facts;
    super(message, { code, retryable, fault, cause, ...(details !== undefined && { details }) });
  }
}
