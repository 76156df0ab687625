import { MillraceError, type Fault } from '../core/index.ts';

/** Something that keeps a migration from being carried out (MR35xx). Nothing was changed. */
export class MigrationError extends MillraceError {
  override readonly name: string = 'MigrationError';
  /** What to do. */
  readonly hint: string | undefined;

  constructor(
    code: string,
    message: string,
    facts: {
      readonly hint?: string;
      readonly fault?: Fault;
      readonly retryable?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    const { hint, fault = 'input', retryable = false, cause } = facts;
    super(hint === undefined ? message : `${message} ${hint}`, { code, retryable, fault, cause });
    this.hint = hint;
  }
}
