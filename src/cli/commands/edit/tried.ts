import { readFileSync } from 'node:fs';
import { shownPath } from '../../../core/shown-path.ts';
import { unifiedDiff, type FileChange } from '../../../core/unified-diff.ts';
import type { Diagnostic, Edit } from '../../../model/index.ts';
import { pretty } from '../../../rules/index.ts';
import { editSystem, type EditResult } from '../../../source/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { findSystems, hasErrors } from '../../../project/systems/read.ts';
import type { Io } from '../../kit/io.ts';
import { reportOptions } from '../../systems/show-diagnostics.ts';

/** What a list of edits would do to the source of a system. */
export interface TriedEdits {
  readonly edits: readonly Edit[];
  readonly result: EditResult;
  readonly changes: readonly FileChange[];
  /** As `git diff` would show it. */
  readonly diff: string;
  /** What the rules find in the new text and did not find in the old one. */
  readonly fresh: readonly Diagnostic[];
  /** All that is said about it. */
  readonly diagnostics: readonly Diagnostic[];
  /** Why the edits cannot be made, or had better not be: errors among all that. */
  readonly refused: readonly Diagnostic[];
}

/** Works out what edits would do. Nothing is written. */
export async function tryEdits(io: Io, entry: string, edits: readonly Edit[]): Promise<TriedEdits> {
  const result = await editSystem(entry, edits, { cwd: io.cwd, dryRun: true });
  const changes = [...result.texts].map(([path, { before, after }]): FileChange => ({
    path: shownPath(path, io.cwd),
    before,
    after,
  }));
  const fresh = result.system === undefined ? [] : await newProblems(io, entry, result.texts);
  const diagnostics = [...result.diagnostics, ...fresh];
  const refused = result.system !== undefined && !hasErrors(fresh) ? [] : diagnostics.filter(isError);
  return { edits, result, changes, diff: unifiedDiff(changes), fresh, diagnostics, refused };
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';

/** Prints a difference, for people. */
export function showDiff(io: Io, diff: string): void {
  for (const line of diff === '' ? [] : diff.trimEnd().split('\n')) io.out(painted(io, line));
}

/** Prints what is said about edits. Places are those of the new text. */
export function showProblems(io: Io, diagnostics: readonly Diagnostic[], changes: readonly FileChange[]): void {
  if (diagnostics.length === 0) return;
  const readSource = (name: string): string | undefined =>
    changes.find(({ path }) => path === name)?.after ?? reportOptions(io, 'note').readSource?.(name);
  io.note(pretty(diagnostics, { ...reportOptions(io, 'note'), readSource }));
}

/** What the rules find in the new text and did not find in the old one. */
async function newProblems(
  io: Io,
  entry: string,
  texts: ReadonlyMap<string, { readonly after: string }>,
): Promise<readonly Diagnostic[]> {
  if (texts.size === 0) return [];
  const config = await readConfig(io.cwd);
  const before = await findSystems([entry], io.cwd, config);
  const after = await findSystems([entry], io.cwd, config, {
    readFile: (path) => {
      const text = texts.get(path)?.after;
      return text === undefined ? readFileSync(path) : Buffer.from(text);
    },
  });
  // A message names what it is about, which may be called otherwise now: as many problems of a kind are the same ones.
  const count = ({ diagnostics }: typeof before, code: string): number =>
    diagnostics.filter((each) => each.code === code).length;
  return after.diagnostics.filter(
    ({ code, severity }) => severity !== 'info' && count(after, code) > count(before, code),
  );
}

function painted(io: Io, line: string): string {
  if (/^(?:---|\+\+\+|={3,})/.test(line)) return io.paint('bold', line);
  if (line.startsWith('@@')) return io.paint('cyan', line);
  return line.startsWith('+') ? io.paint('green', line) : line.startsWith('-') ? io.paint('red', line) : line;
}

/** What came of a list of edits. */
export interface Outcome {
  readonly ok: boolean;
  readonly isDry: boolean;
  readonly count: number;
  readonly files: readonly string[];
  readonly diff: string;
}

/** The same in a sentence. */
export function summary({ ok, isDry, count, files, diff }: Outcome): string {
  const edits = count === 1 ? '1 edit' : `${count} edits`;
  if (!ok) return `Nothing was written: ${edits} refused.`;
  if (diff === '') return `${edits}: the source says all of it already.`;
  return isDry ? `${edits} would be made; nothing was written.` : `${edits} made: wrote ${files.join(', ')}.`;
}
