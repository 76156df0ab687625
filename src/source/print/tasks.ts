import type { ExpressionNode, TaskNode } from '../../model/index.ts';
import { array, object, type Doc } from '../../model/text/doc.ts';
import { propertyKey } from '../../model/text/names.ts';
import { commonMembers } from './common.ts';
import { lambda, schema, textOr } from './lambdas.ts';
import type { Printing } from './printing.ts';
import { json, type Json } from '../../model/text/json.ts';
import { member, optionalJson, text, texts } from './values.ts';

/** The options of a task. */
export function taskOptions(to: Printing, node: TaskNode): Doc {
  return object([
    ...member('input', schema(to, node.input)),
    ...member('output', schema(to, node.output)),
    ...member('retry', optionalJson(node.retry)),
    ...member('timeout', text(node.timeout)),
    ...member('totalTimeout', text(node.totalTimeout)),
    ...member('heartbeat', text(node.heartbeat)),
    ...member('concurrency', optionalJson(node.concurrency)),
    ...member('queue', optionalJson(node.queue)),
    ...member('rateLimit', optionalJson(node.rateLimit)),
    ...member('priority', optionalJson(node.priority)),
    ...member('breaker', optionalJson(node.breaker)),
    ...member('idempotent', optionalJson(node.idempotent)),
    ...member('cache', optionalJson(node.cache)),
    ...member('errors', texts(node.errors)),
    ...member('needs', node.needs === undefined ? undefined : needs(to, node, node.needs)),
    ...member('examples', optionalJson(node.examples)),
    ...member(
      'evidence',
      node.evidence === undefined ? undefined : array(node.evidence.map((claim) => evidence(to, node, claim))),
    ),
    ...member('evidenceRule', optionalJson(node.evidenceRule)),
    ...member('model', node.model === undefined ? undefined : model(to, node, node.model)),
    ...commonMembers(to, node),
  ]);
}

function needs(to: Printing, { location }: TaskNode, { net, fs, env, resources }: NonNullable<TaskNode['needs']>): Doc {
  const named = resources?.map((name) => to.constant(name, ['resources'], location));
  return object([
    ...member('net', texts(net)),
    ...member('fs', texts(fs)),
    ...member('env', texts(env)),
    ...member('resources', named === undefined ? undefined : array(named)),
  ]);
}

function model(to: Printing, { location }: TaskNode, node: NonNullable<TaskNode['model']>): Doc {
  const tools = node.tools?.map((name) => to.constant(name, ['tasks'], location));
  return object([
    ...member('agent', to.constant(node.agent, ['agents'], location)),
    ...member('prompt', textOr(to, node.prompt)),
    ...member('tools', tools === undefined ? undefined : array(tools)),
    ...member('context', optionalJson(node.context)),
    ...member('maxTokens', optionalJson(node.maxTokens)),
  ]);
}

/** `{ name?, fileExists: { path: … } }` */
function evidence(to: Printing, { location }: TaskNode, claim: NonNullable<TaskNode['evidence']>[number]): Doc {
  const { kind, name, options } = claim;
  const members = Object.entries(options).map(([key, value]) => {
    const isResource = kind === 'row' && key === 'resource' && typeof value === 'string';
    const printed = isResource
      ? to.constant(value, ['resources'], location)
      : isExpression(value)
        ? lambda(to, value)
        : json(value as Json);
    return [propertyKey(key), ': ', printed];
  });
  return object([...member('name', text(name)), ...member(kind, object(members))]);
}

function isExpression(value: unknown): value is ExpressionNode {
  return typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'expression';
}
