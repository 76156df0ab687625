import type { Context, ServiceDefinition } from '@restatedev/restate-sdk';
import { toErrorRecord, type ErrorRecord } from '../../core/index.ts';
import { EventError, newId } from '../../engine/index.ts';
import type { Delivery, Dispatched } from '../../runtime/index.ts';
import type { Place, Published } from '../contract.ts';
import type { EventGives } from '../machines/contract.ts';
import { plumbing } from '../plumbing.ts';
import { json } from '../json.ts';
import { handlers, service } from '../sdk.ts';
import { checked } from './check.ts';
import { fieldSets } from './field-sets.ts';
import { receiversOf, type FieldSets, type Receiver } from './receivers.ts';
import type { PutAsks, PutGives } from './shelf.ts';

export interface PublishAsks {
  readonly event: string;
  readonly payload?: unknown;
}

/** What came of it, and what was asked: the answer of an idempotency key says what it was used for. */
export interface PublishGives extends Dispatched {
  readonly eventId: string;
  readonly asked: PublishAsks;
}

/** How long the answer to a call without a key is kept, for a sender whose connection broke: an hour, in ms. */
const keptFor = 60 * 60_000;

/** Takes events from outside, hands each out to one receiver after the other, and says what became of it. */
export function publisherService(place: Place): ServiceDefinition<string, unknown> {
  const publish = async (ctx: Context, asks: PublishAsks): Promise<PublishGives> => {
    const { event, payload } = checked(place.registry, asks.event, asks.payload);
    const { at, id, sets } = await ctx.run('publish', () => stamp(place));
    const published: Published = { id, name: event.contract, payload, at };
    const read = receiversOf(place, event, published, sets);
    const told = read.ok ? await hand(ctx, read.receivers) : nobody(published, read.problems);
    tell(place, published, told);
    return { eventId: id, ...told, asked: { event: asks.event, payload } };
  };
  return service({
    name: place.names.events,
    handlers: {
      /** By an idempotency key of the sender. */
      publish,
      /** Without one. */
      send: handlers.handler({ idempotencyRetention: keptFor }, publish),
    },
    options: plumbing,
  });
}

async function stamp(place: Place): Promise<{ readonly at: number; readonly id: string; readonly sets: FieldSets }> {
  const at = place.clock.now();
  return { at, id: newId('evt', at, place.random), sets: await fieldSets(place) };
}

function tell(
  { logger }: Place,
  { id, name }: Published,
  { handled, deliveries, available, errors }: Dispatched,
): void {
  if (handled && errors === undefined) return;
  // An event that is for nobody in the system is for the world outside; one that missed its instance is worth a word.
  const level = deliveries.length > 0 || errors !== undefined ? 'warn' : 'debug';
  logger[level](`${handled ? 'Not everybody' : 'Nobody'} took the event '${name}'.`, {
    event: id,
    ...(available !== undefined && { available }),
    ...(errors !== undefined && { errors }),
  });
}

/** The payload was checked before: its schema has changed between two attempts of this very call. */
function nobody({ id, name }: Published, problems: string): Dispatched {
  const error = new EventError(
    'MR3302',
    `The payload of event '${name}' (${id}) does not fit its schema any more, so nobody gets it: ${problems}`,
    { details: { event: id } },
  );
  return { handled: false, deliveries: [], errors: [toErrorRecord(error)] };
}

async function hand(
  ctx: Context,
  { buffers, machines, flows }: (ReturnType<typeof receiversOf> & { readonly ok: true })['receivers'],
): Promise<Dispatched> {
  const deliveries: Delivery[] = [];
  const got: string[] = [];
  for (const buffer of buffers) {
    // A run takes an event once, even if its parts wait for it by different fields.
    const parameter: PutAsks = { ...buffer.parameter, ...(got.length > 0 && { except: [...got] }) };
    const { to } = await call<PutGives>(ctx, { ...buffer, parameter });
    got.push(...to.map(({ run }) => run));
    deliveries.push(...to.map(({ run, step }) => ({ to: 'run', runId: run, step }) as const));
  }
  for (const machine of machines) deliveries.push(await call<EventGives>(ctx, machine));
  for (const { flow, service: name, method, parameter, idempotencyKey } of flows) {
    ctx.genericSend({
      service: name,
      method,
      parameter,
      inputSerde: json(),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
    deliveries.push({ to: 'flow', flow, runId: parameter.run });
  }
  return dispatched(deliveries);
}

function call<Gives>(ctx: Context, { service: name, method, key, parameter }: Receiver<unknown>): Promise<Gives> {
  return ctx.genericCall<unknown, Gives>({
    service: name,
    method,
    parameter,
    inputSerde: json(),
    outputSerde: json(),
    ...(key !== undefined && { key }),
  });
}

function dispatched(deliveries: readonly Delivery[]): Dispatched {
  const handled = deliveries.some((delivery) => delivery.to !== 'instance' || delivery.handled);
  const instances = deliveries.flatMap((delivery) => (delivery.to === 'instance' ? [delivery] : []));
  const errors = instances.flatMap(({ error }): readonly ErrorRecord[] => (error === undefined ? [] : [error]));
  return {
    handled,
    deliveries,
    ...(!handled && { available: instances.flatMap(({ available = [] }) => available) }),
    ...(errors.length > 0 && { errors }),
  };
}
