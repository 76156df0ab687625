import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { SystemModel } from '../../../model/index.ts';
import { readSystem } from '../../../source/index.ts';
import type { Io } from '../../kit/io.ts';
import { openRevision } from '../../kit/revision.ts';
import { hasErrors } from '../../../project/systems/read.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';

/** One side of a comparison: a file, as it is on the disk or as it was in a revision. */
export interface Side {
  readonly file: string;
  readonly revision?: string;
}

/** Reads `FILE`, `REVISION:FILE`, or, with the file of the other side, `VERSION` or `REVISION`. */
export function parseSide(text: string, cwd: string, other?: string): Side {
  if (existsSync(resolve(cwd, text))) return { file: text };
  // A version that was kept beside the other side, before a revision that may be called so.
  const kept = other === undefined || !/^\d/.test(text) ? undefined : join(dirname(other), 'snapshots', `${text}.json`);
  if (kept !== undefined && existsSync(resolve(cwd, kept))) return { file: kept };
  const [, revision, file] = /^([^:]+):(.+)$/.exec(text) ?? [];
  if (revision !== undefined && file !== undefined && !/^[A-Za-z]$/.test(revision)) return { revision, file };
  if (other !== undefined && !/\.(?:m?ts|json)$/.test(text)) return { revision: text, file: other };
  // The reader says what is wrong with it.
  return { file: text };
}

/** The model of a side; nothing when it has errors, which are shown. */
export async function readSide(io: Io, { file, revision }: Side): Promise<SystemModel | undefined> {
  const { system, diagnostics } = await readSystem(file, {
    cwd: io.cwd,
    ...(revision !== undefined && { readFile: openRevision(io.cwd, revision).readFile }),
  });
  if (system !== undefined && !hasErrors(diagnostics)) return system;
  if (io.json) io.document({ ok: false, diagnostics });
  else {
    if (revision !== undefined) io.note(`In ${revision}:`);
    showDiagnostics(io, diagnostics);
  }
  return undefined;
}
