import { MillraceError } from '../../core/index.ts';

/** A scenario that cannot be played as it is written (MR3571), or that came out otherwise than it says (MR3573). */
export class ScenarioError extends MillraceError {
  override readonly name = 'ScenarioError';
  /** What should be so, and what is: test runners show the difference. */
  declare readonly expected?: unknown;
  declare readonly actual?: unknown;

  constructor(
    code: 'MR3571' | 'MR3573',
    message: string,
    values?: { readonly expected: unknown; readonly actual: unknown },
  ) {
    super(message, { code, retryable: false, fault: 'user-code' });
    if (values !== undefined) Object.assign(this, values);
  }
}
