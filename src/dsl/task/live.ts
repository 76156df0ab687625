import type { TaskNode } from '../../model/index.ts';
import { present, type Live } from '../live.ts';

/** A declared task as it lives: the fields of the model's node, with schemas and functions in place of their text. */
export type LiveTask = Live<TaskNode>;

interface Named {
  readonly name: string;
}
type WrittenEvidence = Readonly<Record<string, unknown>>;
interface Written {
  readonly needs?: { readonly resources?: readonly Named[] };
  readonly model?: { readonly agent: Named; readonly tools?: readonly Named[] };
  readonly evidence?: readonly object[];
}

const names = (definitions: readonly Named[] | undefined): readonly string[] | undefined =>
  definitions?.map((definition) => definition.name);

/** A task in the shape of the model: names where the source has references. */
export function liveTask<const Name extends string>(name: Name, definition: Written): { kind: 'task'; name: Name } {
  const { needs, model, evidence } = definition;
  return present({
    kind: 'task' as const,
    name,
    ...definition,
    evidence: evidence?.map((one) => claim(one as WrittenEvidence)),
    needs: needs && present({ ...needs, resources: names(needs.resources) }),
    model: model && present({ ...model, agent: model.agent.name, tools: names(model.tools) }),
  });
}

function claim({ name, ...rest }: WrittenEvidence): object {
  const [kind, options] = Object.entries(rest)[0] as [string, { readonly resource?: Named }];
  const resource = options.resource?.name;
  return present({ kind, name, options: resource === undefined ? options : { ...options, resource } });
}
