import { resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import type { Diagnostic, Edit } from '../../../model/index.ts';
import { editSystem } from '../../../source/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { hasErrors } from '../../../project/systems/read.ts';
import type { Io } from '../../kit/io.ts';
import { jsonArgument } from '../../kit/json-argument.ts';
import { patternEdits } from './pattern.ts';
import { showDiff, showProblems, summary, tryEdits } from './tried.ts';
import type { WordsOptions } from './words.ts';

/** What the command line says. */
export interface EditCommandOptions extends WordsOptions {
  readonly ops?: string;
  /** A pattern of the library, in place of `ops`; `set` has its parameters, `into` the file that gets it. */
  readonly pattern?: string;
  readonly set: readonly string[];
  readonly into?: string;
}

/** Changes the source of a system: by a list of edits, or by what a person wants in words. Exit code 1 when it is refused. */
export async function edit(
  io: Io,
  file: string,
  wanted: string | undefined,
  options: EditCommandOptions,
): Promise<number> {
  if (wanted === undefined) return await editByList(io, file, options);
  const other = (['ops', 'pattern', 'into'] as const).find((name) => options[name] !== undefined);
  if (other !== undefined || options.set.length > 0) {
    throw new CliError('MR2003', `Words and --${other ?? 'set'} exclude each other.`, {
      hint: 'Say what should be different, or give the edits.',
    });
  }
  const { editInWords } = await import('./words.ts');
  return await editInWords(io, file, wanted, options);
}

async function editByList(io: Io, file: string, options: EditCommandOptions): Promise<number> {
  const { dryRun, force } = options;
  mustBeForWords(options);
  const edits = await editsOf(io, options);
  const entry = resolve(io.cwd, file);
  const { result: tried, changes, diff, fresh, diagnostics: found } = await tryEdits(io, entry, edits);
  const answer = (diagnostics: readonly Diagnostic[], written: readonly string[], ok: boolean): number => {
    const system = tried.system?.name ?? null;
    const files = written.map((path) => shownPath(path, io.cwd));
    if (io.json) io.document({ ok, system, written: files, diff, edits: edits.length, diagnostics });
    else {
      showDiff(io, diff);
      showProblems(io, diagnostics, changes);
      io.note(summary({ ok, isDry: dryRun === true, count: edits.length, files, diff }));
    }
    return ok ? 0 : 1;
  };
  if (tried.system === undefined) return answer(tried.diagnostics, [], false);
  if (hasErrors(fresh) && force !== true) return answer(found, [], false);
  if (dryRun === true) return answer(found, [], true);
  const { written, system, diagnostics } = await editSystem(entry, edits, { cwd: io.cwd });
  return answer([...diagnostics, ...fresh], written, system !== undefined);
}

/** What only an edit in words takes. A list of edits is made without a question. */
function mustBeForWords({ model, provider, maxCost }: EditCommandOptions): void {
  if (model === undefined && provider === undefined && maxCost === undefined) return;
  throw new CliError('MR2003', '--model, --provider and --max-cost are for an edit in words.', {
    hint: 'Such as dsl edit orders.dsl.ts "add a refund state after cancelled" --max-cost 0.10.',
  });
}

async function editsOf(io: Io, { ops, pattern, set, into }: EditCommandOptions): Promise<readonly Edit[]> {
  if ((ops === undefined) === (pattern === undefined)) {
    throw new CliError(
      'MR2003',
      ops === undefined ? 'There is nothing to do.' : '--ops and --pattern exclude each other.',
      {
        hint: 'Say in words what should be different, give the edits with --ops, or name a pattern with --pattern.',
      },
    );
  }
  if (ops === undefined || pattern !== undefined) return patternEdits(pattern ?? '', set, into);
  if (set.length > 0 || into !== undefined) {
    throw new CliError('MR2003', '--set and --into are for --pattern.', { hint: 'An edit names its own file.' });
  }
  const given = await jsonArgument(io, '--ops', ops);
  const isObject = typeof given === 'object' && given !== null;
  // One edit need not be put into a list; the document of `--json` has one.
  const edits = (
    isObject && 'op' in given ? [given] : isObject && 'edits' in given ? given.edits : given
  ) as readonly Edit[];
  if (Array.isArray(edits)) return edits;
  throw new CliError('MR2003', '--ops: edits come as a list.', {
    hint: 'Such as \'[{"op":"rename","path":"tasks.pay","to":"payOrder"}]\'.',
    exitCode: 1,
  });
}
