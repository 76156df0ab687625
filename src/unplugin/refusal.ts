import { MillraceError } from '../core/errors.ts';

/**
 * An error of what somebody wrote, as bundlers print it: its code and its message. They print the stack, which would be
 * ours, and what else an error has; some print nothing but the stack.
 */
export function refusal(code: string, text: string): MillraceError {
  const error = new MillraceError(`${code}: ${text}`, { code, retryable: false, fault: 'input' });
  return withoutStack(error);
}

/** Leaves of an error nothing to print but its message. */
export function withoutStack<Given extends Error>(error: Given): Given {
  error.stack = error.message;
  for (const key of Object.keys(error)) Object.defineProperty(error, key, { enumerable: false });
  return error;
}
