import type { ErrorRecord } from '../core/index.ts';
import type { JournalRow, RunRow } from '../store/index.ts';
import type { Bus } from './bus.ts';
import type { RunEnd } from './context.ts';

/** Tells what a new line of the journal means. */
export function tellStep(bus: Bus, row: JournalRow): void {
  const facts = { runId: row.run, step: row.path, target: row.name, attempt: row.attempt };
  switch (row.kind) {
    case 'started':
    case 'called':
    case 'opened':
      return bus.tell({ type: 'step.started', ...facts });
    case 'sleeping':
    case 'waiting':
    case 'asked':
      return bus.tell({ type: 'step.waiting', ...facts });
    case 'completed':
    case 'slept':
    case 'received':
    case 'emitted':
    case 'won':
    case 'decided':
    case 'closed':
      return bus.tell({ type: 'step.completed', ...facts });
    case 'failed':
    case 'timedOut':
    case 'caught':
      return bus.tell({ type: 'step.failed', ...facts, error: errorOf(row) });
    case 'retrying':
      return bus.tell({
        type: 'step.retrying',
        ...facts,
        error: (JSON.parse(row.data ?? '') as { error: ErrorRecord }).error,
      });
    case 'cancelled':
      return bus.tell({ type: 'step.cancelled', ...facts });
    case 'skipped':
      return bus.tell({ type: 'step.skipped', ...facts });
    // The line of a map or a branch is written when it begins, and none when it ends: the steps in it tell.
    case 'chosen':
    case 'mapped':
    case 'enqueued':
    case 'stopping':
    case 'lost':
    case 'verified':
    case 'compacted':
    case 'rewound':
      return undefined;
  }
}

function errorOf(row: JournalRow): ErrorRecord {
  if (row.data !== null) return JSON.parse(row.data) as ErrorRecord;
  return {
    name: 'RunError',
    message: `Nothing came for '${row.path}' in time.`,
    code: 'MR3211',
    retryable: false,
    fault: 'environment',
  };
}

/** Tells how a run ended. */
export function tellEnd(
  bus: Bus,
  row: RunRow,
  status: RunEnd['status'],
  output: string | undefined,
  error: ErrorRecord | undefined,
): void {
  if (!bus.heard) return;
  const facts = { runId: row.id, target: row.target };
  if (status === 'completed')
    bus.tell({ type: 'run.completed', ...facts, output: output === undefined ? undefined : JSON.parse(output) });
  else if (status === 'failed') bus.tell({ type: 'run.failed', ...facts, error: error as ErrorRecord });
  else bus.tell({ type: 'run.cancelled', ...facts });
}
