import { z } from 'zod';
import { eventContract, flowContract, taskContract, type FlowModule, type Host } from 'millrace/flow';
import type { Effect, MachineModule, MachineStep, Snapshot } from 'millrace/machine';
import { NonRetryableError, type BoundMachine, type BoundSystem, type TaskContext } from 'millrace/tasks';
import type { World } from 'millrace/testing';
import type { Body, Spec } from './spec.ts';

const source = 'simulate.dsl.ts:1:1';
const at = { at: '1:1' } as const;
const any = z.any();

const go = eventContract('go', { payload: z.object({ n: z.number() }), ttl: '7d', source });
const noted = eventContract('noted', { payload: z.object({ id: z.string(), n: z.number() }), ttl: '7d', source });
const work = taskContract('work', {
  input: any,
  output: any,
  policy: { retry: { attempts: 3, delay: '1m', backoff: 'fixed' }, timeout: '10s' },
  source,
});
const narrow = taskContract('narrow', {
  input: any,
  output: any,
  policy: { ...work.policy, concurrency: 1, rateLimit: { limit: 3, per: '1m' } },
  source,
});
const back = taskContract('back', { input: any, output: any, policy: {}, source });
const inner = flowContract('inner', { input: any, source });
const outer = flowContract('outer', { input: any, source });
const timed = flowContract('timed', { input: any, source });
const heard = flowContract('heard', { input: any, source });

async function perform(host: Host, body: Body): Promise<string> {
  let value = '';
  for (const [index, step] of body.entries()) {
    const id = `${step.do}${index}`;
    switch (step.do) {
      case 'work':
        value += await host.step(id, () => (step.narrow === true ? narrow : work)({ ...step, id }), at);
        if (step.undo) host.undo(id, () => back(id), at);
        break;
      case 'broken':
        await host.step(id, () => work({ fails: 9, slow: 0, late: false, id }), at);
        break;
      case 'sleep':
        await host.sleep(id, `${step.minutes}m`, at);
        break;
      case 'emit':
        await host.emit(id, () => go({ n: step.n }), at);
        break;
      case 'receive': {
        const options = { ...at, match: () => ({ n: step.n }) };
        const got = step.timeout
          ? await host.receive(id, go, { ...options, timeout: '30m', onTimeout: 'continue' })
          : await host.receive(id, go, options);
        value += got === undefined ? 'none' : `got${got.n}`;
        break;
      }
      case 'approve':
        value += (await host.approve(id, at)).by;
        break;
      case 'child':
        value += await host.child(
          id,
          () => ({ contract: inner, input: { body: step.body } }),
          step.timeout ? { ...at, timeout: '30m' } : at,
        );
        break;
      case 'all': {
        const both = await host.all(
          id,
          { a: (h) => perform(h, step.body), b: (h) => perform(h, step.body.slice(1)) },
          at,
        );
        value += `(${both.a}|${both.b})`;
        break;
      }
      case 'map':
        value += `[${(
          await host.map(
            id,
            () => [1, 2, 3],
            (h) => perform(h, step.body),
            { ...at, concurrency: 2 },
          )
        ).join()}]`;
        break;
      case 'attempt':
        value += await host.attempt(
          id,
          (h) => perform(h, step.body),
          async (h) => `!${await perform(h, step.body.slice(1))}`,
          at,
        );
        break;
      case 'repeat':
        value += await host.repeat(
          id,
          (h) => perform(h, step.body),
          () => false,
          { ...at, max: 2, delay: '10m' },
        );
        break;
      case 'branch':
        value += await host.branch(
          id,
          () => step.body.length % 2 === 0,
          { true: (h) => perform(h, step.body), false: (h) => perform(h, step.body.slice(1)) },
          at,
        );
        break;
      case 'graph': {
        const node = { fails: 0, slow: 0, late: false };
        const all = await host.graph(
          id,
          (g) =>
            g
              .node('a', () => work({ ...node, fails: 1, id: 'a' }), at)
              .node('b', () => work({ ...node, id: 'b' }), { ...at, needs: ['a'] })
              .node('c', () => ({ contract: inner, input: { body: step.body } }), at),
          at,
        );
        value += `${String(all.a)}${String(all.b)}${String(all.c)}`;
        break;
      }
      case 'race': {
        const won = await host.race(
          id,
          { a: (h) => perform(h, step.body), b: (h) => perform(h, [...step.body, ...step.body]) },
          at,
        );
        value += `${won.winner}:${won.value}`;
        break;
      }
    }
  }
  return value;
}

