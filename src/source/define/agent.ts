import type { AgentNode, ResourceNode } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { integer, json, list, literal, oneOf, record, text, type Reader } from '../value/readers.ts';
import { definitionBehind } from './dsl-call.ts';
import { common, described, locationOf, optionsOf } from './common.ts';
import type { Definition } from './dsl-call.ts';
import { temperature } from './model.ts';
import { reference } from './reference.ts';

/** A task's name, or a reference to it. */
const taskName: Reader<string> = (reading, site) =>
  definitionBehind(reading, site) === undefined ? literal(reading, site) : reference('task')(reading, site)?.name;

const agentReaders = {
  role: oneOf('flagship', 'balanced', 'fast'),
  model: literal,
  system: text,
  tools: list(taskName),
  maxTokens: integer(1),
  temperature,
  options: record(json),
  ...common,
};

/** Reads `agent(name, { … })`. */
export function readAgent(reading: Reading, definition: Definition, name: string): AgentNode {
  const values = optionsOf(reading, definition, name, agentReaders, []);
  return { kind: 'agent', name, ...described(definition, values), location: locationOf(definition) };
}

const resourceReaders = {
  kind: oneOf('http', 'webhook', 'database', 'custom'),
  env: list(literal),
  options: record(json),
  ...common,
};

/** Reads `resource(name, { … })`. */
export function readResource(reading: Reading, definition: Definition, name: string): ResourceNode {
  const { kind: type, ...rest } = optionsOf(reading, definition, name, resourceReaders, ['kind']);
  return {
    kind: 'resource',
    name,
    type: type ?? 'custom',
    ...described(definition, rest),
    location: locationOf(definition),
  };
}
