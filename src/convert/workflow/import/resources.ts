import type { AgentNode, ResourceNode } from '../../../model/index.ts';
import { membersOf, type Json, type JsonMember } from '../../xstate/import/json.ts';
import type { Configuring, Members } from './configuring.ts';

/** `[agents.NAME]` */
export function agentsOf(to: Configuring, member: JsonMember | undefined): readonly (readonly [string, AgentNode])[] {
  return to.named(member, 'agents').map((each) => {
    const what = `The agent '${each.key}'`;
    const members = to.members(each.value, ['description', 'model', 'max_tokens', 'temperature', 'tags'], what);
    const model = to.text(members.get('model'), 'the name of a model');
    if (!members.has('model') && each.value.kind === 'object') {
      to.report('MR1791', 'error', each, `${what} has no 'model'.`);
    }
    const maxTokens = to.count(members.get('max_tokens'), 'a count');
    const heat = members.get('temperature')?.value;
    const given = heat?.kind === 'value' && typeof heat.value === 'number' ? heat.value : undefined;
    const temperature = given !== undefined && given >= 0 && given <= 2 ? given : undefined;
    if (heat !== undefined && temperature === undefined) to.wrong(heat, 'a number from 0 to 2');
    const name = to.define(each.key, each, `${each.key}Agent`);
    const node: AgentNode = {
      kind: 'agent',
      name,
      ...describedOf(to, members),
      ...(name === each.key ? {} : { metadata: { name: each.key } }),
      ...(model === undefined ? {} : { model }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(temperature === undefined ? {} : { temperature }),
      location: to.location(each),
    };
    return [each.key, node];
  });
}

const types = ['http', 'webhook', 'database', 'custom'] as const;

/** `[resources.NAME]` */
export function resourcesOf(
  to: Configuring,
  member: JsonMember | undefined,
): readonly (readonly [string, ResourceNode])[] {
  return to.named(member, 'resources').map((each) => {
    const what = `The resource '${each.key}'`;
    const known = ['description', 'type', 'secrets', 'url', 'options', 'tags'];
    const members = to.members(each.value, known, what);
    const given = members.get('type');
    const type = to.text(given, 'a type of resource');
    const found = types.find((one) => one === type);
    if (given === undefined) {
      if (each.value.kind === 'object')
        to.report('MR1791', 'error', each, `${what} has no 'type'.`, `Types are: ${types.join(', ')}.`);
    } else if (type !== undefined && found === undefined) to.unknown(type, given.value, 'type of resource', types);
    const url = to.text(members.get('url'), 'a text');
    const options = { ...(url === undefined ? {} : { url }), ...to.table(members.get('options')) };
    const { env, secrets } = secretsOf(to, members.get('secrets'));
    const name = to.define(each.key, each, `${each.key}Resource`);
    const metadata = {
      ...(name === each.key ? {} : { name: each.key }),
      ...(secrets === undefined ? {} : { secrets }),
    };
    const node: ResourceNode = {
      kind: 'resource',
      name,
      ...describedOf(to, members),
      ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
      type: found ?? 'custom',
      ...(env === undefined ? {} : { env }),
      ...(Object.keys(options).length === 0 ? {} : { options: options as Record<string, never> }),
      location: to.location(each),
    };
    return [each.key, node];
  });
}

/** Names of environment variables: a list, or a table that says what each is for. A secret itself is never repeated. */
function secretsOf(
  to: Configuring,
  member: JsonMember | undefined,
): { readonly env?: readonly string[]; readonly secrets?: Record<string, string> } {
  if (member === undefined) return {};
  const { value } = member;
  const isTable = value.kind === 'object';
  const found = isTable
    ? membersOf(value).map((each) => ({ text: to.text(each, 'the name of an environment variable'), at: each.value }))
    : to.texts(member, 'names of environment variables');
  for (const { text, at } of found) {
    if (text === undefined || /^[A-Za-z_]\w*$/.test(text)) continue;
    const hint = 'Put the secret into the environment, and its name here.';
    to.report('MR1791', 'error', at, 'A secret is given by the name of an environment variable only.', hint);
  }
  const env = found.flatMap(({ text }) => text ?? []);
  if (!isTable) return { env };
  const secrets = Object.fromEntries(membersOf(value).map(({ key }, index) => [key, env[index] ?? '']));
  return { env, secrets };
}

/** Description and tags. */
export function describedOf(
  to: Configuring,
  members: Members,
): { readonly description?: string; readonly tags?: readonly string[] } {
  const description = to.text(members.get('description'), 'a text');
  const tags = members.has('tags') ? to.texts(members.get('tags'), 'tags').map(({ text }) => text) : undefined;
  return { ...(description === undefined ? {} : { description }), ...(tags === undefined ? {} : { tags }) };
}

/** What else a table says, as it is. */
export function restOf(members: Readonly<Record<string, Json>>, known: readonly string[]): Record<string, Json> {
  return Object.fromEntries(Object.entries(members).filter(([key]) => !known.includes(key)));
}
