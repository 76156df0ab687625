import type { InstanceName, RestoreResult } from '../../../runtime/index.ts';
import { CliError, withFlags } from '../../../project/kit/failure.ts';
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
  if (many && Object.keys(given).length > 0 && !Object.values(given).some(isDocument)) {
    throw new CliError('MR3354', `--document: this is no document of an instance, and no object of such documents.`, {
      hint: '`dsl instances export` writes them.',
      exitCode: 1,
    });
  }
  const opened = await openSystem(io, file, db);
  if (opened === undefined) return 1;
  if (opened.restate !== undefined) {
    throw new CliError('MR5281', 'On Restate instances are not restored of documents.', {
      hint: 'Create the instance anew: by an event, or with `client.create`.',
    });
  }
  const options = { force, acceptChanged, timers };
  const { result, driven } = await drive(io, opened, async (engine): Promise<RestoreResult> => {
    if (!('restoreInstances' in engine)) return { restored: [], skipped: {} };
    if (many) return engine.restoreInstances(given as Readonly<Record<string, unknown>>, options);
    const view = await engine.restoreInstance(given, { ...options, ...(id === undefined ? {} : { id }) });
    return { restored: [{ machine: view.machine, id: view.id }], skipped: {} };
  });
  const skipped = Object.entries(result.skipped).map(
    ([key, record]) => [key, { ...record, message: withFlags(record.message) }] as const,
  );
  if (io.json) io.document({ ok: skipped.length === 0, ...result, skipped: Object.fromEntries(skipped), driven });
  else print(io, result.restored, skipped);
  return skipped.length === 0 ? 0 : 1;
}

/** Does it say that it is one? What else is wrong with it is told under its key. */
const isDocument = (value: unknown): boolean => typeof value === 'object' && value !== null && 'format' in value;

function print(
  io: Io,
  restored: readonly InstanceName[],
  skipped: readonly (readonly [string, { readonly code: string; readonly message: string }])[],
): void {
  io.out(`${restored.length} restored${skipped.length === 0 ? '.' : `, ${skipped.length} passed over:`}`);
  for (const [key, { code, message }] of skipped) io.out(`  ${key}: ${io.paint('red', code)} ${message}`);
}
