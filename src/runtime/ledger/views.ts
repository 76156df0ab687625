import type { ErrorRecord } from '../../core/index.ts';
import type { Tables } from '../../store/index.ts';
import { present } from '../views.ts';
import { outcomeIn } from './outcome.ts';

/** A tool that a step has used, and what it gave last. */
export interface ToolView {
  readonly tool: string;
  readonly task: string;
  /** The path of the step. */
  readonly step: string;
  /** `dropped`: what came of it is not given again, since evidence of its step failed or the step was taken back. */
  readonly status: 'succeeded' | 'failed' | 'dropped';
  readonly output?: unknown;
  readonly error?: ErrorRecord;
  /** How often it ran, and how often its result was given again. */
  readonly executions: number;
  readonly replays: number;
  readonly time: number;
}

/** How often the steps of a task have used tools. */
export interface ToolUse {
  readonly task: string;
  readonly executions: number;
  readonly replays: number;
  /** The share of uses that were replays. */
  readonly hitRate: number;
}

/** The tools that the steps of a run have used, in order. */
export function toolViews(tables: Tables, run: string): ToolView[] {
  return tables.ledger.of(run).flatMap((row) => {
    const { scope, status, name, task, path, executions, replays, created } = row;
    if (scope !== 'tool' || status === 'pending') return [];
    const { output, error } = { output: undefined, error: undefined, ...outcomeIn(tables, row) };
    const facts = { tool: name ?? '', task: task ?? '', step: path ?? '', status, executions, replays, time: created };
    return [{ ...facts, ...present({ output, error }) }];
  });
}

export function toolUse(tables: Tables, task?: string): ToolUse[] {
  return tables.ledger
    .uses(task)
    .map((use) => ({ ...use, hitRate: use.replays / Math.max(1, use.executions + use.replays) }));
}
