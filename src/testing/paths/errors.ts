import { MillraceError } from '../../core/index.ts';

/** Paths cannot be searched for. `code` tells why: MR1800 to MR1804. */
export class PathError extends MillraceError {
  override readonly name = 'PathError';

  constructor(code: string, message: string) {
    super(message, { code, retryable: false, fault: 'input' });
  }
}
