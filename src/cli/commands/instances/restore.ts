import type { InstanceName, RestoreResult } from '../../../runtime/index.ts';
import { CliError } from '../../kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { jsonArgument } from '../../kit/json-argument.ts';
import { openSystem } from '../../systems/bound.ts';
import { drive } from './drive.ts';

/** The options of `dsl instances restore`. */
export interface RestoreArguments {
  readonly document: string;
  readonly id?: string;
  readonly force?: boolean;
  readonly acceptChanged?: boolean;
  readonly timers: 'due' | 'left';
  readonly db?: string;
}

/** Makes instances of documents. */
export async function restore(io: Io, file: string, arguments_: RestoreArguments): Promise<number> {
  const { document: text, db, id, force = false, acceptChanged = false, timers } = arguments_;
  const given = await jsonArgument(io, '--document', text);
  const many = typeof given === 'object' && given !== null && !Array.isArray(given) && !('format' in given);
  if (many && id !== undefined) {
    throw new CliError('MR2003', '--id is for a single document, and these are several.', {
      hint: 'Leave --id out, or take one of them.',
    });
  }
  const opened = await openSystem(io, file, db);
  if (opened === undefined) return 1;
  const options = { force, acceptChanged, timers };
  const { result, driven } = await drive(io, opened, async (engine): Promise<RestoreResult> => {
    if (many) return engine.restoreInstances(given as Readonly<Record<string, unknown>>, options);
    const view = await engine.restoreInstance(given, { ...options, ...(id === undefined ? {} : { id }) });
    return { restored: [{ machine: view.machine, id: view.id }], skipped: {} };
  });
  const skipped = Object.entries(result.skipped);
  if (io.json) io.document({ ok: skipped.length === 0, ...result, driven });
  else print(io, result.restored, skipped);
  return skipped.length === 0 ? 0 : 1;
}

function print(
  io: Io,
  restored: readonly InstanceName[],
  skipped: readonly [string, { code: string; message: string }][],
): void {
  io.out(`${restored.length} restored${skipped.length === 0 ? '.' : `, ${skipped.length} passed over:`}`);
  for (const [key, { code, message }] of skipped) io.out(`  ${key}: ${io.paint('red', code)} ${message}`);
}
