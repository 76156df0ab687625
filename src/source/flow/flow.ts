import type { FlowNode } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { call } from '../define/call.ts';
import { common, described, locationOf, optionsOf } from '../define/common.ts';
import type { Definition } from '../define/dsl-call.ts';
import { eventReference } from '../define/reference.ts';
import { schema, unreadableSchema } from '../scope/expression.ts';
import { locate } from '../syntax/location.ts';
import { shape } from '../value/options.ts';
import { json, literal, oneOf } from '../value/readers.ts';
import { timeLimit } from '../value/time-limit.ts';
import { body } from './body.ts';

const readers = {
  input: schema,
  output: schema,
  on: eventReference,
  schedule: shape(
    '`schedule`',
    {
      cron: literal,
      timeZone: literal,
      input: json,
      missed: oneOf('skip', 'once', 'all'),
      overlap: oneOf('allow', 'skip'),
    },
    'cron',
  ),
  http: literal,
  onFailure: call('task', 'flow'),
  timeout: timeLimit,
  ...common,
};

/** Reads `flow(name, { … }, (f) => f.step(…)…)`. */
export function readFlow(reading: Reading, definition: Definition, name: string): FlowNode {
  const { head } = definition;
  const { module, node } = head;
  const { input, ...rest } = optionsOf(reading, definition, name, readers, ['input'], 3);
  const steps = node.arguments[2];
  const location = locationOf(definition);
  return {
    kind: 'flow',
    name,
    ...described(definition, rest),
    input: input ?? unreadableSchema(head),
    body: (steps && body(reading, { module, node: steps })) ?? { kind: 'body', steps: [], location: locate(head) },
    location,
  };
}
