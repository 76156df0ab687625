import { MillraceError, type Fault } from '../core/index.ts';

/** What to type, on a command line, against what is the same each time. */
const hints: Readonly<Record<string, string>> = {
  MR5210:
    'Start one with `dsl serve FILE --engine restate --server`, or say where it is: --admin URL and --ingress URL, or `restate` of dsl.config.ts.',
  MR5212:
    'Choose another port: `dsl serve FILE --engine restate --port 9081`; --admin and --ingress are those of the server.',
  MR5213: 'Name the admin API: `dsl serve FILE --engine restate --admin http://127.0.0.1:9070`.',
  MR5216: 'Serve the system, and start a server if there is none: `dsl serve FILE --engine restate --server`.',
  MR5221:
    'Serve it beside the other one, `dsl serve FILE --engine restate --port 9081`; or in its place, whatever runs there: `dsl serve FILE --engine restate --force`.',
};

/** Something about Restate: its server, an endpoint, or what it cannot do (MR52xx). */
export class RestateError extends MillraceError {
  override readonly name: string = 'RestateError';
  /** What to type on a command line; absent where the message says what to do. */
  readonly hint?: string;

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
    const hint = hints[code];
    if (hint !== undefined) this.hint = hint;
  }
}
