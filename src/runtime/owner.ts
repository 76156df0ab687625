import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { OwnerRow, Store, Tx } from '../store/index.ts';
import { OwnerError } from './errors.ts';

/** How often an owner shows that it is alive, and after how long without a sign it is taken for dead, in ms. */
export const heartbeat = { every: 2000, stale: 10_000 } as const;

/** Tells a process from an earlier one with the same pid, where the system says when it started. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The name of this process among those of all machines; `part` tells apart what is done in it. */
export function processName(part: string): string {
  return [hostname(), process.pid, startOf(process.pid), part].join('/');
}

/** Is it known that the process of this name has ended? Of one on another machine that cannot be known. */
export function isGone(name: string): boolean {
  const [host, pid, started] = name.split('/');
  return host === hostname() && !(exists(Number(pid)) && startOf(Number(pid)) === started);
}

/** Does the owner still drive the file? A dead process of this machine is known at once, others by their silence. */
export function isAlive(row: OwnerRow, now: number): boolean {
  if (now - row.beat > heartbeat.stale) return false;
  if (row.host !== hostname()) return true;
  return exists(row.pid) && startOf(row.pid) === row.started;
}

/**
 * Makes this process the owner; gives its epoch. `also` belongs into the same transaction: when it throws, nobody is. It
 * is told who was the owner until now, if that one has not let the database go.
 *
 * @throws OwnerError MR3401 when another process drives the file.
 */
export function acquire(
  store: Store,
  id: string,
  now: number,
  also?: (tx: Tx, dead: OwnerRow | undefined) => void,
): number {
  return store.transaction((tx) => {
    const held = tx.owner.get();
    if (held !== undefined && isAlive(held, now)) {
      throw new OwnerError(
        'MR3401',
        `Process ${held.pid} on ${held.host} drives this database. Send to it with dsl send, or with connect() of millrace/runtime, or end it first.`,
        {
          retryable: true,
          fault: 'environment',
          details: { pid: held.pid, host: held.host, owner: held.owner },
        },
      );
    }
    const epoch = tx.owner.epoch() + 1;
    tx.owner.put(mine(id, epoch, now));
    also?.(tx, held);
    return epoch;
  });
}

/** The row of this process. */
export function mine(id: string, epoch: number, now: number): OwnerRow {
  return { owner: id, epoch, pid: process.pid, host: hostname(), started: startOf(process.pid), beat: now };
}

/** Lets the file go, if it is still ours. */
export function release(store: Store, epoch: number): void {
  store.transaction((tx) => {
    if (tx.owner.epoch() === epoch) tx.owner.release();
  });
}
