import type { EventNode } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { schema, unreadableSchema } from '../scope/expression.ts';
import { duration } from '../value/readers.ts';
import { common, described, locationOf, optionsOf } from './common.ts';
import type { Definition } from './dsl-call.ts';

const readers = { payload: schema, ttl: duration, ...common };

/** Reads `event(name, { … })`. */
export function readEvent(reading: Reading, definition: Definition, name: string): EventNode {
  const { payload, ...rest } = optionsOf(reading, definition, name, readers, ['payload']);
  return {
    kind: 'event',
    name,
    ...described(definition, rest),
    payload: payload ?? unreadableSchema(definition.head),
    location: locationOf(definition),
  };
}
