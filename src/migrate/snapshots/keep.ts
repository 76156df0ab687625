import { resolve } from 'node:path';
import { systemClock, type Clock } from '../../core/index.ts';
import { writeFiles } from '../../core/write-files.ts';
import type { Diagnostic } from '../../model/index.ts';
import { planSource } from '../source/source.ts';
import { WorkingCopy } from '../source/working-copy.ts';
import { keptVersions, type KeptVersion } from './snapshots.ts';

/** What {@link keepVersion} is told. */
export interface KeepOptions {
  /** The `.dsl.ts` of the system. */
  readonly entry: string;
  /** What paths are relative to. Default: the working directory. */
  readonly cwd?: string;
  /** Gives the time in the history. Default: the wall clock. */
  readonly clock?: Clock;
}

/** What came of keeping a version. */
export interface KeepResult {
  /** Where the version is kept; absent when there is an error. */
  readonly kept?: KeptVersion;
  readonly system?: string;
  /** Was the file written now, rather than before? */
  readonly written: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

/** See `keepVersion` of `millrace/migrate`. */
export async function keepVersion(options: KeepOptions): Promise<KeepResult> {
  const { entry: file, cwd = process.cwd(), clock = systemClock() } = options;
  const entry = resolve(cwd, file);
  const { system, errors } = await new WorkingCopy(entry, cwd).system();
  if (system === undefined) return { written: false, diagnostics: errors };
  const planned = await planSource({ entry, cwd, steps: [], target: system.version, clock });
  if (planned.after === undefined) return { written: false, diagnostics: planned.diagnostics };
  const { snapshot } = planned;
  if (snapshot !== undefined) writeFiles([[snapshot.path, snapshot.text]]);
  const kept = keptVersions(entry).find(({ version }) => version === system.version);
  return {
    ...(kept && { kept }),
    system: system.name,
    written: snapshot !== undefined,
    diagnostics: planned.diagnostics,
  };
}
