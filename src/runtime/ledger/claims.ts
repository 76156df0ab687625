import { claimKey, renewClaim, settleClaim, type ClaimRow } from '../../engine/index.ts';
import type { LedgerRow, Tx } from '../../store/index.ts';
import { kept } from './outcome.ts';
import type { LedgerPlace } from './place.ts';
import type { ToolStep } from './tool.ts';

interface Attempting {
  readonly attempt: string;
  /** The claims whose effects still run in this process. */
  readonly underWay: ReadonlySet<string>;
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

const claimIn = ({ run, path, name, status, expires, ...row }: LedgerRow): ClaimRow => ({
  ...row,
  status: status === 'dropped' ? 'failed' : status,
  by: run === null || path === null || name === null ? null : { run, path, attempt: name },
  expires: expires ?? Infinity,
});

/** Claims a key, in one transaction. @throws MillraceError MR3135 when the key stands for another request. */
export function claim(place: LedgerPlace, tx: Tx, { key, by, ...asks }: Claim): Claimed {
  const known = tx.ledger.get('once', key);
  const claimed = claimKey(key, known && claimIn(known), {
    ...asks,
    now: place.clock.now(),
    wall: wallOf(place),
    by: by ?? null,
    underWay: by === undefined ? [] : [...by.underWay],
  });
  if (claimed.state === 'inProgress') return claimed;
  if (claimed.state === 'done') {
    tx.ledger.replayed('once', key);
    return { state: 'done', row: known as LedgerRow };
  }
  const { request, status, owner, until, executions, replays, created, expires } = claimed.row;
  tx.ledger.put({
    scope: 'once',
    key,
    request,
    status,
    owner,
    until,
    result: null,
    blob: null,
    run: by?.run ?? null,
    path: by?.path ?? null,
    task: null,
    name: by?.attempt ?? null,
    executions,
    replays,
    created,
    expires,
  });
  return { state: 'go' };
}

/** Holds a claim for longer. False when it is lost. */
export function renew(place: LedgerPlace, tx: Tx, key: string, owner: string, leaseMs: number): boolean {
  const row = tx.ledger.get('once', key);
  const held = renewClaim(row && claimIn(row), { owner, now: place.clock.now(), wall: wallOf(place), leaseMs });
  if (row === undefined || held === undefined) return false;
  tx.ledger.put({ ...row, until: held.until, expires: held.expires });
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
  { status, text }: { readonly status: 'succeeded' | 'failed'; readonly text: string },
): void {
  const row = tx.ledger.get('once', key);
  const { expires } = settleClaim(key, row && claimIn(row), { owner, now: place.clock.now(), ttlMs, status });
  tx.ledger.put({ ...(row as LedgerRow), status, owner: null, until: null, ...kept(tx, text), expires });
}
