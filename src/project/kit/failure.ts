import { MillraceError, type Fault } from '../../core/errors.ts';
import { kebabCase } from '../../core/kebab.ts';

/** A command that cannot go on. `exitCode`: 1 the input is at fault, 2 the usage or we are. */
export class CliError extends MillraceError {
  override readonly name = 'CliError';
  readonly hint: string | undefined;
  readonly exitCode: 1 | 2;

  constructor(
    code: string,
    message: string,
    options: {
      readonly hint?: string;
      readonly exitCode?: 1 | 2;
      readonly fault?: Fault;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { code, retryable: false, fault: options.fault ?? 'input', cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? 2;
  }
}

/** What a person or a program is told about a failure. */
export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
  readonly exitCode: 1 | 2;
}

// What the operating system says, in words. All of them are the place's fault, not the input's.
const system: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full',
  EDQUOT: 'The disk quota is used up',
  EFBIG: 'The file may not grow any further',
  EROFS: 'The file system is read-only',
  EACCES: 'Permission denied',
  EPERM: 'Not permitted',
  EMFILE: 'Too many open files',
};

// To the store a file that is no database of ours is the world's fault; on a command line it is what was given.
const notADatabase = new Set(['MR3003', 'MR3004', 'MR3008', 'MR3009']);

/** What the engine says of its options, as the flags of a command line: `say { force: true }` becomes `give --force`. */
export function withFlags(message: string): string {
  return message.replaceAll(
    /([Ss])ay \{ (\w+): true \}/g,
    (_, first: string, name: string) => `${first === 'S' ? 'G' : 'g'}ive --${kebabCase(name)}`,
  );
}

/** Turns anything thrown into what is said about it. Never a stack trace. */
export function describeFailure(thrown: unknown): Failure {
  if (thrown instanceof CliError) {
    const { code, message, hint, exitCode } = thrown;
    return hint === undefined ? { code, message, exitCode } : { code, message, hint, exitCode };
  }
  if (thrown instanceof MillraceError) {
    const atFault = thrown.fault === 'input' || thrown.fault === 'user-code' || notADatabase.has(thrown.code);
    const exitCode = atFault ? 1 : 2;
    const message = withFlags(thrown.message);
    const { hint } = thrown as { readonly hint?: unknown };
    const more = `\`dsl explain ${thrown.code}\` tells more.`;
    return { code: thrown.code, message, hint: typeof hint === 'string' ? hint : more, exitCode };
  }
  const error: NodeJS.ErrnoException = thrown instanceof Error ? thrown : new Error(String(thrown));
  const words = error.code === undefined ? undefined : system[error.code];
  if (words !== undefined) {
    const where = error.path === undefined ? '' : `: ${error.path}`;
    return {
      code: 'MR2010',
      message: `${words}${where}.`,
      hint: 'Make room or change the permissions, and run it again.',
      exitCode: 2,
    };
  }
  return {
    code: 'MR2099',
    message: `A failure of ours: ${error.message}`,
    hint: 'Run it again with --debug for a full account, and please report it.',
    exitCode: 2,
  };
}
