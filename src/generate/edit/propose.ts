import type { AskOptions, Message, Models, Money, RoutedRequest, Usage } from '../../llm/index.ts';
import type { Diagnostic, Edit, SystemModel } from '../../model/index.ts';
import { openSpending } from '../pipeline/spending.ts';
import { pathsOf } from './paths.ts';
import { promptOf } from './prompt.ts';
import { proposalSchema } from './proposal.ts';

/** What trying a list of edits found. Nothing is written by that. */
export interface Tried {
  /** Why they cannot be made, or must not be: what is wrong afterwards and was not before. Empty: they may be. */
  readonly refused: readonly Diagnostic[];
}

/** What a proposal is made from. */
export interface ProposeOptions<T extends Tried> {
  readonly system: SystemModel;
  /** Its files, the entry first, by the names that paths of edits know. */
  readonly files: readonly { readonly name: string; readonly text: string }[];
  /** What a person wants to be different, in words. */
  readonly wanted: string;
  readonly models: Models;
  /** Who is asked: a model of the catalogue, or a role. Default: `balanced`. */
  readonly choice?: Pick<RoutedRequest, 'model' | 'role'>;
  /** Tries edits, without writing anything. */
  readonly attempt: (edits: readonly Edit[]) => Promise<T>;
  /** The most tokens of one answer. Default: 8,000. */
  readonly maxOutputTokens?: number;
  readonly signal?: AbortSignal;
  /** Hears of edits that were refused and go back to the model. */
  readonly onRefused?: (refused: readonly Diagnostic[]) => void;
}

/** What a model proposes, and what came of trying it. */
export interface Proposal<T extends Tried> {
  readonly edits: readonly Edit[];
  /** What the model says about them: what changes and why, or why it cannot be done. */
  readonly notes: string;
  /** What came of trying the edits; left out when there are none. */
  readonly tried?: T;
  /** What was refused of the first list, when there was a second. */
  readonly before: readonly Diagnostic[];
  /** How often models were asked. */
  readonly calls: number;
  readonly usage: Usage;
  /** What all of it cost. Left out: a price is not known. */
  readonly cost?: Money;
  /** The model that gave the last list. */
  readonly model: string;
  /** The version of the prompt. */
  readonly prompt: string;
}

/**
 * Asks a model for edits that do what a person wants, and tries them. What is refused goes back to it once, with the
 * reasons. Nothing is written.
 *
 * @throws ModelError as `Models.askFor`
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { proposeEdits } from 'millrace/generate';
 * import { environmentProviders, openModels } from 'millrace/llm';
 * import { editSystem, readSystem } from 'millrace/source';
 *
 * const { system } = await readSystem('orders.dsl.ts');
 * if (system === undefined) throw new Error('`dsl check` says what is wrong.');
 * const { notes, edits, tried } = await proposeEdits({
 *   system,
 *   files: [{ name: 'orders.dsl.ts', text: readFileSync('orders.dsl.ts', 'utf8') }],
 *   wanted: 'add a refund state after cancelled',
 *   models: openModels({ providers: environmentProviders(process.env) }),
 *   attempt: async (list) => {
 *     const { diagnostics } = await editSystem('orders.dsl.ts', list, { dryRun: true });
 *     return { refused: diagnostics.filter(({ severity }) => severity === 'error') };
 *   },
 * });
 * console.log(notes, edits, tried?.refused);
 * ```
 */
export async function proposeEdits<T extends Tried>(options: ProposeOptions<T>): Promise<Proposal<T>> {
  const { system, files, wanted, models, choice = {}, attempt, maxOutputTokens = 8_000, signal, onRefused } = options;
  const prompt = promptOf({ files, wanted, paths: pathsOf(system) });
  const ask = async (messages: readonly Message[]) =>
    await models.askFor(
      { role: 'balanced', ...choice, system: prompt.system, messages, output: proposalSchema, maxOutputTokens },
      askOptions(signal),
    );
  const first: Message = { role: 'user', text: prompt.user };
  const answered = await ask([first]);
  const { edits, notes } = answered.value;
  const begun = { edits: plain(edits), notes, before: [], prompt: prompt.version, ...spentOn([answered]) };
  if (edits.length === 0) return begun;
  const tried = await attempt(begun.edits);
  if (tried.refused.length === 0 || answered.overrun !== undefined) return { ...begun, tried };
  onRefused?.(tried.refused);
  const again = await ask([
    first,
    { role: 'assistant', text: JSON.stringify(answered.value) },
    { role: 'user', text: complaint(tried.refused) },
  ]);
  const mended = {
    edits: plain(again.value.edits),
    notes: again.value.notes,
    before: tried.refused,
    prompt: prompt.version,
    ...spentOn([answered, again]),
  };
  return mended.edits.length === 0 ? mended : { ...mended, tried: await attempt(mended.edits) };
}

const askOptions = (signal: AbortSignal | undefined): AskOptions => ({
  task: 'dsl edit',
  operation: 'edit',
  ...(signal === undefined ? {} : { signal }),
});

type Answer = Awaited<ReturnType<Models['askFor']>>;

/** What answers took together. */
function spentOn(answers: readonly Answer[]) {
  const spending = openSpending();
  for (const answer of answers) spending.add(answer);
  const { calls, usage, cost } = spending;
  return { calls, usage, ...(cost === undefined ? {} : { cost }), model: answers.at(-1)?.answer.model ?? '' };
}

// A model may write `null` or leave out what it does not need: an edit has it, or not.
const plain = (edits: readonly object[]): readonly Edit[] =>
  edits.map(
    (edit) => Object.fromEntries(Object.entries(edit).filter(([, value]) => value !== undefined)) as unknown as Edit,
  );

function complaint(refused: readonly Diagnostic[]): string {
  const lines = refused.slice(0, 20).map(({ code, message, hint, file, line }) => {
    const advice = hint === undefined ? '' : ` (${hint})`;
    return `- ${code} ${file}:${line}: ${message}${advice}`;
  });
  return [
    'None of these edits was made. This is wrong with them, or with the source as they would leave it:',
    '',
    ...lines,
    '',
    'Give the whole list again, mended. The source is still as it was.',
  ].join('\n');
}
