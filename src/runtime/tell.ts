import type { ErrorRecord } from '../core/index.ts';
import type { JournalRow, RunRow } from '../store/index.ts';
import type { Bus, StepFacts } from './bus.ts';
import type { RunEnd, Stop } from './context.ts';
import type { Compacted } from './host/rounds.ts';
import { rewoundOf } from './rewind/rewound.ts';

/** Tells what a new line of the journal means. */
export function tellStep(bus: Bus, row: JournalRow): void {
  const { run: runId, path: step } = row;
  const facts = { runId, step, target: row.name, attempt: row.attempt };
  switch (row.kind) {
    case 'started':
    case 'called':
    case 'opened':
      return bus.tell({ type: 'step.started', ...facts });
    case 'sleeping':
      return bus.tell({ type: 'step.waiting', ...facts, waits: 'sleep' });
    case 'waiting':
      return bus.tell({ type: 'step.waiting', ...facts, waits: 'event' });
    case 'asked':
      bus.tell({ type: 'step.waiting', ...facts, waits: 'approval' });
      return bus.tell({ type: 'approval.asked', runId, step });
    case 'decided': {
      const { approved, by } = JSON.parse(row.data ?? '{}') as { approved: boolean; by: string };
      bus.tell({ type: 'approval.decided', runId, step, approved, by });
      return finished(bus, row, facts);
    }
    case 'completed':
    case 'slept':
    case 'received':
    case 'emitted':
    case 'won':
    case 'closed':
      return finished(bus, row, facts);
    case 'failed':
    case 'timedOut':
    case 'caught':
      return bus.tell({ type: 'step.failed', ...facts, error: errorOf(row) });
    case 'lost':
      return bus.tell({ type: 'step.lost', ...facts, lost: (JSON.parse(row.data ?? '') as { lost: number }).lost });
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
    case 'stopping': {
      const { reason, error } = JSON.parse(row.data ?? '') as Stop;
      return bus.tell({ type: 'run.stopping', runId, reason, error });
    }
    case 'verified': {
      const { ok } = JSON.parse(row.data ?? '{}') as { ok?: boolean };
      return bus.tell({ type: 'step.verified', runId, step, ok: ok === true });
    }
    case 'compacted': {
      const { rounds } = JSON.parse(row.data ?? '{}') as Compacted;
      return bus.tell({ type: 'rounds.compacted', runId, step, rounds });
    }
    case 'rewound': {
      const { reason, by } = rewoundOf(row);
      return bus.tell({ type: 'run.retried', runId, step, reason, by });
    }
    // The line of a map or a branch is written when it begins, and none when it ends: the steps in it tell.
    case 'chosen':
    case 'mapped':
    case 'enqueued':
      return undefined;
  }
}

/** The result of a step is on the disk. */
function finished(bus: Bus, row: JournalRow, facts: StepFacts): void {
  bus.tell({ type: 'step.completed', ...facts });
  bus.tell({ type: 'checkpoint.created', runId: row.run, step: row.path, checkpoint: row.seq });
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
