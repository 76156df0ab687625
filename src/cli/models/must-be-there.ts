import { CliError } from '../../project/kit/failure.ts';
import { whoCanBeAsked } from './who-can-be-asked.ts';
import { readyNames, type ProjectProvider } from './providers.ts';
import type { ReadSettings } from './settings.ts';

/**
 * Refuses a model that could not be asked, before anything is done for it: one that nobody knows, or one of which no
 * provider can be asked. Where no provider at all can be asked, only the first.
 *
 * @throws CliError MR4074, MR4040
 */
export function mustBeThere(
  { model }: { readonly model: string | undefined },
  { catalogue, route }: Pick<ReadSettings, 'catalogue' | 'route'>,
  providers: readonly ProjectProvider[],
): void {
  const ready = readyNames(providers);
  const isUnknown = model !== undefined && catalogue.find(model) === undefined;
  if (ready.size === 0 && !isUnknown) return;
  const wish = model === undefined ? {} : { model };
  const { problem, wants } = whoCanBeAsked(wish, { catalogue, route: route.value, ready, isLimited: false });
  if (problem === undefined) return;
  throw new CliError(isUnknown ? 'MR4074' : 'MR4040', `Nobody can be asked for ${wants}: ${problem}`, {
    hint: '`dsl models list` has the models that are known, and who can be asked.',
    exitCode: 1,
  });
}