const flow = (contract: FlowModule['contract'], more: Partial<FlowModule> = {}): FlowModule => ({
  kind: 'flow',
  contract,
  hash: `hash of ${contract.contract}`,
  waits: [{ event: 'go', fields: ['n'] }],
  run: (host, input) => perform(host, (input as Spec).body),
  ...more,
});

interface Book {
  /** The numbers that it was told, in order. */
  readonly seen: readonly number[];
  /** The numbers of the reminders that came. */
  readonly rang: readonly number[];
}

/** Notes what it is told, and sets a reminder for each. */
const book: MachineModule<Book> = {
  kind: 'machine',
  name: 'book',
  hash: 'book',
  key: 'id',
  events: { noted: 'noted' },
  creates: ['noted'],
  states: [['open', -1, ['noted', 'ring']]],
  start: (context) => told(context, []),
  send(snapshot, { name, payload }) {
    const { n } = payload as { readonly n: number };
    const { context } = snapshot as Snapshot<Book>;
    return name === 'ring'
      ? told({ ...context, rang: [...context.rang, n] }, [])
      : told({ ...context, seen: [...context.seen, n] }, [
          { type: 'schedule', id: `ring${n}`, delay: 3_600_000, event: { name: 'ring', payload: { n } } },
        ]);
  },
  available: () => ['noted'],
};

const told = (context: Book, effects: readonly Effect[]): MachineStep<Book> => ({
  snapshot: { state: ['open'], context, status: 'active' },
  handled: true,
  effects,
  errors: [],
});

const bookContext = z.object({ seen: z.array(z.number()).default([]), rang: z.array(z.number()).default([]) });

/** Everything that the random flows of `spec.ts` need. */
export const system: BoundSystem = {
  kind: 'bound-system',
  name: 'simulated',
  version: '1.0.0',
  hash: 'simulated',
  source: 'simulate.dsl.ts',
  events: { go, noted },
  tasks: { work, narrow, back },
  flows: {
    outer: flow(outer),
    inner: flow(inner),
    timed: flow(timed, { timeout: '90m' }),
    heard: flow(heard, {
      on: noted,
      waits: [],
      run: (host, input) =>
        host.step('note', () => work({ fails: 0, slow: 0, late: false, id: `heard${(input as { n: number }).n}` }), at),
    }),
  },
  machines: { book: { module: book as unknown as BoundMachine['module'], context: bookContext } },
  implementations: {},
};

interface Work {
  readonly fails: number;
  readonly slow: number;
  readonly late: boolean;
  readonly id: string;
}

/** One effect on the world: an attempt that was made. */
export interface Made {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly key: string;
}

/** What the tasks do in a world. */
export function tasksOf(world: () => Pick<World, 'wait'>, effects: Made[] | ((context: TaskContext) => void)) {
  const note =
    typeof effects === 'function'
      ? effects
      : ({ runId, step, attempt, idempotencyKey }: TaskContext): void =>
          void effects.push({ run: runId, step, attempt, key: idempotencyKey });
  const work = async ({ fails, slow, late, id }: Work, context: TaskContext): Promise<string> => {
    note(context);
    if (late && context.attempt === 1) {
      await world()
        .wait(Infinity, context.signal)
        .catch(() => {});
      await world().wait(60_000);
      return 'late';
    }
    if (slow > 0) await world().wait(slow, context.signal);
    if (fails === 9) throw new NonRetryableError(`broken ${id}`);
    if (context.attempt <= fails) throw new Error(`flaky ${id}`);
    return id;
  };
  return {
    work,
    narrow: work,
    back: (_: string, context: TaskContext): void => note(context),
  };
}
