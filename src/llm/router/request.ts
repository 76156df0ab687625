import type { Catalogue } from '../catalogue/catalogue.ts';
import { modelRoles, type ModelRole } from '../catalogue/roles.ts';
import { modelToAdd, whereToAdd } from '../catalogue/to-add.ts';
import type { Provider } from '../contract.ts';
import type { RoutedRequest } from '../models.ts';
import type { Core } from './core.ts';
import { badRequest, type Wanted } from './errors.ts';

/** What a request asks for, by which its errors name it, and who is there to be asked. */
export const wantedOf = (
  { model, role = 'balanced' }: RoutedRequest,
  { providers, catalogue }: Pick<Core, 'providers' | 'catalogue'>,
): Wanted => ({
  name: model ?? `the role ${role}`,
  among: () => among(providers, catalogue, model === undefined ? role : undefined),
});

/** Who is given, and what the catalogue does not know of them. */
function among(providers: readonly Provider[], catalogue: Catalogue, role: ModelRole | undefined): string {
  if (providers.length === 0) return 'No provider is given';
  const given = `Given: ${providers.map(({ name }) => name).join(', ')}`;
  const stranger = providers.find(
    ({ name, readiness }) => readiness.ready && catalogue.list({ provider: name }).length === 0,
  )?.name;
  if (stranger === undefined) return given;
  const why = `${given}. A provider is asked for what the catalogue has under its name, and it has no model of ${stranger}`;
  return role === undefined ? why : `${why}: add one (${whereToAdd}): ${modelToAdd({ provider: stranger, role })}`;
}

/** Refuses what no provider would take, before anything is counted or set aside. @throws ModelError */
export function checkRequest(
  { model, role, messages, maxOutputTokens }: RoutedRequest,
  withinMs: number,
  wanted: Wanted,
): void {
  if (model === '') throw badRequest(wanted, 'its model has no name.');
  if (model === undefined && role !== undefined && !modelRoles.includes(role))
    throw badRequest(wanted, `there is no such role. There are: ${modelRoles.join(', ')}.`);
  if (messages.length === 0) throw badRequest(wanted, 'it has no messages: there is nothing to answer.');
  if (!Number.isSafeInteger(maxOutputTokens) || maxOutputTokens < 1)
    throw badRequest(wanted, `maxOutputTokens is a whole number from 1 on, and not ${String(maxOutputTokens)}.`);
  if (!(withinMs >= 0)) throw badRequest(wanted, `withinMs is a number of ms from 0 on, and not ${String(withinMs)}.`);
}
