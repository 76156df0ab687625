import { askAdmin, noAnswer } from '../server/admin.ts';
import type { Declared } from './reader.ts';

/**
 * The systems that a server knows, with what they have, by the names of its services.
 *
 * @throws RestateError MR5210 when it cannot be reached.
 */
export async function systemsOn(admin: string): Promise<readonly Declared[]> {
  const { status, body } = await askAdmin(admin, '/services');
  const { services } = (typeof body === 'object' && body !== null ? body : {}) as { readonly services?: unknown };
  if (status !== 200 || !Array.isArray(services)) {
    throw await noAnswer(admin, 'does not say which services it knows', { status, body });
  }
  const found = services.flatMap(({ name }: { readonly name?: unknown }) => {
    const [, system, kind, member] = /^([^.]+)\.(flows|tasks|machines)\.([^.]+)$/.exec(String(name)) ?? [];
    return system === undefined ? [] : [{ system: written(system), kind, member: written(member ?? '') }];
  });
  const bySystem = Map.groupBy(found, ({ system }) => system);
  return [...bySystem].map(([name, all]) => {
    const of = (wanted: string): readonly string[] =>
      all.flatMap(({ kind, member }) => (kind === wanted ? [member] : [])).sort();
    return { name, flows: of('flows'), tasks: of('tasks'), machines: of('machines') };
  });
}

/** What `namesOf` has made a name of. */
const written = (name: string): string =>
  name.replaceAll(/__|_([0-9a-f]+)_/g, (_, code: string | undefined) =>
    code === undefined ? '_' : String.fromCodePoint(Number.parseInt(code, 16)),
  );
