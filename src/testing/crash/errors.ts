import { MillraceError } from '../../core/index.ts';

/** A crash test that cannot be carried out: MR3550, MR3551. */
export class CrashTestError extends MillraceError {
  override readonly name = 'CrashTestError';

  constructor(code: string, message: string) {
    super(message, { code, retryable: false, fault: 'input' });
  }
}
