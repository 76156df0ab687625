import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import { proposeEdits, type Proposal } from '../../../generate/edit/propose.ts';
import { checkEditedTypes } from '../../../generate/edit/types.ts';
import { formatMoney } from '../../../llm/index.ts';
import type { Diagnostic } from '../../../model/index.ts';
import { readConfig, type Config } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { projectRoot } from '../../../project/systems/places.ts';
import { findSystems, hasErrors, type FoundSystem } from '../../../project/systems/read.ts';
import { editSystem } from '../../../source/index.ts';
import { canAsk, confirm } from '../../kit/confirm.ts';
import { interruptedCode } from '../../kit/interrupted.ts';
import type { Io } from '../../kit/io.ts';
import { mustBeThere } from '../../models/must-be-there.ts';
import { mustHaveModels } from '../../models/open.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { showDiff, showProblems, summary, tryEdits, type TriedEdits } from './tried.ts';

/** The options of an edit in words. */
export interface WordsOptions {
  readonly yes?: true;
  readonly dryRun?: true;
  readonly force?: true;
  readonly model?: string;
  readonly provider?: string;
  readonly maxCost?: string;
}

/**
 * Changes a system as a person wants it: a model proposes edits, they are tried and shown, and made when the person
 * agrees. Exit code 1 when nothing could be proposed, it was refused, or the person did not agree.
 */
export async function editInWords(io: Io, file: string, wanted: string, options: WordsOptions): Promise<number> {
  const { yes, dryRun, force, model } = options;
  if (wanted.trim() === '') throw new CliError('MR2003', 'There is nothing to do: the words are empty.', {});
  // Before anybody is paid.
  if (yes !== true && dryRun !== true && !canAsk(io)) {
    throw new CliError(
      'MR2003',
      'An edit in words is made when somebody has agreed, and there is no terminal to ask at.',
      {
        hint: 'Give --yes to agree beforehand, or --dry-run to see what would change.',
      },
    );
  }
  const entry = resolve(io.cwd, file);
  const config = await readConfig(io.cwd, entry);
  const found = await readable(io, entry, config);
  if (found === undefined) return 1;
  const opened = mustHaveModels(config, io, 'An edit in words', options);
  mustBeThere({ model }, opened.settings, opened.providers);
  const { cwd } = io;
  // Paths of edits name files as the model does: from the folder of the entry.
  const files = found.files.map((path) => ({
    name: shownPath(path, dirname(entry)),
    text: readFileSync(path, 'utf8'),
  }));
  io.note(io.paint('dim', `Asks a model for the edits of ${shownPath(entry, cwd)} …`, 'note'));
  const proposal = await proposed({
    system: found.model,
    files,
    wanted,
    models: opened.models,
    signal: io.interrupted,
    choice: model === undefined ? {} : { model },
    attempt: async (edits) => {
      const tried = await withTypes(io, found, config, await tryEdits(io, entry, edits));
      return force === true && tried.result.system !== undefined ? { ...tried, refused: [] } : tried;
    },
    onRefused: (refused) => told(io, 'Refused, and given back to the model once:', refused),
  });
  if (proposal === undefined) return calledOff(io);
  return await carriedOut(io, entry, proposal, options);
}

function calledOff(io: Io): number {
  io.note('Nothing was written: it was called off.');
  return interruptedCode(io);
}

/** Undefined when the person called it off: then nothing is there to be told. */
async function proposed(
  options: Parameters<typeof proposeEdits<TriedEdits>>[0],
): Promise<Proposal<TriedEdits> | undefined> {
  try {
    return await proposeEdits(options);
  } catch (error) {
    if (options.signal?.aborted === true) return undefined;
    throw error;
  }
}

