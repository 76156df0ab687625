import { camelCase } from '../../model/text/names.ts';
import type { ActionNode, ActionOf, CallNode, Location } from '../../model/index.ts';
import { combined, lambdaOf, settleNames, type Value } from './ecmascript/value.ts';

/** The call of an event: `(scope) => event(argument)`. */
export function eventCall(name: string, payload: Value | undefined, location: Location): CallNode {
  const { parameter, reads, text } = settleNames(payload?.text ?? '', payload?.declared ?? new Set());
  const body = `${camelCase(name)}(${text})`;
  return {
    kind: 'call',
    target: { kind: 'event', name },
    lambda: {
      kind: 'expression',
      text: `(${parameter}) => ${body}`,
      uses: [],
      lambda: { parameter, ...(reads === undefined ? {} : { reads }), body, block: false },
      location,
    },
    argument: text,
    location,
  };
}

/** An assignment of the fields that a value gives. */
export const assignNode = (value: Value, location: Location): ActionOf<'assign'> => ({
  kind: 'assign',
  value: lambdaOf(value, location),
  location,
});

/** A choice; without something to do otherwise that part is left out. */
export const whenNode = (
  condition: Value,
  actions: readonly ActionNode[],
  otherwise: readonly ActionNode[],
  location: Location,
): ActionOf<'when'> => ({
  kind: 'when',
  condition: lambdaOf(asBoolean(condition), location),
  actions,
  ...(otherwise.length === 0 ? {} : { otherwise }),
  location,
});

/** A condition as the language wants it. */
export function asBoolean(value: Value): Value {
  if (value.boolean || value.failure !== undefined) return value;
  return combined([value], `Boolean(${value.text})`, { boolean: true });
}
