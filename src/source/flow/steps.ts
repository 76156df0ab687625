import type { BodyNode, ExpressionNode, StepFailure, StepNode } from '../../model/index.ts';
import { call } from '../define/call.ts';
import { checkCount, durationOrLambda, retry, textOrLambda } from '../define/common.ts';
import { definitionBehind } from '../define/dsl-call.ts';
import { eventReference } from '../define/reference.ts';
import type { Reading } from '../reading.ts';
import { expression, schema } from '../scope/expression.ts';
import { checkField, payloadKeys } from '../scope/schema-keys.ts';
import { follow } from '../value/follow.ts';
import { locate } from '../syntax/location.ts';
import { options, shape } from '../value/options.ts';
import { duration, integer, identifier, members, oneOf, type Reader } from '../value/readers.ts';
import { timeLimit } from '../value/time-limit.ts';
import type { Link } from './chain.ts';
import { graphNodes } from './graph.ts';

/** A body with the name of its branch. */
export interface NamedBody {
  readonly name: string;
  readonly body: BodyNode;
}

/** The readers of bodies, handed in because steps and bodies contain each other. */
export interface BodyReaders {
  readonly body: Reader<BodyNode>;
  readonly bodies: Reader<readonly NamedBody[]>;
}

const runs = call('task', 'flow');
const fallback = shape('`onFailure`', { fallback: expression }, 'fallback');
const onFailure: Reader<StepFailure> = (reading, site) => {
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  return 'properties' in found.node ? fallback(reading, found) : oneOf('stop', 'continue')(reading, found);
};
const onTimeout = oneOf('fail', 'continue');
const match =
  (keys: ReadonlySet<string> | undefined): Reader<readonly { field: string; value: ExpressionNode }[]> =>
  (reading, site) =>
    members(reading, site, 'an object of fields')?.flatMap(({ key, name, value }) => {
      checkField(reading, name, key, keys, 'The payload of the event');
      const inner = expression(reading, value);
      return inner === undefined ? [] : [{ field: key, value: inner }];
    });

interface Arguments {
  /** Reads the argument at an index; nothing when it is not there. */
  readonly at: <T>(index: number, reader: Reader<T>) => T | undefined;
}
type Part = BodyReaders & Arguments;
type Made = Omit<StepNode, 'location'>;
/** A step but for its location. */
type Draft<K extends StepNode['kind']> = Omit<Extract<StepNode, { kind: K }>, 'location'> | undefined;

const noBodies: readonly NamedBody[] = [];

function step({ at }: Part, id: string): Draft<'step'> {
  const target = at(1, runs);
  const values =
    at(2, (reading, site) => options(reading, site, 'a step', { retry, timeout: timeLimit, onFailure })) ?? {};
  return target && { kind: 'step', id, call: target, ...values };
}

function parallel({ at, bodies }: Part, id: string): Draft<'parallel'> {
  const values = at(2, (reading, site) => options(reading, site, '`parallel`', { concurrency: integer(1) })) ?? {};
  return { kind: 'parallel', id, bodies: at(1, bodies) ?? noBodies, ...values };
}

function branch({ at, bodies }: Part, id: string): Draft<'branch'> {
  const on = at(1, expression);
  const cases = at(2, bodies) ?? noBodies;
  return on && { kind: 'branch', id, on, cases };
}

function map({ at, body }: Part, id: string): Draft<'map'> {
  const over = at(1, expression);
  const inner = at(2, body);
  const values = at(3, (reading, site) => options(reading, site, '`map`', { concurrency: integer(1) })) ?? {};
  return over && inner && { kind: 'map', id, over, body: inner, ...values };
}

function repeat({ at, body }: Part, id: string): Draft<'repeat'> {
  const inner = at(1, body);
  const readers = { until: expression, max: integer(1), delay: duration };
  const { until, max, delay } =
    at(2, (reading, site) => options(reading, site, '`repeat`', readers, ['until', 'max'])) ?? {};
  if (inner === undefined || until === undefined || max === undefined) return undefined;
  return { kind: 'repeat', id, body: inner, until, max, ...(delay === undefined ? {} : { delay }) };
}

