import type { ModelPlace, Models } from '../../llm/index.ts';
import { RunError } from '../errors.ts';

/**
 * Models that keep with an engine what has to outlive the process. `rootOf`: the run that a person has started, with all
 * that it runs.
 *
 * @throws RunError MR3288 when they are none. MillraceError MR4083, MR4070, MR4071 for budgets that are not right.
 */
export function keptModels(
  models: Models,
  place: ModelPlace & Required<Pick<ModelPlace, 'books' | 'usage' | 'answers' | 'notes' | 'budgets' | 'clock'>>,
  rootOf: (run: string) => string,
): Models {
  const missing = names.filter((name) => typeof (models as Partial<Models> | null)?.[name] !== 'function');
  if (missing.length > 0)
    throw new RunError(
      'MR3288',
      `The option 'models' is not what asks models: it has no ${missing.join(', no ')}. Give it openModels({ providers: […] }) of millrace/llm.`,
      { fault: 'input', details: { missing } },
    );
  return within(models.keptIn(place), rootOf);
}

const names = ['ask', 'askFor', 'converse', 'keptIn'] as const;

/** What a run spends counts towards the budget of the one that a person has started, with all that it runs. */
function within(models: Models, rootOf: (run: string) => string): Models {
  const of = <O extends { readonly run?: string }>(options: O | undefined): O & { readonly within?: string } => {
    const given = options ?? ({} as O);
    return given.run === undefined ? given : { ...given, within: rootOf(given.run) };
  };
  return {
    ask: (request, options) => models.ask(request, of(options)),
    askFor: (request, options) => models.askFor(request, of(options)),
    converse: (conversation, options) => models.converse(conversation, of(options)),
    keptIn: (place) => within(models.keptIn(place), rootOf),
  };
}
