import { RunError, type Program, type Registry } from '../engine/index.ts';
import type { RunRow } from '../store/index.ts';
import { oldRun } from './versions.ts';

/** What a run runs, or why this system cannot run it. */
export function programFor(registry: Registry, row: RunRow): Program | RunError {
  const old = oldRun(row, registry.system);
  if (old !== undefined) return old;
  const program = registry.program(row.kind, row.target);
  if (program === undefined) {
    return new RunError(
      'MR3204',
      `Run '${row.id}' needs the ${row.kind} '${row.target}', which this system does not have. Register it, or bring it back; the run then goes on.`,
    );
  }
  if (row.registered && program.hash !== row.hash) {
    return new RunError(
      'MR3212',
      `Run '${row.id}' was started by a flow '${row.target}' registered at run time with hash '${row.hash}'; the one registered now has '${program.hash}'. Register the same flow again.`,
    );
  }
  return program;
}
