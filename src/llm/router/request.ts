import { modelRoles } from '../catalogue/roles.ts';
import type { RoutedRequest } from '../models.ts';
import { badRequest, type Wanted } from './errors.ts';

/** What a request asks for, by which its errors name it. */
export const wantedOf = ({ model, role = 'balanced' }: RoutedRequest): Wanted => ({
  name: model ?? `the role ${role}`,
});

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
