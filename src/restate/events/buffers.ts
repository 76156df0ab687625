import type { ObjectContext, ServiceDefinition } from '@restatedev/restate-sdk';
import type { Came, Place, Waiting } from '../contract.ts';
import type { WaitGives } from './waits.ts';
import { plumbing } from '../plumbing.ts';
import { json } from '../json.ts';
import { object } from '../sdk.ts';
import { type LeaveAsks, type LeaveGives, type PutAsks, type PutGives, Shelf } from './shelf.ts';

/** The buffers of events: one object for each event and each set of matched values. */
export function bufferService(place: Place): ServiceDefinition<string, unknown> {
  const { clock, names, real } = place;
  const shelf = (ctx: ObjectContext): Shelf => new Shelf(ctx, (waiting, came) => tell(ctx, waiting, came));
  const now = async (ctx: ObjectContext): Promise<number> => ctx.run('now', () => clock.now());
  const sweepAt = (ctx: ObjectContext, at: number, present: number): void => {
    ctx.genericSend({
      service: names.buffers,
      key: ctx.key,
      method: 'sweep',
      parameter: null,
      inputSerde: json(),
      delay: Math.max(1, Math.ceil(real(at - present))),
    });
  };
  return object({
    name: names.buffers,
    handlers: {
      async put(ctx: ObjectContext, asks: PutAsks): Promise<PutGives> {
        const { to, first } = await shelf(ctx).put(asks);
        // What is kept is swept by one call, which asks for the next.
        if (first) sweepAt(ctx, asks.expires, asks.event.at);
        return { to };
      },
      async wait(ctx: ObjectContext, asks: Waiting): Promise<WaitGives> {
        const gives = await shelf(ctx).wait(asks, await now(ctx));
        return { ...gives, by: asks.invocation.slice(-8) };
      },
      leave: (ctx: ObjectContext, asks: LeaveAsks): Promise<LeaveGives> => shelf(ctx).leave(asks),
      async sweep(ctx: ObjectContext): Promise<void> {
        const present = await now(ctx);
        const next = await shelf(ctx).sweep(present);
        if (next !== undefined) sweepAt(ctx, next, present);
      },
    },
    options: { ...plumbing, ingressPrivate: true, enableLazyState: true },
  });
}

function tell(ctx: ObjectContext, { invocation, signal }: Waiting, came: Came): void {
  ctx
    .invocation(invocation as Parameters<typeof ctx.invocation>[0])
    .signal<Came>(signal)
    .resolve(came);
}
