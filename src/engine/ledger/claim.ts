import { randomUUID } from 'node:crypto';
import { MillraceError } from '../../core/index.ts';

/** What a key stands for: what is to happen once, or a result that is kept for whoever asks for the same. JSON. */
export interface ClaimRow {
  /** A hash of what was asked. */
  readonly request: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** Who does it: another name for each claim. */
  readonly owner: string | null;
  /** Until when it is his without another sign of life, in real time. */
  readonly until: number | null;
  /** The step that asked, and which of its attempts. */
  readonly by: ClaimedBy | null;
  readonly executions: number;
  readonly replays: number;
  readonly created: number;
  readonly expires: number;
}

interface ClaimedBy {
  readonly run: string;
  readonly path: string;
  /** A name for the attempt: another one in each process. */
  readonly attempt: string;
}

/** What is asked of a key. */
export interface ClaimAsks {
  readonly request: string;
  readonly owner: string;
  /** The time of the system, and real time. */
  readonly now: number;
  readonly wall: number;
  readonly ttlMs: number;
  readonly leaseMs: number;
  readonly by: ClaimedBy | null;
  /** What the process that asks is at for this key: these claims are not free, although their attempts have ended. */
  readonly underWay: readonly string[];
  /** What is kept does not count: it is made anew. */
  readonly anew?: boolean;
}

/** What a claim comes to: it may begin, it is too late, or somebody else has it in hand until then. */
export type Claimed = { readonly row: ClaimRow } & (
  | { readonly state: 'go' | 'done' }
  | { readonly state: 'inProgress'; readonly until: number }
);

const refused = (code: string, message: string, retryable: boolean, key: string): MillraceError =>
  new MillraceError(message, { code, retryable, fault: 'input', details: { key } });

/**
 * Claims a key: exactly one gets to go. Whoever held it longer than the lease without a sign of life has lost it.
 *
 * @throws MillraceError MR3135 when the key stands for another request.
 */
export function claimKey(key: string, known: ClaimRow | undefined, asks: ClaimAsks): Claimed {
  const { request, owner, now, wall, ttlMs, leaseMs, by } = asks;
  const held = known?.status === 'pending' && (known.until ?? 0) > wall && !isOver(known, asks);
  // What somebody is about to give does not expire under his hands.
  const row = known === undefined || (!held && known.expires <= now) ? undefined : known;
  if (row !== undefined && row.request !== request)
    throw refused(
      'MR3135',
      `The key '${key}' stands for another request${row.status === 'pending' ? ', which is under way' : ''}. Take another key for it.`,
      false,
      key,
    );
  if (row?.status === 'succeeded' && asks.anew !== true)
    return { state: 'done', row: { ...row, replays: row.replays + 1 } };
  if (row !== undefined && held && row.owner !== owner) return { state: 'inProgress', until: row.until ?? wall, row };
  return {
    state: 'go',
    row: {
      request,
      status: 'pending',
      owner,
      until: wall + leaseMs,
      by,
      executions: (row?.executions ?? 0) + 1,
      replays: row?.replays ?? 0,
      created: row?.created ?? now,
      expires: now + Math.max(ttlMs, leaseMs),
    },
  };
}

/**
 * Is the claim that of an attempt before this one, which has ended or died with its process? The effect of one that has ended
 * may go on, if it does not listen to its signal.
 */
function isOver({ by: had, owner }: ClaimRow, { by, underWay }: ClaimAsks): boolean {
  if (by === null || had === null || had.run !== by.run || had.path !== by.path || had.attempt === by.attempt)
    return false;
  return owner === null || !underWay.includes(owner);
}

/** Who holds a claim says that he is still at it. */
export interface RenewAsks {
  readonly owner: string;
  readonly now: number;
  readonly wall: number;
  readonly leaseMs: number;
}

/** Holds a claim for longer. Undefined when it is lost. */
export function renewClaim(row: ClaimRow | undefined, { owner, now, wall, leaseMs }: RenewAsks): ClaimRow | undefined {
  if (row?.owner !== owner || row.status !== 'pending') return undefined;
  return { ...row, until: wall + leaseMs, expires: Math.max(row.expires, now + leaseMs) };
}

/** What came of a claim. */
export interface SettleAsks {
  readonly owner: string;
  readonly now: number;
  readonly ttlMs: number;
  readonly status: 'succeeded' | 'failed';
}

/** Ends a claim. @throws MillraceError MR3137 unknown key, MR3280 somebody else has taken the claim over. */
export function settleClaim(
  key: string,
  row: ClaimRow | undefined,
  { owner, now, ttlMs, status }: SettleAsks,
): ClaimRow {
  if (row === undefined)
    throw refused('MR3137', `Nothing was begun under the key '${key}', or it has been removed.`, false, key);
  if (row.owner !== owner || row.status !== 'pending')
    throw refused(
      'MR3280',
      `The claim to the key '${key}' was lost: it was held for too long without a sign of life, and somebody else has it. The result was not kept.`,
      true,
      key,
    );
  return { ...row, status, owner: null, until: null, expires: now + ttlMs };
}

const attempts = new WeakMap<AbortSignal, string>();

/** A name for the attempt that has this signal: another one in each process. */
export function attemptOf(signal: AbortSignal): string {
  const name = attempts.get(signal) ?? randomUUID();
  attempts.set(signal, name);
  return name;
}
