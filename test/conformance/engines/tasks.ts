import { z } from 'zod';
import { eventContract, taskContract, type TaskPolicy } from 'millrace/flow';
import { NonRetryableError, type TaskContext } from 'millrace/tasks';
import type { CaseWorld } from './world.ts';

const source = 'promises.dsl.ts:1:1';
const any = z.any();
const minutely = { attempts: 3, delay: '1m', backoff: 'fixed' } as const;
const task = <const Name extends string>(name: Name, policy: TaskPolicy = {}) =>
  taskContract(name, { input: any, output: any, policy, source });
const event = <const Name extends string>(name: Name, ttl: '7d' | '10m' = '7d') =>
  eventContract(name, { payload: z.looseObject({ id: z.string() }), ttl, source });

/** Events of the cases, besides those of the simulation. */
export const events = {
  /** Is known for ten minutes only. */
  brief: event('brief'),
  short: event('short', '10m'),
  opened: event('opened'),
  told: event('told'),
  stopped: event('stopped'),
  begun: event('begun'),
  worked: event('worked'),
  asked: event('asked'),
  hired: event('hired'),
  said: event('said'),
};

/** Tasks of the cases, besides those of the simulation. */
export const contracts = {
  /** Does what it is told to, once. */
  job: task('job'),
  silent: task('silent', { heartbeat: '1s', timeout: '30s', retry: minutely }),
  beating: task('beating', { heartbeat: '2s', timeout: '30s' }),
  lasting: task('lasting', { totalTimeout: '15m', retry: { ...minutely, attempts: 9, delay: '10m' } }),
  growing: task('growing', { retry: { attempts: 3, delay: '10m', backoff: 'exponential' } }),
  tooling: task('tooling', { retry: minutely }),
  onceing: task('onceing'),
  saving: task('saving', { retry: minutely, timeout: '5m' }),
  telling: task('telling', { retry: minutely }),
  cached: task('cached', { cache: { ttl: '30m' } }),
  proving: taskContract('proving', {
    input: any,
    output: z.object({ code: z.number() }),
    policy: { retry: minutely },
    source,
    evidence: { claims: [{ kind: 'exitCode', options: { actual: ({ output }) => output.code } }] },
  }),
  alone: task('alone', { concurrency: 1 }),
  thrice: task('thrice', { rateLimit: { limit: 3, per: '20m' } }),
  fragile: task('fragile', { breaker: { failures: 2, reset: '30m' }, retry: { ...minutely, attempts: 4 } }),
  strict: taskContract('strict', {
    input: z.object({ n: z.coerce.number() }),
    output: z.object({ n: z.number().max(9) }),
    policy: {},
    source,
  }),
  /** Fails when it is asked for the first time. */
  mended: task('mended'),
};

/** What they do. */
export function implementations(world: CaseWorld) {
  const isFirst = (context: TaskContext): boolean => {
    const first = world.count(context.step) === 0;
    world.note(context);
    return first;
  };
  const flaky = (): never => {
    throw new Error('flaky');
  };
  return {
    job: (input: unknown, context: TaskContext) => {
      world.note(context);
      if (input === 'bad') throw new NonRetryableError('bad job', { code: 'BAD' });
      return input;
    },
    silent: async (_: unknown, context: TaskContext) => {
      world.note(context);
      if (context.attempt === 1) await world.wait(Infinity, context.signal);
      return 'heard';
    },
    beating: async (_: unknown, { heartbeat, signal }: TaskContext) => {
      for (let n = 0; n < 4; n++) {
        heartbeat({ n });
        await world.wait(800, signal);
      }
      return 'beaten';
    },
    lasting: (_: unknown, context: TaskContext) => (world.note(context), flaky()),
    growing: (_: unknown, context: TaskContext) => (world.note(context), flaky()),
    tooling: async (hangs: boolean, context: TaskContext) => {
      world.note(context);
      const fetched = async () => (world.note(context, 'fetched'), 7);
      const { output, replayed } = await context.tool('fetch', { a: 1 }, fetched);
      if (hangs && world.count('hung') === 0) {
        world.note(context, 'hung');
        await world.wait(Infinity, context.signal);
      }
      if (!hangs && context.attempt === 1) flaky();
      return `${output} ${replayed}`;
    },
    onceing: async (key: string, context: TaskContext) => {
      const { output, replayed } = await context.once(key, { key }, () => (world.note(context, `once ${key}`), 5));
      return `${output} ${replayed}`;
    },
    saving: async (_: unknown, context: TaskContext) => {
      world.note(context);
      const had = context.state;
      if (had !== undefined) return had;
      await context.checkpoint({ n: 1 });
      world.note(context, 'saved');
      await world.wait(Infinity, context.signal);
      return 'never';
    },
    telling: (_: unknown, context: TaskContext) => {
      world.note(context);
      context.emit(events.told({ id: 'a', attempt: context.attempt }));
      if (context.attempt === 1) flaky();
      return 'told';
    },
    cached: (input: unknown, context: TaskContext) => (world.note(context), input),
    proving: (good: number, context: TaskContext) => {
      world.note(context);
      return { code: context.attempt < good ? 1 : 0 };
    },
    alone: async (_: unknown, context: TaskContext) => {
      world.note(context, 'in');
      await world.wait(100, context.signal);
      world.note(context, 'out');
      return null;
    },
    thrice: (_: unknown, context: TaskContext) => (world.note(context), context.now()),
    fragile: (_: unknown, context: TaskContext) => {
      world.note(context);
      return context.attempt < 4 ? flaky() : context.now();
    },
    strict: ({ n }: { readonly n: number }, context: TaskContext) => (world.note(context), { n }),
    mended: (input: unknown, context: TaskContext) => {
      if (isFirst(context)) throw new NonRetryableError('not yet');
      return input;
    },
  };
}
