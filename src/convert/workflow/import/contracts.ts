import type { TaskNode } from '../../../model/index.ts';
import { fieldTypes, objectSchema, schemaOfType } from '../field-types.ts';
import type { JsonMember } from '../../xstate/import/json.ts';
import type { Configuring } from './configuring.ts';

/** What a state lets contracts use. */
export interface Around {
  readonly state: string;
  readonly agents: readonly string[];
  readonly resources: readonly string[];
}

/** `[workflows.states.STATE.contracts.NAME]` as tasks, and what they are called by their names there. */
export function contractsOf(
  to: Configuring,
  member: JsonMember | undefined,
  { state, agents, resources }: Around,
): Readonly<Record<string, string>> {
  const names: Record<string, string> = {};
  for (const each of to.named(member, 'contracts')) {
    const { key, value } = each;
    const members = to.members(value, ['description', 'input', 'output'], `The contract '${key}'`);
    const name = to.define(key, each, `${state}.${key}`);
    const description = to.text(members.get('description'), 'a text');
    const [agent] = agents;
    const location = to.location(each);
    const task: TaskNode = {
      kind: 'task',
      name,
      ...(description === undefined ? {} : { description }),
      input: to.schema(fieldsOf(to, members.get('input')), members.get('input') ?? each),
      output: to.schema(fieldsOf(to, members.get('output')), members.get('output') ?? each),
      ...(resources.length === 0 ? {} : { needs: { resources } }),
      ...(agent === undefined ? {} : { model: { agent, prompt: description ?? `Do '${key}'.` } }),
      location,
    };
    to.tasks[name] = task;
    names[key] = name;
    const hint = `Nothing starts it yet: write \`run\` into the state '${state}', or send it work otherwise.`;
    to.unfinished(each, `The contract '${key}' becomes the task '${name}', which is still to be written.`, hint);
  }
  return names;
}

function fieldsOf(to: Configuring, member: JsonMember | undefined): string {
  const fields = to.named(member, 'fields').flatMap((each): readonly (readonly [string, string])[] => {
    const type = to.text(each, 'the type of a field');
    if (type === undefined) return [];
    const schema = schemaOfType(type);
    if (schema === undefined) to.unknown(type, each.value, 'type of fields', Object.keys(fieldTypes));
    return schema === undefined ? [] : [[each.key, schema]];
  });
  return objectSchema(fields);
}
