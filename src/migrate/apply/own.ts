import { OwnerError } from '../../runtime/index.ts';
import { acquire, release } from '../../runtime/owner.ts';
import type { Store, Tx } from '../../store/index.ts';
import { MigrationError } from '../errors.ts';

/** A database that nobody else drives meanwhile. */
interface Owned {
  /** In the transaction: is it still ours? A long backup may have been taken for silence. */
  readonly check: (tx: Tx) => void;
  /** In the transaction: lets it go with what it has written. */
  readonly release: (tx: Tx) => void;
  readonly letGo: () => void;
}

/**
 * Takes a database over for a migration.
 *
 * @throws MigrationError MR3515 when a process drives it.
 */
export function own(store: Store, id: string, db: string): Owned {
  let epoch: number;
  try {
    epoch = acquire(store, id, Date.now());
  } catch (thrown) {
    if (!(thrown instanceof OwnerError)) throw thrown;
    throw taken(db, `process ${String(thrown.details['pid'])} on ${String(thrown.details['host'])} drives it`, thrown);
  }
  return {
    check: (tx) => {
      if (tx.owner.epoch() !== epoch) throw taken(db, 'another process has taken it over meanwhile');
    },
    release: (tx) => tx.owner.release(),
    letGo: () => {
      try {
        release(store, epoch);
      } catch {
        // The next one finds out that this process has ended.
      }
    },
  };
}

function taken(db: string, why: string, cause?: unknown): MigrationError {
  return new MigrationError('MR3515', `The database '${db}' cannot be migrated now: ${why}.`, {
    hint: 'Stop what runs on it, migrate, and start the new version.',
    retryable: true,
    fault: 'environment',
    cause,
  });
}
