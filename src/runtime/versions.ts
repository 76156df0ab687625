import { OwnerError, RunError, isBreaking } from '../engine/index.ts';
import { basename } from 'node:path';
import type { RunRow, RunStatus, Tx } from '../store/index.ts';
import type { BoundSystem } from '../tasks/index.ts';
import { readColumn } from './unreadable.ts';

/** Where a database notes which versions of a system have made rows in it. */
export const versionsKey = (system: string): string => `versions ${system}`;

/** The versions of a system that have made rows, in the order in which they came. */
export function versionsOf(tx: Pick<Tx, 'meta'>, system: string): readonly string[] {
  return readColumn(`the list of versions of '${system}'`, 'value', tx.meta.get(versionsKey(system)) ?? '[]');
}

/**
 * Notes that this version drives a database from now on.
 *
 * @throws OwnerError MR3500 when something alive in it has data of a version that this code does not understand.
 */
export function noteVersion(tx: Tx, system: BoundSystem, db: string | undefined): void {
  const { name, version } = system;
  const known = versionsOf(tx, name);
  // Looked at only then: whoever drives the file with one line of versions pays for no search.
  const others = known.filter((other) => isBreaking(other, version));
  const alive = others.find((other) => tx.runs.hasAlive(other) || tx.instances.hasAlive(other));
  if (alive !== undefined) {
    throw new OwnerError(
      'MR3500',
      `This is version ${version} of the system '${name}', and the database has instances or runs of version ${alive}, which it may not understand. Carry them over with \`dsl migrate ${basename(system.source)} --db ${db ?? 'DATABASE'}\`, or drive them with version ${alive}.`,
      { fault: 'input', details: { system: name, version, found: alive } },
    );
  }
  if (others.length === 0 && known.includes(version)) return;
  const rest = known.filter((other) => !others.includes(other) && other !== version);
  tx.meta.set(versionsKey(name), JSON.stringify([...rest, version]));
}

/** A migration could not carry this run over; it waits for one that can. */
export function oldRun(row: RunRow, { name, version }: BoundSystem): RunError | undefined {
  if (!isBreaking(row.version, version)) return undefined;
  return new RunError(
    'MR3501',
    `Run '${row.id}' has data of version ${row.version} of the system '${name}', and this is version ${version}. No migration has carried it over; mend the step and migrate again, or cancel the run.`,
    { fault: 'user-code', details: { run: row.id, version: row.version, ...kept(row) } },
  );
}

/** The status that a run had before it was blocked; one of which that is not known is to be driven, to see. */
export function statusBefore({ status, error }: RunRow): RunStatus {
  if (status !== 'blocked') return status;
  const { details } = JSON.parse(error ?? '{}') as { readonly details?: { readonly status?: RunStatus } };
  return details?.status ?? 'running';
}

/** What is passed on to the next reason: one that has news since is not at rest any more, unless it is paused. */
function kept(row: RunRow): { readonly status?: RunStatus } {
  const before = statusBefore({ ...row, status: 'blocked' });
  return before === 'paused' || (before === 'waiting' && row.status === 'blocked') ? { status: before } : {};
}
