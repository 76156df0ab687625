import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import { unifiedDiff, type FileChange } from '../../../core/unified-diff.ts';
import type { Diagnostic, Edit } from '../../../model/index.ts';
import { pretty } from '../../../rules/index.ts';
import { editSystem } from '../../../source/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { jsonArgument } from '../../kit/json-argument.ts';
import { findSystems, hasErrors } from '../../../project/systems/read.ts';
import { reportOptions } from '../../systems/show-diagnostics.ts';
import { patternEdits } from './pattern.ts';

/** What the command line says. */
export interface EditCommandOptions {
  readonly ops?: string;
  /** A pattern of the library, in place of `ops`; `set` has its parameters, `into` the file that gets it. */
  readonly pattern?: string;
  readonly set: readonly string[];
  readonly into?: string;
  readonly dryRun?: true;
  readonly force?: true;
}

/** Applies a list of edits to the source of a system. Exit code 1 when they are refused. */
export async function edit(io: Io, file: string, options: EditCommandOptions): Promise<number> {
  const { dryRun, force } = options;
  const edits = await editsOf(io, options);
  const entry = resolve(io.cwd, file);
  const tried = await editSystem(entry, edits, { cwd: io.cwd, dryRun: true });
  const changes = [...tried.texts].map(([path, { before, after }]): FileChange => ({
    path: shownPath(path, io.cwd),
    before,
    after,
  }));
  const diff = unifiedDiff(changes);
  // Places are those of the new text.
  const readSource = (name: string): string | undefined =>
    changes.find(({ path }) => path === name)?.after ?? reportOptions(io, 'note').readSource?.(name);
  const answer = (diagnostics: readonly Diagnostic[], written: readonly string[], ok: boolean): number => {
    const system = tried.system?.name ?? null;
    const files = written.map((path) => shownPath(path, io.cwd));
    if (io.json) io.document({ ok, system, written: files, diff, edits: edits.length, diagnostics });
    else {
      for (const line of diff === '' ? [] : diff.trimEnd().split('\n')) io.out(painted(io, line));
      if (diagnostics.length > 0) io.note(pretty(diagnostics, { ...reportOptions(io, 'note'), readSource }));
      io.note(summary({ ok, isDry: dryRun === true, count: edits.length, files, diff }));
    }
    return ok ? 0 : 1;
  };
  if (tried.system === undefined) return answer(tried.diagnostics, [], false);
  const fresh = await newProblems(io, entry, tried.texts);
  const found = [...tried.diagnostics, ...fresh];
  if (hasErrors(fresh) && force !== true) return answer(found, [], false);
  if (dryRun === true) return answer(found, [], true);
  const { written, system, diagnostics } = await editSystem(entry, edits, { cwd: io.cwd });
  return answer([...diagnostics, ...fresh], written, system !== undefined);
}

async function editsOf(io: Io, { ops, pattern, set, into }: EditCommandOptions): Promise<readonly Edit[]> {
  if ((ops === undefined) === (pattern === undefined)) {
    throw new CliError(
      'MR2003',
      ops === undefined ? 'There is nothing to do.' : '--ops and --pattern exclude each other.',
      {
        hint: 'Give the edits with --ops, or name a pattern with --pattern.',
      },
    );
  }
  if (ops === undefined || pattern !== undefined) return patternEdits(pattern ?? '', set, into);
  if (set.length > 0 || into !== undefined) {
    throw new CliError('MR2003', '--set and --into are for --pattern.', { hint: 'An edit names its own file.' });
  }
  const given = await jsonArgument(io, '--ops', ops);
  // One edit need not be put into a list.
  const edits = (typeof given === 'object' && given !== null && 'op' in given ? [given] : given) as readonly Edit[];
  if (Array.isArray(edits)) return edits;
  throw new CliError('MR2003', '--ops: edits come as a list.', {
    hint: 'Such as \'[{"op":"rename","path":"tasks.pay","to":"payOrder"}]\'.',
    exitCode: 1,
  });
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

interface Outcome {
  readonly ok: boolean;
  readonly isDry: boolean;
  readonly count: number;
  readonly files: readonly string[];
  readonly diff: string;
}

function summary({ ok, isDry, count, files, diff }: Outcome): string {
  const edits = count === 1 ? '1 edit' : `${count} edits`;
  if (!ok) return `Nothing was written: ${edits} refused.`;
  if (diff === '') return `${edits}: the source says all of it already.`;
  return isDry ? `${edits} would be made; nothing was written.` : `${edits} made: wrote ${files.join(', ')}.`;
}
