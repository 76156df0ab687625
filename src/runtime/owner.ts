import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { OwnerRow, Store, Tx } from '../store/index.ts';
import { OwnerError } from '../engine/index.ts';

/** How often an owner shows that it is alive, and after how long without a sign it is taken for dead, in ms. */
export const heartbeat = { every: 2000, stale: 10_000 } as const;

/** What the system says about a process, where it does: its state, and when it started. */
function statOf(pid: number): { readonly state: string; readonly started: string } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return { state: '', started: '' };
  }
}

/** Tells a process from an earlier one with the same pid, where the system says when it started. */
const startOf = (pid: number): string => statOf(pid).started;

/** Is it that process, and is it running? One that has ended stays in the table until its parent has looked after it. */
function lives(pid: number, started: string): boolean {
  if (!exists(pid)) return false;
  const stat = statOf(pid);
  return stat.started === started && !/^[ZXx]/.test(stat.state);
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
  return host === hostname() && !lives(Number(pid), started ?? '');
}

/** Does the owner still drive the file? A dead process of this machine is known at once, others by their silence. */
export function isAlive(row: OwnerRow, now: number): boolean {
  if (now - row.beat > heartbeat.stale) return false;
  if (row.host !== hostname()) return true;
  return !abandoned.has(row.owner) && lives(row.pid, row.started);
}

/** Owners of this process that have ended as in a crash: their process lives, and they do not. */
const abandoned = new Set<string>();

/** Notes that an owner of this process has ended without letting the database go. */
export function forsake(id: string): void {
  abandoned.add(id);
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
