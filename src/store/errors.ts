import { MillraceError } from '../core/index.ts';

/** A failure of the database, not of what was asked of it. After one, the engine that saw it stops. */
export class StoreError extends MillraceError {
  override readonly name: string = 'StoreError';
}

interface SqliteError extends Error {
  readonly errcode?: number;
  readonly errstr?: string;
}

const primary: Readonly<Record<number, { readonly code: string; readonly retryable: boolean; readonly text: string }>> =
  {
    5: {
      code: 'MR3001',
      retryable: true,
      text: 'is locked by another process that has been writing for too long. Try again.',
    },
    6: {
      code: 'MR3001',
      retryable: true,
      text: 'is locked by another process that has been writing for too long. Try again.',
    },
    8: {
      code: 'MR3007',
      retryable: false,
      text: 'cannot be written to. Check the permissions of the file and its folder.',
    },
    10: { code: 'MR3006', retryable: false, text: 'could not be read or written: the disk reported an error.' },
    11: {
      code: 'MR3009',
      retryable: false,
      text: 'is damaged. Restore it from a backup; `sqlite3 FILE .recover` may save the rest.',
    },
    13: {
      code: 'MR3005',
      retryable: true,
      text: 'could not grow: the disk is full. Make room and start again; nothing acknowledged was lost.',
    },
    14: {
      code: 'MR3008',
      retryable: false,
      text: 'cannot be opened. Check that its folder exists and may be written to.',
    },
    26: {
      code: 'MR3003',
      retryable: false,
      text: 'is not a Millrace database. It was left as it is; name another file.',
    },
  };

/** Did this come from SQLite itself? */
export function isSqliteError(thrown: unknown): thrown is SqliteError {
  return thrown instanceof Error && (thrown as { code?: unknown }).code === 'ERR_SQLITE_ERROR';
}

/**
 * Says what a failure of SQLite means for the user. A broken constraint stays an internal error, because a statement
 * of ours must not break one.
 */
export function storeError(thrown: unknown, file: string): unknown {
  if (!isSqliteError(thrown)) return thrown;
  const result = thrown.errcode ?? 1;
  const known = primary[result & 0xff];
  if (known === undefined) {
    return new MillraceError(
      `A statement failed on '${file}': ${thrown.message}. This is a bug of Millrace; please report it.`,
      {
        code: 'MR3012',
        retryable: false,
        fault: 'internal',
        cause: thrown,
        details: { file, sqlite: result },
      },
    );
  }
  return new StoreError(`The database '${file}' ${known.text}`, {
    code: known.code,
    retryable: known.retryable,
    fault: 'environment',
    cause: thrown,
    details: { file, sqlite: result },
  });
}
