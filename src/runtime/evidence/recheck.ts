import { messageOf, MillraceError } from '../../core/index.ts';
import type { JournalRow, RunRow } from '../../store/index.ts';
import {
  judge,
  readEvidence,
  verify,
  type EvidenceResult,
  type EvidenceWorld,
  type Patience,
} from '../../tasks/index.ts';
import { RunError } from '../../engine/index.ts';
import { planOf, type Aim } from '../rewind/plan.ts';
import { passedOver } from '../rewind/rewind.ts';
import { covers, effective } from '../rewind/rewound.ts';

/** What evidence of a step says now. */
export interface Rechecked {
  readonly path: string;
  readonly result: EvidenceResult;
}

/** Evidence that does not hold any more, and the step to go back to. */
export interface Refuted extends Rechecked {
  readonly to: string;
}

/** The step whose evidence a line is. */
export const stepOf = (path: string): string => path.replace(/\/~evidence$/, '');

/** Looks again at what a line `verified` says. What cannot be read does not hold. Rejects when a resource is not configured. */
export async function recheck(
  { path, data }: Pick<JournalRow, 'path' | 'data'>,
  world: EvidenceWorld,
  patience?: Patience,
): Promise<Rechecked> {
  try {
    const { items, atLeast } = readEvidence(data);
    const claims = items.map(({ claim }) => claim);
    return { path: stepOf(path), result: await verify(claims, atLeast, world, patience) };
  } catch (error) {
    // Not configured is not refuted.
    if (error instanceof MillraceError && error.code === 'MR3140') throw error;
    return { path: stepOf(path), result: { ...judge([]), summary: messageOf(error) } };
  }
}

/**
 * Finds the last good checkpoint of each part of a run: looks at the evidence of its steps, the newest first, and goes
 * further back only where it does not hold. What lies before a checkpoint that holds is trusted. Gives the steps to go
 * back to.
 */
export async function refuted(
  row: RunRow,
  rows: readonly JournalRow[],
  world: EvidenceWorld,
  patience?: Patience,
): Promise<readonly Refuted[]> {
  const lines = effective(rows);
  const failed = { passed: passedOver(row), failed: row.status === 'failed' };
  const graphs = new Set(lines.filter(({ kind }) => kind === 'opened').map(({ path }) => path));
  const held: string[] = [];
  const bad: Refuted[] = [];
  const taken: string[] = [];
  for (const line of lines.filter(({ kind }) => kind === 'verified').toReversed()) {
    const path = stepOf(line.path);
    if (taken.some((prefix) => covers(prefix, path))) continue;
    const part = partOf(path);
    // Steps of one part come one after the other, except in a graph.
    if (!graphs.has(part) && held.some((good) => partOf(good) === part)) continue;
    const back = wayBack(lines, path, failed);
    if (back === undefined || held.some((good) => back.drops.some((prefix) => covers(prefix, good)))) continue;
    const checked = await recheck(line, world, patience);
    if (checked.result.ok) held.push(path);
    else if (back.refusal !== undefined) throw back.refusal;
    else {
      bad.push({ ...checked, to: back.to });
      taken.push(...back.drops);
    }
  }
  return bad;
}

interface WayBack {
  readonly to: string;
  readonly drops: readonly string[];
  /** There is none. */
  readonly refusal?: RunError;
}

/**
 * From where a step can be done again: from itself, or where it lies in rounds that were let go, from its loop as a whole.
 * Undefined when there is no such step.
 */
function wayBack(lines: readonly JournalRow[], path: string, failed: Omit<Aim, 'steps'>): WayBack | undefined {
  const loops = lines.flatMap(({ kind, path: loop }) =>
    kind === 'compacted' && loop !== path && covers(loop, path) ? [loop] : [],
  );
  let refusal: RunError | undefined;
  for (const to of [path, ...loops.sort((a, b) => b.length - a.length)]) {
    try {
      const plan = planOf(lines, { steps: [to], ...failed });
      return plan && { to, drops: plan.drops };
    } catch (error) {
      if (!(error instanceof RunError) || error.code !== 'MR3521') throw error;
      refusal ??= error;
    }
  }
  return refusal && { to: path, drops: [], refusal };
}

const partOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
