import type { ObjectContext, ObjectSharedContext, ServiceDefinition } from '@restatedev/restate-sdk';
import type { Ingress, Place } from '../contract.ts';
import { plumbing } from '../plumbing.ts';
import { handlers, object } from '../sdk.ts';
import type { FieldSets } from './receivers.ts';

/** The one key under which they lie. */
const key = 'all';

const nameOf = (place: Place): string => `${place.names.buffers}.fields`;

/** The sets of fields that the flows of this code wait by. */
function setsOf({ registry }: Place): FieldSets {
  const events = new Set([...registry.flows()].flatMap(({ waits }) => waits.map(({ event }) => event)));
  return Object.fromEntries([...events].map((event) => [event, [...registry.fields(event)]]));
}

/**
 * By which fields the flows of all deployments wait for events. A run that is pinned to an older one may wait by fields by
 * which no flow of the newest one does.
 */
export function fieldSetService(place: Place): ServiceDefinition<string, unknown> {
  return object({
    name: nameOf(place),
    handlers: {
      async add(ctx: ObjectContext, sets: FieldSets): Promise<void> {
        const known = (await ctx.get<FieldSets>('sets')) ?? {};
        ctx.set('sets', merged(known, sets));
      },
      all: handlers.object.shared(
        async (ctx: ObjectSharedContext): Promise<FieldSets> => (await ctx.get<FieldSets>('sets')) ?? {},
      ),
    },
    options: plumbing,
  });
}

function merged(known: FieldSets, more: FieldSets): FieldSets {
  const sets: Record<string, readonly (readonly string[])[]> = { ...known };
  for (const [event, ofEvent] of Object.entries(more)) {
    const both = [...(Object.hasOwn(sets, event) ? (sets[event] ?? []) : []), ...ofEvent];
    sets[event] = [...new Map(both.map((set) => [set.join(), set])).values()];
  }
  return sets;
}

/** Says by which fields the flows of this deployment wait. To be called once it is registered. */
export async function announceFields(ingress: Ingress, place: Place): Promise<void> {
  await ingress.call({ service: nameOf(place), key, handler: 'add', body: setsOf(place) });
  known.delete(place);
}

/** How long a process believes what it was told, in ms: a deployment may be registered again beside it. */
const believed = 10_000;
const known = new WeakMap<Place, { readonly asked: number; readonly sets: Promise<FieldSets> }>();

/**
 * The sets of all deployments, for the handlers that publish. They run in the newest deployment, and those before it have
 * said theirs when they were registered.
 */
export function fieldSets(place: Place): Promise<FieldSets> {
  const now = (place.clock.wall ?? place.clock).now();
  const last = known.get(place);
  if (last !== undefined && Math.abs(now - last.asked) < believed) return last.sets;
  const sets = place.ingress.call({ service: nameOf(place), key, handler: 'all' }) as Promise<FieldSets>;
  known.set(place, { asked: now, sets });
  sets.catch(() => known.delete(place));
  return sets;
}
