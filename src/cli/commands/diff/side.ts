import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import type { SystemModel } from '../../../model/index.ts';
import { readSystem } from '../../../source/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
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
    ...(revision !== undefined && { readFile: fromRevision(io.cwd, revision) }),
  });
  if (system !== undefined && !hasErrors(diagnostics)) return system;
  if (io.json) io.document({ ok: false, diagnostics });
  else {
    if (revision !== undefined) io.note(`In ${revision}:`);
    showDiagnostics(io, diagnostics);
  }
  return undefined;
}

function fromRevision(cwd: string, revision: string): (path: string) => Buffer {
  const git = (...args: readonly string[]): Buffer => {
    try {
      return execFileSync('git', args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 28 });
    } catch (thrown) {
      const { code, stderr } = thrown as { readonly code?: string; readonly stderr?: Buffer };
      if (/^\d+\.\d+\.\d+/.test(revision)) {
        throw new CliError('MR2030', `Version ${revision} was not kept, and git has no such revision.`, {
          hint: 'Keep a version while the source says it: `dsl migrate FILE --snapshot`.',
          cause: thrown,
        });
      }
      const reason = code === 'ENOENT' ? 'git is not installed' : String(stderr).trim().split('\n')[0];
      throw new CliError('MR2030', `git could not give revision '${revision}': ${reason}.`, {
        hint: 'Look at `git log`, or compare two files.',
        cause: thrown,
      });
    }
  };
  // A revision that begins with a dash would be an option.
  git('rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`);
  const root = git('rev-parse', '--show-toplevel').toString('utf8').trimEnd();
  return (path) => git('cat-file', 'blob', `${revision}:${relative(root, path).replaceAll('\\', '/')}`);
}
