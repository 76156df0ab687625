import { messageOf, MillraceError, type Clock } from '../../core/index.ts';
import type { Claim } from './claims.ts';
import type { EvidenceRow, EvidenceWorld } from './world.ts';

/** What came of one claim. */
export interface EvidenceItem {
  readonly claim: Claim;
  readonly ok: boolean;
  /** Why it does not hold. */
  readonly error?: string;
  /** `MR3141`: the world gave no answer in time. */
  readonly code?: string;
  /** How long it took to see, in ms of real time. */
  readonly ms: number;
}

/**
 * Before anything is looked at: evidence that this process has no way to see is neither proven nor refuted.
 *
 * @throws MillraceError MR3140.
 */
export function checkResources(claims: readonly Claim[], world: EvidenceWorld): void {
  for (const claim of claims) {
    if (claim.kind !== 'row' || world.resource(claim.resource, claim.file) !== undefined) continue;
    const { resource } = claim;
    throw new MillraceError(
      `This process does not know where the rows of resource '${resource}' are, so their evidence cannot be looked at. Name its file in dsl.config.ts, or give the runtime resources: { ${resource}: { file: '${resource}.db' } }.`,
      { code: 'MR3140', retryable: false, fault: 'input', details: { resource } },
    );
  }
}

/** For how long an answer is waited for. */
export interface Patience {
  /** In ms of real time. */
  readonly ms: number;
  readonly clock: Clock;
  /** Nobody wants to know any more. */
  readonly signal?: AbortSignal;
}

/** Looks whether a claim holds. Never rejects: a claim that gets no answer in time does not hold. */
export async function check(claim: Claim, world: EvidenceWorld, patience: Patience): Promise<EvidenceItem> {
  const from = world.stopwatch();
  const given = refuted(claim, world).then(
    (error) => (error === undefined ? {} : { error }),
    (thrown: unknown) => ({ error: `it could not be checked: ${messageOf(thrown)}` }),
  );
  const found = await within(patience, given);
  const ms = Math.round((world.stopwatch() - from) * 1000) / 1000;
  return { claim, ok: !('error' in found), ...found, ms };
}

type Found = Pick<EvidenceItem, 'error' | 'code'>;

function within({ ms, clock, signal }: Patience, given: Promise<Found>): Promise<Found> {
  const wall = clock.wall ?? clock;
  return new Promise((resolve) => {
    const end = (found: Found): void => {
      stop();
      signal?.removeEventListener('abort', abort);
      resolve(found);
    };
    const abort = (): void => end({ error: 'it was not waited for' });
    const late = `there was no answer within ${ms} ms`;
    const stop = wall.at(wall.now() + ms, () => end({ error: late, code: 'MR3141' }));
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted === true) abort();
    void given.then(end);
  });
}

/** Why a claim does not hold; undefined when it does. */
async function refuted(claim: Claim, world: EvidenceWorld): Promise<string | undefined> {
  switch (claim.kind) {
    case 'fileExists': {
      const kind = await world.kindOf(claim.path);
      if (kind === undefined) return `there is no ${claim.type ?? 'file'} '${claim.path}'`;
      return claim.type === undefined || claim.type === kind ? undefined : `'${claim.path}' is no ${claim.type}`;
    }
    case 'fileSha256': {
      if ((await world.kindOf(claim.path)) !== 'file') return `there is no file '${claim.path}'`;
      const actual = await world.sha256(claim.path);
      return actual === claim.sha256 ? undefined : `'${claim.path}' has the SHA-256 ${actual}, not ${claim.sha256}`;
    }
    // What has ended is not run again: its code is what it was.
    case 'exitCode':
      return claim.actual === claim.expected ? undefined : `it ended with ${claim.actual}, not ${claim.expected}`;
    case 'row':
      return rowMissing(claim, world);
    case 'unclear':
      return claim.why;
  }
}

async function rowMissing(claim: Extract<Claim, { kind: 'row' }>, world: EvidenceWorld): Promise<string | undefined> {
  const { resource: name, table, where, values = {} } = claim;
  const resource = world.resource(name, claim.file);
  if (resource === undefined) return `there is no resource '${name}' to look into`;
  if ((await resource.row(table, { ...where, ...values })) !== undefined) {
    // A row that is asked for twice by one column with two values is found by the second of them only.
    return Object.keys(values).every((key) => !(key in where) || where[key] === values[key])
      ? undefined
      : `'where' and 'values' contradict each other`;
  }
  const found = await resource.row(table, where);
  if (found === undefined) return `'${name}' has no row in '${table}' with ${shown(where)}`;
  return `the row in '${table}' of '${name}' with ${shown(where)} has not ${shown(values)}`;
}

const shown = (row: EvidenceRow): string => JSON.stringify(row);
