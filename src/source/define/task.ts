import type { z } from 'zod';
import type { evidenceSchema, ExpressionNode, TaskNode } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { expression, schema, unreadableSchema } from '../scope/expression.ts';
import { options, shape } from '../value/options.ts';
import {
  boolean,
  duration,
  integer,
  json,
  list,
  literal,
  oneOf,
  text,
  wrong,
  type Json,
  type Reader,
} from '../value/readers.ts';
import { timeLimit } from '../value/time-limit.ts';
import { common, described, isFunction, locationOf, optionsOf, retry } from './common.ts';
import type { Definition } from './dsl-call.ts';
import { breaker, rateLimit } from './limits.ts';
import { taskModel } from './model.ts';
import { reference } from './reference.ts';

type Evidence = z.infer<typeof evidenceSchema>;

const given: Reader<Json | ExpressionNode> = (reading, site) =>
  isFunction(reading, site) ? expression(reading, site) : json(reading, site);
const resourceName: Reader<string> = (reading, site) => reference('resource')(reading, site)?.name;

/** The claims, each with its options. */
const claims = {
  fileExists: shape('`fileExists`', { path: given, type: oneOf('file', 'directory') }, 'path'),
  fileSha256: shape('`fileSha256`', { path: given, sha256: given }, 'path', 'sha256'),
  exitCode: shape('`exitCode`', { actual: given, expected: integer(-Infinity) }, 'actual'),
  row: shape(
    '`row`',
    { resource: resourceName, table: literal, where: given, values: given },
    'resource',
    'table',
    'where',
  ),
};
const claimKinds = ['fileExists', 'fileSha256', 'exitCode', 'row'] as const;

/** `{ fileExists: { path: … }, name?: … }`. */
const evidence: Reader<Evidence> = (reading, site) => {
  const before = reading.diagnostics.length;
  const values = options(reading, site, 'evidence', { name: literal, ...claims });
  if (values === undefined || reading.diagnostics.length > before) return undefined;
  const [kind, second] = claimKinds.filter((candidate) => values[candidate] !== undefined);
  if (kind === undefined || second !== undefined)
    return wrong(reading, site, `an object with one of ${claimKinds.join(', ')}`);
  const { name } = values;
  return { kind, ...(name === undefined ? {} : { name }), options: { ...values[kind] } };
};

const resourceNames: Reader<readonly string[]> = (reading, site) =>
  list(reference('resource'))(reading, site)?.map(({ name }) => name);

const readers = {
  input: schema,
  output: schema,
  retry,
  timeout: timeLimit,
  totalTimeout: timeLimit,
  heartbeat: timeLimit,
  concurrency: integer(1),
  queue: integer(0),
  rateLimit,
  priority: integer(-Infinity),
  breaker,
  idempotent: boolean,
  cache: shape('`cache`', { ttl: duration }, 'ttl'),
  evidence: list(evidence),
  evidenceRule: shape('`evidenceRule`', { atLeast: integer(1) }, 'atLeast'),
  examples: list(shape('an example', { description: text, input: json, output: json, error: literal }, 'input')),
  errors: list(literal),
  needs: shape('`needs`', { net: list(literal), fs: list(literal), env: list(literal), resources: resourceNames }),
  model: taskModel,
  ...common,
};

/** Reads `task(name, { … })`. */
export function readTask(reading: Reading, definition: Definition, name: string): TaskNode {
  const { input, output, ...rest } = optionsOf(reading, definition, name, readers, ['input', 'output']);
  const missing = unreadableSchema(definition.head);
  return {
    kind: 'task',
    name,
    ...described(definition, rest),
    input: input ?? missing,
    output: output ?? missing,
    location: locationOf(definition),
  };
}
