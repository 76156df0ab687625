import { MillraceError } from '../../core/index.ts';
import type { LedgerRow, Tx } from '../../store/index.ts';
import { kept } from './outcome.ts';
import type { LedgerPlace } from './place.ts';
import type { ToolStep } from './tool.ts';

interface Attempting {
  readonly attempt: string;
  /** Is the effect of a claim still running in this process? */
  readonly isUnderWay: (owner: string) => boolean;
}

/** What is asked of a key. */
export interface Claim {
  readonly key: string;
  /** A hash of what is asked. */
  readonly request: string;
  /** Who asks: another name for each claim. */
  readonly owner: string;
  readonly ttlMs: number;
  readonly leaseMs: number;
  /** The step that asks, and which of its attempts: what an earlier one held is free, unless it is still at it here. */
  readonly by?: (Pick<ToolStep, 'run' | 'path'> & Attempting) | undefined;
}

/** What a claim comes to: it may begin, it is too late, or somebody else has it in hand until then. */
export type Claimed =
  | { readonly state: 'go' }
  | { readonly state: 'done'; readonly row: LedgerRow }
  | { readonly state: 'inProgress'; readonly until: number };

const wallOf = ({ clock }: LedgerPlace): number => (clock.wall ?? clock).now();
const refused = (code: string, message: string, retryable: boolean, key: string): MillraceError =>
  new MillraceError(message, { code, retryable, fault: 'input', details: { key } });

/**
 * Claims a key, in one transaction: exactly one gets to go. Whoever held it longer than the lease without a sign of life
 * has lost it. @throws MillraceError MR3135 when the key stands for another request.
 */
export function claim(place: LedgerPlace, tx: Tx, { key, request, owner, ttlMs, leaseMs, by }: Claim): Claimed {
  const now = place.clock.now();
  const wall = wallOf(place);
  const known = tx.ledger.get('once', key);
  const held = known?.status === 'pending' && (known.until ?? 0) > wall && !isOver(known, by);
  // What somebody is about to give does not expire under his hands.
  const row = known === undefined || (!held && known.expires !== null && known.expires <= now) ? undefined : known;
  if (row !== undefined && row.request !== request)
    throw refused(
      'MR3135',
      `The key '${key}' stands for another request${row.status === 'pending' ? ', which is under way' : ''}. Take another key for it.`,
      false,
      key,
    );
  if (row?.status === 'succeeded') {
    tx.ledger.replayed('once', key);
    return { state: 'done', row };
  }
  if (row !== undefined && held) return { state: 'inProgress', until: row.until ?? wall };
  tx.ledger.put({
    scope: 'once',
    key,
    request,
    status: 'pending',
    owner,
    until: wall + leaseMs,
    result: null,
    blob: null,
    run: by?.run ?? null,
    path: by?.path ?? null,
    task: null,
    name: by?.attempt ?? null,
    executions: (row?.executions ?? 0) + 1,
    replays: row?.replays ?? 0,
    created: row?.created ?? now,
    expires: now + Math.max(ttlMs, leaseMs),
  });
  return { state: 'go' };
}

/**
 * Is the claim that of an attempt before this one, which has ended or died with its process? The effect of one that has ended
 * may go on, if it does not listen to its signal.
 */
function isOver({ run, path, name, owner }: LedgerRow, by: Claim['by']): boolean {
  if (by === undefined || run !== by.run || path !== by.path || name === by.attempt) return false;
  return owner === null || !by.isUnderWay(owner);
}

/** Holds a claim for longer. False when it is lost. */
export function renew(place: LedgerPlace, tx: Tx, key: string, owner: string, leaseMs: number): boolean {
  const row = tx.ledger.get('once', key);
  if (row?.owner !== owner || row.status !== 'pending') return false;
  tx.ledger.put({
    ...row,
    until: wallOf(place) + leaseMs,
    expires: Math.max(row.expires ?? 0, place.clock.now() + leaseMs),
  });
  return true;
}

/**
 * Writes what came of a claim.
 *
 * @throws MillraceError MR3137 unknown key, MR3280 somebody else has taken the claim over.
 */
export function settle(
  place: LedgerPlace,
  tx: Tx,
  { key, owner, ttlMs }: Pick<Claim, 'key' | 'owner' | 'ttlMs'>,
  end: { readonly status: 'succeeded' | 'failed'; readonly text: string },
): void {
  const row = tx.ledger.get('once', key);
  if (row === undefined)
    throw refused('MR3137', `Nothing was begun under the key '${key}', or it has been removed.`, false, key);
  if (row.owner !== owner || row.status !== 'pending')
    throw refused(
      'MR3280',
      `The claim to the key '${key}' was lost: it was held for too long without a sign of life, and somebody else has it. The result was not kept.`,
      true,
      key,
    );
  const { status, text } = end;
  tx.ledger.put({ ...row, status, owner: null, until: null, ...kept(tx, text), expires: place.clock.now() + ttlMs });
}
