import { execFileSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { CliError } from '../../project/kit/failure.ts';

/** The files as they were in a revision of git. */
export interface Revision {
  /** By absolute path. Throws where the revision has no such file. */
  readonly readFile: (path: string) => Buffer;
  /** All files of the repository, absolute. */
  readonly files: () => readonly string[];
}

/**
 * Opens a revision of the repository around a folder: a commit, or a tree such as what `git write-tree` makes of the index.
 *
 * @throws CliError MR2030 when git is not there, or has no such revision.
 */
export function openRevision(cwd: string, revision: string): Revision {
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
  const tree = git('rev-parse', '--verify', '--end-of-options', `${revision}^{tree}`).toString('utf8').trimEnd();
  const root = git('rev-parse', '--show-toplevel').toString('utf8').trimEnd();
  return {
    readFile: (path) => git('cat-file', 'blob', `${tree}:${relative(root, path).replaceAll('\\', '/')}`),
    files: () =>
      git('ls-tree', '-r', '-z', '--full-tree', '--name-only', tree)
        .toString('utf8')
        .split('\0')
        .flatMap((path) => (path === '' ? [] : [join(root, path)])),
  };
}
