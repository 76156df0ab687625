import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';

export default system('hello', { version: '1.0.0', description: 'Greets visitors and remembers who is in.' });

const Visitor = z.object({ name: z.string().min(1) });

// Events: what can happen.

/** Somebody came in. */
export const visitorArrived = event('visitorArrived', { payload: Visitor });

/** Somebody went away. */
export const visitorLeft = event('visitorLeft', { payload: Visitor });

/** A greeting was written into the guest book. */
export const visitorGreeted = event('visitorGreeted', { payload: z.object({ name: z.string(), page: z.int() }) });

// Tasks: what touches the world. The code of each is in tasks/.

/** Writes a line into the guest book. The idempotency key keeps a second attempt from writing it twice. */
export const signGuestBook = task('signGuestBook', {
  input: Visitor,
  output: z.object({ page: z.int(), line: z.string() }),
  idempotent: true,
  retry: { attempts: 3, backoff: 'exponential', delay: '200ms' },
  timeout: '5s',
});

// Flows: steps in order. Each finished step is on disk before the next one starts.

/** Signs the guest book for a visitor and tells the world. */
export const greet = flow('greet', { input: Visitor, output: z.object({ greeting: z.string(), page: z.int() }) }, (f) => f
  .step('signed', ({ input }) => signGuestBook({ name: input.name }))
  .emit('told', ({ input, signed }) => visitorGreeted({ name: input.name, page: signed.page }))
  .returns(({ signed }) => ({ greeting: signed.line, page: signed.page })));

// Machines: things that live long and react. One instance per `key`.

/** One visitor, from door to door. */
export const visitor = machine('visitor', {
  key: 'name',
  context: z.object({ visits: z.int().default(0), page: z.int().optional() }),
  events: { visitorArrived, visitorLeft },
  creates: ['visitorArrived'],
  flows: { greet },
}).states('outside', {
  outside: {
    on: { visitorArrived: { target: 'greeted', assign: ({ context }) => ({ visits: context.visits + 1 }) } },
  },
  greeted: {
    run: {
      flow: 'greet',
      input: ({ instanceId }) => ({ name: instanceId }),
      onDone: { target: 'inside', assign: ({ output }) => ({ page: output.page }) },
      onError: 'outside',
    },
  },
  inside: {
    on: { visitorLeft: 'outside' },
    after: { '8h': 'outside' },
  },
});
