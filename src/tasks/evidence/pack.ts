import { MillraceError, systemClock } from '../../core/index.ts';
import { defaultTimeoutMs } from '../policy.ts';
import { TaskError, type AttemptIds } from '../errors.ts';
import { check, checkResources, type EvidenceItem, type Patience } from './check.ts';
import type { Claim } from './claims.ts';
import type { EvidenceWorld } from './world.ts';

/** What came of a pack of claims. */
export interface EvidenceResult {
  readonly ok: boolean;
  /** How many must hold. Absent: all. */
  readonly atLeast?: number;
  readonly items: readonly EvidenceItem[];
  /** In a few words. */
  readonly summary: string;
}

/**
 * Judges a pack: all of its claims must hold, or `atLeast` so many. No claim proves nothing, and neither does a pack of
 * which none holds, whatever number is asked for.
 */
export function judge(items: readonly EvidenceItem[], atLeast?: number): EvidenceResult {
  const held = items.filter(({ ok }) => ok).length;
  const needed = Math.max(1, atLeast ?? items.length);
  const first = items.find(({ ok }) => !ok);
  const why = first === undefined ? '' : `: ${named(first.claim)}${first.error ?? ''}`;
  const summary =
    items.length === 0
      ? 'there is no claim, and that proves nothing'
      : `${held} of ${items.length} hold${atLeast === undefined ? '' : `, ${needed} must`}${why}`;
  return { ok: held >= needed, ...(atLeast === undefined ? {} : { atLeast }), items, summary };
}

/**
 * Looks at the claims of a pack, all at the same time. One that gets no answer in time (30 s unless said otherwise) does not
 * hold: MR3141.
 *
 * @throws MillraceError MR3140 when a resource is not configured.
 */
export async function verify(
  claims: readonly Claim[],
  atLeast: number | undefined,
  world: EvidenceWorld,
  patience: Patience = { ms: defaultTimeoutMs, clock: systemClock() },
): Promise<EvidenceResult> {
  checkResources(claims, world);
  return judge(await Promise.all(claims.map((claim) => check(claim, world, patience))), atLeast);
}

/** A task says that it has succeeded, and the world does not agree (MR3132). Tried again like other failures. */
export class EvidenceError extends TaskError {
  constructor({ summary, items }: EvidenceResult, ids: AttemptIds) {
    super(
      `Task '${ids.task}' in step '${ids.step ?? ''}' gave a result, and its evidence does not hold: ${summary}. The result was not taken.`,
      {
        name: 'EvidenceError',
        code: 'MR3132',
        // Without a claim no attempt can ever succeed.
        retryable: items.length > 0,
        fault: items.length > 0 ? 'environment' : 'user-code',
        ids,
        details: { evidence: items },
      },
    );
  }
}

/** Reads what `verified` lines hold. @throws MillraceError MR3139 when it cannot be read. */
export function readEvidence(text: string | null): EvidenceResult {
  try {
    const read = JSON.parse(text ?? '') as EvidenceResult;
    if (Array.isArray(read.items)) return read;
  } catch {
    // Told below.
  }
  throw new MillraceError('What was recorded as evidence cannot be read.', {
    code: 'MR3139',
    retryable: false,
    fault: 'environment',
  });
}

const named = (claim: Claim): string => (claim.name === undefined ? '' : `'${claim.name}': `);