/** What the rules let through is type-checked, too, where the project has a TypeScript. */
async function withTypes(
  io: Io,
  { entry, files }: FoundSystem,
  config: Config,
  tried: TriedEdits,
): Promise<TriedEdits> {
  const { texts } = tried.result;
  if (tried.refused.length > 0 || texts.size === 0) return tried;
  const before = new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));
  const after = new Map([...before].map(([path, text]) => [path, texts.get(path)?.after ?? text]));
  const root = projectRoot(entry) ?? config.root;
  const checked = await checkEditedTypes({ root, entry, before, after }, io.cwd, io.interrupted);
  if ('unchecked' in checked) {
    io.note(io.paint('dim', `Types are not checked: ${checked.unchecked}`, 'note'));
    return tried;
  }
  const { problems } = checked;
  const add = (some: readonly Diagnostic[]): readonly Diagnostic[] => [...some, ...problems];
  return { ...tried, fresh: add(tried.fresh), diagnostics: add(tried.diagnostics), refused: problems };
}

async function readable(io: Io, entry: string, config: Config): Promise<FoundSystem | undefined> {
  const { systems, diagnostics } = await findSystems([entry], io.cwd, config);
  const [found] = systems;
  if (found !== undefined && !hasErrors(diagnostics)) return found;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (io.json) io.document({ ok: false, system: null, written: [], diff: '', edits: [], diagnostics: errors });
  else {
    showDiagnostics(io, errors);
    io.note('A system has to be right before it is changed in words.');
  }
  return undefined;
}

function told(io: Io, heading: string, refused: readonly Diagnostic[]): void {
  io.note(heading);
  for (const { code, message, hint } of refused)
    io.note(`  ${io.paint('yellow', code, 'note')} ${message}${hint === undefined ? '' : ` (${hint})`}`);
}

async function carriedOut(
  io: Io,
  entry: string,
  proposal: Proposal<TriedEdits>,
  { yes, dryRun }: WordsOptions,
): Promise<number> {
  const { edits, notes, tried } = proposal;
  const refused = tried?.refused ?? [];
  const isPossible = tried !== undefined && refused.length === 0;
  if (!io.json) {
    if (tried !== undefined) showDiff(io, tried.diff);
    showProblems(io, tried?.diagnostics ?? [], tried?.changes ?? []);
    if (notes !== '') io.note(`${io.paint('bold', 'The model:', 'note')} ${notes}`);
    io.note(io.paint('dim', spent(proposal), 'note'));
  }
  const canBeMade = isPossible && dryRun !== true && tried.diff !== '';
  const agreed = !canBeMade ? 'no' : yes === true ? 'yes' : await confirm(io, 'Make these edits?');
  if (agreed === 'interrupted') return calledOff(io);
  const made = agreed === 'yes' ? await editSystem(entry, edits, { cwd: io.cwd }) : undefined;
  const diagnostics = made === undefined ? (tried?.diagnostics ?? []) : [...made.diagnostics, ...(tried?.fresh ?? [])];
  const written = (made?.written ?? []).map((path) => shownPath(path, io.cwd));
  const ok = isPossible && (dryRun === true || tried.diff === '' || made?.system !== undefined);
  if (io.json) {
    const { before, calls, usage, cost, model, prompt } = proposal;
    io.document({
      ok,
      system: tried?.result.system?.name ?? null,
      written,
      diff: tried?.diff ?? '',
      edits,
      notes,
      diagnostics,
      refusedBefore: before,
      model: { name: model, prompt, calls, usage, ...(cost === undefined ? {} : { cost: formatMoney(cost) }) },
    });
    return ok ? 0 : 1;
  }
  if (made !== undefined && made.system === undefined) showProblems(io, made.diagnostics, tried?.changes ?? []);
  if (tried === undefined) io.note('Nothing was written: the model proposes no edits.');
  else if (isPossible && !ok && made === undefined) io.note('Nothing was written.');
  else io.note(summary({ ok, isDry: dryRun === true, count: edits.length, files: written, diff: tried.diff }));
  return ok ? 0 : 1;
}

function spent({ calls, usage, cost, model }: Proposal<TriedEdits>): string {
  const asked = calls === 1 ? 'asked once' : `asked ${calls} times`;
  const money = cost === undefined ? 'at a price that is not known' : formatMoney(cost);
  return `${model}, ${asked}: ${usage.input} tokens in, ${usage.output} out, ${money}.`;
}
