import { contextLimit, openCatalogue, type Catalogue, type CatalogueModel } from '../../llm/index.ts';
import type { Subject } from '../contract.ts';
import type { GenerateOptions, ModelChoice } from '../options.ts';
import { promptFor, type Prompt } from '../prompt/prompt.ts';
import { promptVersion, templatesHash } from '../prompt/templates.ts';
import { sliceOf } from '../slice/slice.ts';
import { digest } from '../keep/hash.ts';

/** The most tokens of an answer, where nobody says so. */
export const usualOutputTokens = 8_000;
/** Fits every model that is in use. */
const smallContext = 24_000;

/** The models of a catalogue that a choice may mean. */
export function modelsOf(catalogue: Catalogue, { model, role = 'balanced' }: ModelChoice): readonly CatalogueModel[] {
  if (model === undefined) return catalogue.byRole(role);
  const found = catalogue.find(model);
  return found === undefined ? [] : [found];
}

/** How many tokens a prompt may have: what all take that may be asked. */
export function promptLimit(options: GenerateOptions): number {
  const { contextTokens, maxOutputTokens = usualOutputTokens } = options.limits ?? {};
  if (contextTokens !== undefined) return contextTokens;
  const windows = modelsOf(options.catalogue ?? openCatalogue(), options.choice ?? {}).map((model) =>
    contextLimit({ contextTokens: model.contextTokens, maxOutputTokens }),
  );
  return windows.length === 0 ? smallContext : Math.min(...windows);
}

/** The prompt of a generation. @throws MillraceError MR4090 when what has to be there does not fit */
export function planPrompt(subject: Subject, options: GenerateOptions): Prompt {
  return promptFor(subject, options.places, options, promptLimit(options));
}

/**
 * The key of the cache: all that an answer should depend on. How others in the project are written is no part of it: a
 * colleague's edit does not make what was paid for worthless.
 */
export function keyOf(subject: Subject, options: GenerateOptions, verifierVersion: string): string {
  const { includeComments = true, includeErrorHandling = true, choice = {}, limits = {}, places } = options;
  const slice = sliceOf(subject, places)
    .filter(({ kind }) => kind !== 'style')
    .map(({ id, text }) => [id, text]);
  return digest({
    format: 1,
    system: subject.system.name,
    task: subject.task.name,
    contract: subject.contract,
    slice,
    needs: subject.task.needs ?? null,
    imports: subject.imports,
    templates: [promptVersion, templatesHash()],
    model: { ...choice, maxOutputTokens: limits.maxOutputTokens ?? usualOutputTokens },
    style: { includeComments, includeErrorHandling },
    toolkit: verifierVersion,
  });
}
