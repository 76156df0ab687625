import { MillraceError } from '../core/index.ts';
import type { LossRow, WorkRow, WorkStatus } from './rows.ts';
import type { Tables, Tx } from './store.ts';

/** Who does a piece of work now. */
export interface Lease {
  readonly id: string;
  readonly worker: string;
  /** Rises with every claim, of whatever work: who holds an older one has lost the lease. */
  readonly token: number;
}

/** What is refused to somebody who does not hold the lease any more (MR341x). The work is done by others, or is over. */
export class LeaseError extends MillraceError {
  override readonly name: string = 'LeaseError';

  constructor(code: 'MR3410' | 'MR3411' | 'MR3412', message: string, { id, worker, token }: Lease) {
    super(message, { code, retryable: false, fault: 'environment', details: { work: id, worker, token } });
  }
}

export interface Claim {
  readonly worker: string;
  /** Only work of these tasks. */
  readonly tasks?: readonly string[] | undefined;
  readonly limit: number;
  /** How many the worker is doing already. */
  readonly held: number;
  readonly now: number;
  /** The same for all, or by what the work is. */
  readonly leaseMs: number | ((row: WorkRow) => number);
}

/** After this time the work that may have killed its processes is not put off any longer, in ms. */
const patience = 10_000;

/** Is it parked when it is lost once more? Such work is done alone, so that it is known what a process has died of. */
export function isSuspect({ lost, maxLost }: Pick<WorkRow, 'lost' | 'maxLost'>): boolean {
  return lost > 0 && lost + 1 >= maxLost;
}

/** Is there something to take? Reads only, so that those who look often disturb nobody. */
export function hasWork(tables: Pick<Tx, 'work'>, { tasks, now }: Pick<Claim, 'tasks' | 'now'>): boolean {
  const { work } = tables;
  return (
    [false, true].some((suspect) => work.ready({ tasks, limit: 1, suspect }).length > 0) || work.expired(now).length > 0
  );
}

/** Takes work: the highest priority first, then the oldest. What has expired is there to be taken again. */
export function claimWork(tx: Pick<Tx, 'work'>, claim: Claim): WorkRow[] {
  const { worker, tasks, limit, held, now, leaseMs } = claim;
  sweepWork(tx, now);
  const [suspect] = tx.work.ready({ tasks, limit: 1, suspect: true });
  const late = suspect !== undefined && now - suspect.updated > patience;
  const rows = late ? [] : tx.work.ready({ tasks, limit, suspect: false });
  const taken = rows.length === 0 && held === 0 && suspect !== undefined && limit > 0 ? [suspect] : rows;
  return taken.map((row) => {
    const claimed: WorkRow = {
      ...row,
      status: 'in_progress',
      worker,
      token: tx.work.nextToken(),
      until: now + (typeof leaseMs === 'number' ? leaseMs : leaseMs(row)),
      updated: now,
    };
    tx.work.put(claimed);
    return claimed;
  });
}

/** Keeps a lease for longer. @throws LeaseError MR3410, MR3411, MR3412. */
export function renewWork(tx: Pick<Tx, 'work'>, lease: Lease, now: number, leaseMs: number): void {
  tx.work.put({ ...holds(tx, lease, now), until: now + leaseMs });
}

/** Records how the work ended; that stays so. @throws LeaseError MR3410, MR3411, MR3412. */
export function finishWork(
  tx: Pick<Tx, 'work'>,
  lease: Lease,
  end: { readonly status: Extract<WorkStatus, 'completed' | 'failed'>; readonly result: string },
  now: number,
): void {
  tx.work.put({ ...holds(tx, lease, now), ...end, until: null, updated: now });
}

/** Hands work back that was not done: somebody else may take it at once. @throws LeaseError MR3410, MR3411, MR3412. */
export function releaseWork(tx: Pick<Tx, 'work'>, lease: Lease, now: number): void {
  tx.work.put({ ...holds(tx, lease, now), status: 'pending', worker: null, until: null });
}

/** What a sweep has found. */
export interface Swept {
  /** How many can be taken again. */
  readonly returned: number;
  /** How many have been lost too often, and stay. */
  readonly parked: number;
}

/** Takes the work back of those who let their lease run out, or of whom it is known that they are gone. */
export function sweepWork(tx: Pick<Tx, 'work'>, now: number, gone: readonly string[] = []): Swept {
  let parked = 0;
  const rows = [...tx.work.expired(now), ...gone.flatMap((worker) => tx.work.heldBy(worker))];
  const unique = new Map(rows.map((row) => [row.id, row]));
  for (const row of unique.values()) {
    const lost = row.lost + 1;
    const over = lost >= row.maxLost;
    if (over) parked++;
    const loss: LossRow = { at: now, worker: row.worker ?? '' };
    tx.work.put({
      ...row,
      status: over ? 'expired' : 'pending',
      lost,
      history: JSON.stringify([...lossesOf(row), loss]),
      worker: null,
      until: null,
      updated: now,
    });
  }
  return { returned: unique.size - parked, parked };
}

/** How often, when and with whom it was lost. */
export function lossesOf(row: Pick<WorkRow, 'history'>): readonly LossRow[] {
  return row.history === null ? [] : (JSON.parse(row.history) as readonly LossRow[]);
}

/** Who holds a piece of work. */
export interface LeaseStatus {
  readonly exists: boolean;
  readonly status?: WorkStatus;
  readonly holder?: string;
  readonly expires?: number;
  readonly expired: boolean;
  readonly mine: boolean;
}

export function leaseStatus(row: WorkRow | undefined, worker: string, now: number): LeaseStatus {
  if (row === undefined) return { exists: false, expired: false, mine: false };
  const { status, worker: holder, until } = row;
  if (status !== 'in_progress' || holder === null || until === null)
    return { exists: true, status, expired: false, mine: false };
  return { exists: true, status, holder, expires: until, expired: until <= now, mine: holder === worker };
}

/** The row of a lease that is held. @throws LeaseError MR3410, MR3411, MR3412. */
export function holds(tx: Pick<Tables, 'work'>, lease: Lease, now: number): WorkRow {
  const row = tx.work.get(lease.id);
  const what = `The work '${lease.id}'`;
  if (row === undefined || (row.status !== 'pending' && row.status !== 'in_progress'))
    throw new LeaseError('MR3412', `${what} is over, or was withdrawn. Nothing more is to be done for it.`, lease);
  if (row.status === 'pending' || row.worker !== lease.worker || row.token !== lease.token)
    throw new LeaseError('MR3411', `${what} is not held by '${lease.worker}' any more. It is done by others.`, lease);
  if (row.until === null || row.until <= now)
    throw new LeaseError('MR3410', `The lease of '${lease.worker}' for work '${lease.id}' has run out.`, lease);
  return row;
}
