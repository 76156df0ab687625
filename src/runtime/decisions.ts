import { decision, type Question } from '../engine/index.ts';
import type { Tx } from '../store/index.ts';
import { lookAt } from './unreadable.ts';

/** A step that waits for a person. Times are in ms since 1970. */
export interface DecisionView {
  readonly runId: string;
  readonly flow: string;
  /** The path of the step. */
  readonly step: string;
  readonly message?: string;
  /** JSON Schema of what is to be filled in; absent: nothing is. */
  readonly form?: unknown;
  readonly since: number;
  readonly until?: number;
}

type Tables = Pick<Tx, 'waits' | 'runs' | 'journal'>;

/** The steps that wait for a person, of one run or of all, the oldest first. */
export function decisionsOf(tables: Tables, runId?: string): DecisionView[] {
  const waits = runId === undefined ? tables.waits.matching(decision, '') : tables.waits.of(runId);
  return waits.flatMap(({ run, path, event, created }) => {
    if (event !== decision) return [];
    const asked = tables.journal.of(run).findLast((row) => row.path === path && row.kind === 'asked');
    const question = lookAt(run).read<Question>('data', asked?.data ?? '{}');
    return [{ runId: run, flow: tables.runs.get(run)?.target ?? '', step: path, ...question, since: created }];
  });
}
