import { milliseconds } from '../core/index.ts';
import type { RunRow, RunStatus, Tx } from '../store/index.ts';
import type { Context, NewRun } from './context.ts';
import type { Program } from '../engine/index.ts';

/** The row of a run that begins now. */
export function newRun(
  { clock, registry }: Pick<Context, 'clock' | 'registry'>,
  tx: Tx,
  run: NewRun,
  program: Program | undefined,
  status: RunStatus,
): RunRow {
  const now = clock.now();
  return {
    id: run.id,
    kind: run.kind,
    target: run.target,
    hash: program?.hash ?? '',
    registered: program?.registered ?? false,
    status,
    input: run.input ?? null,
    output: null,
    error: null,
    errors: null,
    metadata: run.metadata ?? null,
    parent: run.parent?.run ?? null,
    parentPath: run.parent?.path ?? null,
    machine: run.owner?.machine ?? null,
    instance: run.owner?.instance ?? null,
    ref: run.owner?.ref ?? null,
    since: tx.events.last(),
    version: registry.system.version,
    renamed: null,
    priority: run.priority ?? (run.parent === undefined ? undefined : tx.runs.get(run.parent.run)?.priority) ?? 0,
    forked: null,
    created: now,
    updated: now,
    ended: null,
  };
}

/** Sets the time after which a run has taken too long. */
export function limitRun(tx: Tx, row: RunRow, { timeout: asked }: NewRun, program: Program | undefined): void {
  const timeout = asked ?? (program?.timeout === undefined ? undefined : milliseconds(program.timeout));
  if (timeout === undefined) return;
  const { id, created } = row;
  tx.timers.put({ key: id, due: created + timeout, kind: 'run', target: id, part: '', name: null, data: null });
}
