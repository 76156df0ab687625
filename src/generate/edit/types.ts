import { dirname } from 'node:path';
import { MillraceError } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic } from '../../model/index.ts';
import { problemIn } from '../codes.ts';
import { checkTypes, type TypeProblem } from '../types/check.ts';
import { findCompiler } from '../types/compiler.ts';

/** The files of a system as they are, and as edits would leave them. Paths are absolute. */
export interface ChangedFiles {
  /** The folder of the project: the one with its `package.json`. */
  readonly root: string;
  readonly entry: string;
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

/** What the type checker finds that it did not find before; or why nothing was checked. */
export type TypesChecked = { readonly problems: readonly Diagnostic[] } | { readonly unchecked: string };

/**
 * Checks the types of a source as edits would leave it, in the user's project and with its settings. What was wrong
 * before is not held against the edits. Nothing is written.
 *
 * @param cwd The folder that files of diagnostics are relative to.
 */
export async function checkEditedTypes(
  { root, entry, before, after }: ChangedFiles,
  cwd: string,
  signal?: AbortSignal,
): Promise<TypesChecked> {
  try {
    const places = { root, sourcePath: entry, tasksDir: dirname(entry), outDir: root };
    const compiler = await findCompiler(places, signal);
    const found = await checkTypes(root, compiler, after, signal);
    if (found.length === 0) return { problems: [] };
    const known = (await checkTypes(root, compiler, before, signal)).map(kindOf);
    const fresh = found.filter((one) => {
      const index = known.indexOf(kindOf(one));
      if (index >= 0) known.splice(index, 1);
      return index < 0;
    });
    return { problems: fresh.map((one) => told(one, entry, cwd)) };
  } catch (error) {
    // A project may have no TypeScript of its own: the rules have judged the source all the same.
    if (error instanceof MillraceError && error.code === 'MR5002') return { unchecked: error.message };
    throw error;
  }
}

// Lines move with the edits.
const kindOf = ({ file = '', code, message }: TypeProblem): string => `${file} ${code} ${message}`;

function told({ file, line, column, code, message }: TypeProblem, entry: string, cwd: string): Diagnostic {
  const [first = '', ...more] = message.split('\n');
  const text = `${code}: ${[first, ...more.map((one) => one.trim())].join(' ')}`;
  return problemIn(shownPath(file ?? entry, cwd), 'MR5070', text, { line, column });
}
