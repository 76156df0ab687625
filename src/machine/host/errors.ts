import { MillraceError, type Fault } from '../../core/index.ts';

/** A failure of a host. */
export function hostError(
  code: string,
  message: string,
  options: {
    readonly fault?: Fault;
    readonly cause?: unknown;
    readonly details?: Readonly<Record<string, unknown>>;
  } = {},
): MillraceError {
  return new MillraceError(message, { fault: 'input', ...options, code, retryable: false });
}

/** Where a page or a process hears of errors that nobody asked for. */
export function reportLoudly(error: unknown): void {
  const { reportError, console } = globalThis as unknown as {
    readonly reportError?: (error: unknown) => void;
    readonly console: { readonly error: (error: unknown) => void };
  };
  if (reportError === undefined) console.error(error);
  else reportError(error);
}
