import { createHash } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** How long another process may take, in milliseconds. */
const patience = 10_000;

/**
 * Does something while no other process of this machine and user does it with one of the same files. The system lets go
 * of the locks when a process dies, however it does. Where there is nowhere to lock, it is done all the same.
 */
export async function whileLocked<T>(paths: Iterable<string>, work: () => T): Promise<T> {
  const locks: { close: () => void }[] = [];
  const { DatabaseSync } = await import('node:sqlite');
  try {
    // In one order, so that two processes never wait for each other.
    for (const name of [...paths].map(nameOf).toSorted()) {
      try {
        const folder = join(tmpdir(), `millrace-${userInfo().uid}`);
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        const lock = new DatabaseSync(join(folder, name), { timeout: patience });
        locks.push(lock);
        lock.exec('BEGIN EXCLUSIVE');
      } catch {
        // Without a lock, a change of another process is still seen unless it comes within the same millisecond.
      }
    }
    return work();
  } finally {
    for (const lock of locks.toReversed()) lock.close();
  }
}

function nameOf(path: string): string {
  let real = path;
  try {
    real = realpathSync(path);
  } catch {
    // A file that is not there yet has no other name.
  }
  return `${createHash('sha256').update(real).digest('hex').slice(0, 32)}.lock`;
}
