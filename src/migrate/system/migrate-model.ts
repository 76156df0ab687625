import { readFileSync } from 'node:fs';
import { messageOf, systemClock } from '../../core/index.ts';
import { isSystem } from '../../model/is-system.ts';
import {
  applyEdits,
  freezeSystem,
  parseSystem,
  type Diagnostic,
  type Edit,
  type HistoryEntry,
  type SystemModel,
} from '../../model/index.ts';
import { validateSystem } from '../../rules/index.ts';
import { planChain } from '../plan/chain.ts';
import type { PlannedStep, StepFile } from '../plan/planned-step.ts';
import { questionsIn } from '../plan/questions.ts';
import type { MigrationStep } from '../step/step.ts';
import { compareVersions, isVersion } from '../version/version.ts';
import type { MigratedSystem, MigrateSystemOptions, Transformer } from './options.ts';

/** Brings a model to a version: {@link migrateSystem}. */
export async function migrateModel(
  model: SystemModel,
  target: string,
  way: readonly MigrationStep[] | Transformer,
  options: MigrateSystemOptions,
): Promise<MigratedSystem> {
  const { allowDowngrade = false, allowSame = false, validate = true, clock = systemClock(), history = [] } = options;
  if (!isSystem(model)) return { history, diagnostics: validateSystem(model).issues };
  const place = problemsOf(model);
  const refused = (...diagnostics: readonly Diagnostic[]): MigratedSystem => ({ history, diagnostics });
  if (!isVersion(target) || !isVersion(model.version)) {
    const wrong = isVersion(target) ? model.version : target;
    return refused(place('MR1820', `'${wrong}' is not a version.`, "Write three numbers with dots, such as '2.0.0'."));
  }
  const order = compareVersions(model.version, target);
  if (order === 0 && !allowSame) {
    const message = `The system is at version ${target} already.`;
    return refused(place('MR1821', message, 'Name a later version, or say { allowSame: true }.'));
  }
  if (order > 0 && !allowDowngrade) {
    const message = `${target} is earlier than ${model.version}: that would be a downgrade.`;
    return refused(place('MR1819', message, 'Say { allowDowngrade: true } if that is meant.'));
  }
  const chain = chainOf(model, target, way, order);
  if (chain.diagnostics.length > 0) return refused(...chain.diagnostics);
  const at = new Date(clock.now()).toISOString();
  const entries: HistoryEntry[] = [];
  let system = model;
  for (const step of chain.steps) {
    const taken = await take(system, step, place);
    if ('diagnostics' in taken) return refused(...taken.diagnostics);
    // Whatever the step says of the version: it leads to its own.
    system = { ...taken.system, version: step.to };
    const { from, to } = step;
    const description = step.description ?? (chain.steps.length === 1 ? options.description : undefined);
    entries.push({ from, to, at, ...(description !== undefined && { description }) });
  }
  if (validate) {
    const { system: parsed, diagnostics } = parseSystem(system);
    if (parsed === undefined) return refused(...diagnostics);
    const broken = validateSystem(parsed).issues.filter(({ severity }) => severity === 'error');
    if (broken.length > 0) return refused(...broken);
  }
  return { system: freezeSystem(system), history: [...history, ...entries], diagnostics: [] };
}

type Place = (code: string, message: string, hint: string) => Diagnostic;

function problemsOf({ location }: SystemModel): Place {
  return (code, message, hint) => ({ code, severity: 'error', message, ...location, hint });
}

/** The steps to take: those of a list, or the one that a function is. */
function chainOf(
  model: SystemModel,
  target: string,
  way: readonly MigrationStep[] | Transformer,
  order: number,
): { readonly steps: readonly PlannedStep[]; readonly diagnostics: readonly Diagnostic[] } {
  const { version: from, location } = model;
  if (typeof way === 'function' || way.length === 0 || order === 0) {
    const parts = typeof way === 'function' ? { source: way } : {};
    return { steps: [{ from, to: target, file: '', down: order > 0, parts }], diagnostics: [] };
  }
  const files = way.map((step, index): StepFile => ({ path: '', file: `step ${index + 1}`, step }));
  const wrong = files.filter(
    ({ step }) => !isVersion(step.from) || !isVersion(step.to) || compareVersions(step.from, step.to) >= 0,
  );
  if (wrong.length > 0) {
    const place = problemsOf(model);
    const hint = 'A step leads from one version to a later one; the way back stands in its `down`.';
    return {
      steps: [],
      diagnostics: wrong.map(({ file, step }) =>
        place('MR1815', `The ${file} leads from '${step.from}' to '${step.to}'.`, hint),
      ),
    };
  }
  return planChain({ files, from, to: target, allowDowngrade: order > 0, file: location.file });
}

async function take(
  system: SystemModel,
  { from, to, parts }: PlannedStep,
  place: Place,
): Promise<{ readonly system: SystemModel } | { readonly diagnostics: readonly Diagnostic[] }> {
  const failed = (message: string): { readonly diagnostics: readonly Diagnostic[] } => ({
    diagnostics: [
      place('MR1824', `The step from ${from} to ${to}: ${message}`, 'Mend the step. The system stays as it was.'),
    ],
  });
  const open = questionsIn(parts, []).filter(({ path }) => path[0] === 'source');
  if (open.length > 0)
    return {
      diagnostics: open.map(({ question }) =>
        place('MR1818', `A decision is missing: ${question}`, 'Answer it in the step.'),
      ),
    };
  if (parts.codemod !== undefined) return failed('a `codemod` changes files; `dsl migrate` takes it.');
  const { source } = parts;
  if (source === undefined) return { system };
  if (typeof source !== 'function') return await edit(system, source);
  try {
    // A copy of its own: whoever changes it in place and gives it back does no harm.
    const given: unknown = await source(structuredClone(system));
    return isSystem(given) ? { system: given } : failed('the function gave no model.');
  } catch (error) {
    return failed(`the function failed: ${messageOf(error)}`);
  }
}

async function edit(
  system: SystemModel,
  edits: readonly Edit[],
): Promise<{ readonly system: SystemModel } | { readonly diagnostics: readonly Diagnostic[] }> {
  const hasText = edits.some((each) => 'text' in each);
  // Only texts need the parser.
  const { fragmentReader } = hasText ? await import('../../source/fragment/read-fragment.ts') : {};
  const read = fragmentReader?.({ folder: process.cwd(), readFile: readFileSync });
  const { system: edited, diagnostics } = applyEdits(system, edits, read === undefined ? {} : { read });
  return edited === undefined ? { diagnostics } : { system: edited };
}
