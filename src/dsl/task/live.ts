import { present } from '../live.ts';

interface Named {
  readonly name: string;
}
interface Written {
  readonly needs?: { readonly resources?: readonly Named[] };
  readonly model?: { readonly agent: Named; readonly tools?: readonly Named[] };
}

const names = (definitions: readonly Named[] | undefined): readonly string[] | undefined =>
  definitions?.map((definition) => definition.name);

/** A task as the model has it: names where the source has references. */
export function liveTask<const Name extends string, D extends Written>(name: Name, definition: D): D & { kind: 'task'; name: Name } {
  const { needs, model } = definition;
  return present({
    kind: 'task',
    name,
    ...definition,
    needs: needs && present({ ...needs, resources: names(needs.resources) }),
    model: model && present({ ...model, agent: model.agent.name, tools: names(model.tools) }),
  }) as never;
}
