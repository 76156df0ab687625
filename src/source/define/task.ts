import { ts } from 'ts-morph';
import type { z } from 'zod';
import type { evidenceSchema, ExpressionNode, TaskNode } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { expression, schema, unreadableSchema } from '../scope/expression.ts';
import { follow } from '../value/follow.ts';
import { shape } from '../value/options.ts';
import { boolean, duration, integer, json, list, literal, oneOf, record, text, wrong, type Json, type Reader } from '../value/readers.ts';
import { common, described, isFunction, locationOf, optionsOf, retry, textOrLambda } from './common.ts';
import { dslName, type Definition } from './dsl-call.ts';
import { reference } from './reference.ts';

type Evidence = z.infer<typeof evidenceSchema>;

const given: Reader<Json | ExpressionNode> = (reading, site) => (isFunction(site) ? expression(reading, site) : json(reading, site));
const evidenceKinds = ['fileExists', 'fileSha256', 'exitCode', 'row'] as const;
const writtenEvidence = shape('evidence', { kind: oneOf(...evidenceKinds), name: literal, options: record(given) }, 'kind', 'options');

/** `fileExists({ … })`, or the object that it makes. */
const evidence: Reader<Evidence> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined || !ts.isCallExpression(found.node)) return found && writtenEvidence(reading, found);
  const verb = dslName(found.module, found.node.expression);
  const kind = evidenceKinds.find((candidate) => candidate === verb);
  const [options, second] = found.node.arguments;
  if (kind === undefined || options === undefined || second !== undefined) return wrong(reading, found, `one of ${evidenceKinds.join(', ')} with its options`);
  const values = record(given)(reading, { module: found.module, node: options });
  return values && { kind, options: values };
};

const names = (kind: 'task' | 'resource'): Reader<readonly string[]> => {
  const references = list(reference(kind));
  return (reading, site) => references(reading, site)?.map(({ name }) => name);
};
const agentName: Reader<string> = (reading, site) => reference('agent')(reading, site)?.name;

const readers = {
  input: schema,
  output: schema,
  retry,
  timeout: duration,
  concurrency: integer(1),
  rateLimit: shape('`rateLimit`', { limit: integer(1), per: duration }, 'limit', 'per'),
  priority: integer(-Infinity),
  idempotent: boolean,
  cache: shape('`cache`', { ttl: duration }, 'ttl'),
  evidence: list(evidence),
  examples: list(shape('an example', { description: text, input: json, output: json, error: literal }, 'input')),
  errors: list(literal),
  needs: shape('`needs`', { net: list(literal), fs: list(literal), env: list(literal), resources: names('resource') }),
  model: shape(
    '`model`',
    { agent: agentName, prompt: textOrLambda, tools: names('task'), context: record(json), maxTokens: integer(1) },
    'agent',
    'prompt',
  ),
  ...common,
};

/** Reads `task(name, { … })`. */
export function readTask(reading: Reading, definition: Definition, name: string): TaskNode {
  const { input, output, ...rest } = optionsOf(reading, definition, name, readers, ['input', 'output']);
  const missing = unreadableSchema({ module: definition.module, node: definition.call });
  return {
    kind: 'task',
    name,
    ...described(definition, rest),
    input: input ?? missing,
    output: output ?? missing,
    location: locationOf(definition),
  };
}
