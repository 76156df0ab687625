import type { ObjectContext, ServiceDefinition } from '@restatedev/restate-sdk';
import type { Place, Published } from '../contract.ts';
import { plumbing } from '../plumbing.ts';
import { json } from '../json.ts';
import { object } from '../sdk.ts';
import { fieldSets } from './field-sets.ts';
import { receiversOf, type FieldSets, type Receiver } from './receivers.ts';

/** Hands out what runs and instances publish: one object for each sender, so that its events keep their order. */
export function outboxService(place: Place): ServiceDefinition<string, unknown> {
  const { logger, names, registry } = place;
  const send = (ctx: ObjectContext, { service, method, key, parameter, idempotencyKey }: Receiver<unknown>): void => {
    ctx.genericSend({
      service,
      method,
      parameter,
      inputSerde: json(),
      ...(key !== undefined && { key }),
      ...(idempotencyKey !== undefined && { idempotencyKey }),
    });
  };
  return object({
    name: names.outbox,
    handlers: {
      async hand(ctx: ObjectContext, published: readonly Published[]): Promise<void> {
        const sets = await ctx.run<FieldSets>('fields', () => fieldSets(place));
        for (const one of published) {
          const event = registry.event(one.name);
          const read = event && receiversOf(place, event, one, sets);
          if (read?.ok !== true) {
            const why = read === undefined ? 'the system does not have it any more' : read.problems;
            logger.error(`Nobody gets the event '${one.name}' (${one.id}): ${why}`, { event: one.id, code: 'MR3302' });
            continue;
          }
          const { buffers, machines, flows } = read.receivers;
          for (const receiver of [...buffers, ...machines, ...flows]) send(ctx, receiver);
        }
      },
    },
    options: { ...plumbing, ingressPrivate: true },
  });
}
