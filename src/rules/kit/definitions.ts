import type { Location, SystemModel } from '../../model/index.ts';
import { definitionMaps } from '../../model/nodes/definition-maps.ts';

export type DefinitionKind = keyof typeof definitionMaps;

export interface Definition {
  readonly kind: DefinitionKind;
  readonly name: string;
  readonly path: string;
  readonly location: Location;
}

/** Every definition of a system, kind by kind. */
export function definitionsOf(model: SystemModel): readonly Definition[] {
  return (Object.keys(definitionMaps) as DefinitionKind[]).flatMap((kind) =>
    Object.values(model[definitionMaps[kind]]).map(({ name, location }) => ({
      kind,
      name,
      path: `${definitionMaps[kind]}.${name}`,
      location,
    })),
  );
}

/** The names of a system's definitions of the given kinds. */
export function namesOf(model: SystemModel, kinds: readonly DefinitionKind[]): readonly string[] {
  return kinds.flatMap((kind) => Object.values(model[definitionMaps[kind]]).map(({ name }) => name));
}

/** The kind of the definition of that name, if there is one. */
export function kindOf(model: SystemModel, name: string): DefinitionKind | undefined {
  return (Object.keys(definitionMaps) as DefinitionKind[]).find((kind) =>
    Object.hasOwn(model[definitionMaps[kind]], name),
  );
}
