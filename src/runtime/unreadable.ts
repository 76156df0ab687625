import { RunError } from '../engine/index.ts';
import { MillraceError, toErrorRecord, type ErrorRecord } from '../core/index.ts';
import type { JournalRow, Tables } from '../store/index.ts';

/** A row that is not as it was written: its column is no JSON. Only what needs it suffers. */
export class UnreadableRow extends MillraceError {
  override readonly name = 'UnreadableRow';

  constructor(of: string, column: string, cause: unknown) {
    super(
      `The column '${column}' of ${of} cannot be read: somebody or something has changed the database. Everything else in it goes on; restore this from a backup, or mend it by hand.`,
      { code: 'MR3020', retryable: false, fault: 'environment', cause, details: { of, column } },
    );
  }
}

/**
 * Reads a column that holds JSON.
 *
 * @throws UnreadableRow MR3020.
 */
export function readColumn<T>(of: string, column: string, text: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new UnreadableRow(of, column, cause);
  }
}

/**
 * A line of a journal, if it can be read: a flow that came upon one that cannot would take that for a failure of its own.
 *
 * @throws UnreadableRow MR3020.
 */
export function legible(line: JournalRow): JournalRow {
  // The name of a case or of a part is kept as it is.
  if (line.data !== null && line.kind !== 'chosen' && line.kind !== 'won')
    readColumn(`line ${line.seq} of the journal of run '${line.run}'`, 'data', line.data);
  return line;
}

/**
 * Looks whether what all runs share can be read: nothing goes on without it.
 *
 * @throws UnreadableRow MR3020.
 */
export function checkShared({ meta }: Pick<Tables, 'meta'>): void {
  for (const name of ['clock', 'fields']) readColumn(`the database's '${name}'`, 'value', meta.get(name) ?? 'null');
}

/** Reads the columns of a row for somebody who only looks: what cannot be read is left out, and told. */
export function lookAt(of: string): {
  readonly read: <T>(column: string, text: string | null) => T | undefined;
  readonly errors: readonly ErrorRecord[];
} {
  const errors: ErrorRecord[] = [];
  return {
    errors,
    read: (column, text) => {
      if (text === null) return undefined;
      try {
        return readColumn(of, column, text);
      } catch (error) {
        errors.push(toErrorRecord(error));
        return undefined;
      }
    },
  };
}

/** The reason to leave a run alone whose journal cannot be read. */
export function unreadable(run: string, cause: unknown): RunError {
  return new RunError(
    'MR3216',
    `The journal of run '${run}' cannot be read: ${String(cause)}. The other runs go on without it.`,
    { fault: 'environment', cause },
  );
}