function graph({ at }: Part, id: string): Draft<'graph'> {
  const nodes = at(1, graphNodes);
  const readers = { concurrency: integer(1), onFailure: oneOf('failFast', 'continueIndependent', 'skip') };
  const values = at(2, (reading, site) => options(reading, site, '`graph`', readers)) ?? {};
  return nodes && { kind: 'graph', id, nodes, ...values };
}

function race({ at, bodies }: Part, id: string): Draft<'race'> {
  return { kind: 'race', id, bodies: at(1, bodies) ?? noBodies };
}

function attempt({ at, body }: Part, id: string): Draft<'attempt'> {
  const inner = at(1, body);
  const handler = at(2, body);
  return inner && handler && { kind: 'attempt', id, body: inner, handler };
}

function waitFor({ at }: Part, id: string): Draft<'waitFor'> {
  const event = at(1, eventReference);
  const keys = at(1, (reading, site) => {
    const found = definitionBehind(reading, site);
    return found && payloadKeys(reading, found);
  });
  const { match: fields, ...values } =
    at(2, (reading, site) =>
      options(reading, site, '`waitFor`', { match: match(keys), timeout: duration, onTimeout }),
    ) ?? {};
  return event === undefined ? undefined : { kind: 'waitFor', id, event, match: fields ?? [], ...values };
}

function approve({ at }: Part, id: string): Draft<'approve'> {
  const readers = { form: schema, message: textOrLambda, timeout: duration, onTimeout };
  return { kind: 'approve', id, ...at(1, (reading, site) => options(reading, site, '`approve`', readers)) };
}

function sleep({ at }: Part, id: string): Draft<'sleep'> {
  const time = at(1, durationOrLambda);
  return time === undefined ? undefined : { kind: 'sleep', id, time };
}

function emit({ at }: Part, id: string): Draft<'emit'> {
  const target = at(1, call('event'));
  return target && { kind: 'emit', id, call: target };
}

/** What each verb reads, and how many arguments it takes. */
const steps: Readonly<
  Record<
    string,
    { readonly least: number; readonly most: number; readonly read: (part: Part, id: string) => Made | undefined }
  >
> = {
  step: { least: 2, most: 3, read: step },
  parallel: { least: 2, most: 3, read: parallel },
  branch: { least: 3, most: 3, read: branch },
  map: { least: 3, most: 4, read: map },
  repeat: { least: 3, most: 3, read: repeat },
  graph: { least: 2, most: 3, read: graph },
  race: { least: 2, most: 2, read: race },
  attempt: { least: 3, most: 3, read: attempt },
  waitFor: { least: 2, most: 3, read: waitFor },
  approve: { least: 1, most: 2, read: approve },
  sleep: { least: 2, most: 2, read: sleep },
  emit: { least: 2, most: 2, read: emit },
};

/** The verbs of a flow, but for `undo`, which belongs to the step before it. */
export const verbs: ReadonlySet<string> = new Set([...Object.keys(steps), 'returns']);

/** Reads one step. */
export function readStep(reading: Reading, link: Link, readers: BodyReaders): StepNode | undefined {
  const { module, call: node, name, verb } = link;
  const site = { module, node };
  const location = locate({ module, node: name }, node);
  const at: Arguments['at'] = (index, reader) => {
    const argument = node.arguments[index];
    return argument === undefined ? undefined : reader(reading, { module, node: argument });
  };
  if (verb === 'returns') {
    checkCount(reading, site, 'returns', 1, 1, name);
    const value = at(0, expression);
    return value && { kind: 'returns', value, location };
  }
  const found = steps[verb];
  if (found === undefined) return undefined;
  checkCount(reading, site, verb, found.least, found.most, name);
  const id = at(0, identifier);
  const made = found.read({ at, ...readers }, id ?? '');
  return id === undefined || made === undefined ? undefined : ({ ...made, location } as StepNode);
}
