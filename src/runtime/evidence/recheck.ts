import { messageOf, MillraceError } from '../../core/index.ts';
import type { JournalRow, RunRow } from '../../store/index.ts';
import { judge, readEvidence, verify, type EvidenceResult, type EvidenceWorld } from '../../tasks/index.ts';
import { planOf } from '../rewind/plan.ts';
import { passedOver } from '../rewind/rewind.ts';
import { covers, effective } from '../rewind/rewound.ts';

/** What evidence of a step says now. */
export interface Rechecked {
  readonly path: string;
  readonly result: EvidenceResult;
}

/** The step whose evidence a line is. */
export const stepOf = (path: string): string => path.replace(/\/~evidence$/, '');

/** Looks again at what a line `verified` says. What cannot be read does not hold. Rejects when a resource is not configured. */
export async function recheck(
  { path, data }: Pick<JournalRow, 'path' | 'data'>,
  world: EvidenceWorld,
): Promise<Rechecked> {
  try {
    const { items, atLeast } = readEvidence(data);
    const claims = items.map(({ claim }) => claim);
    return { path: stepOf(path), result: await verify(claims, atLeast, world) };
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
): Promise<readonly Rechecked[]> {
  const lines = effective(rows);
  const failed = { passed: passedOver(row), failed: row.status === 'failed' };
  const graphs = new Set(lines.filter(({ kind }) => kind === 'opened').map(({ path }) => path));
  const held: string[] = [];
  const bad: Rechecked[] = [];
  const taken: string[] = [];
  for (const line of lines.filter(({ kind }) => kind === 'verified').toReversed()) {
    const path = stepOf(line.path);
    if (taken.some((prefix) => covers(prefix, path))) continue;
    const part = partOf(path);
    // Steps of one part come one after the other, except in a graph.
    if (!graphs.has(part) && held.some((good) => partOf(good) === part)) continue;
    const plan = planOf(lines, { steps: [path], ...failed });
    if (plan === undefined || held.some((good) => plan.drops.some((prefix) => covers(prefix, good)))) continue;
    const checked = await recheck(line, world);
    if (checked.result.ok) held.push(path);
    else {
      bad.push(checked);
      taken.push(...plan.drops);
    }
  }
  return bad;
}

const partOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
