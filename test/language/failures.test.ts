/** `failed(…)` from the source to the engine: bound to the executed source, and compiled. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { failed, flow } from 'millrace';
import type { DeclaredFlow } from 'millrace/flow';
import { ReactiveSystemRuntime, type FlowResult } from 'millrace/runtime';
import { loadSystemFromDsl } from 'millrace/source';
import { openSqlite } from 'millrace/store';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { Project } from '../../src/compiler/fixtures/project.ts';
import { root } from '../support/type-check.ts';
import * as declared from './failures.dsl.ts';

const project = new Project();
afterAll(() => project.dispose());
const bound: Record<string, BoundSystem> = {};

beforeAll(async () => {
  const file = join(root, 'test/language/failures.dsl.ts');
  bound['live'] = await loadSystemFromDsl(file, { live: true });
  project.write('src/failures.dsl.ts', readFileSync(file, 'utf8'));
  const { diagnostics } = project.compile(await loadSystemFromDsl(file));
  expect(diagnostics).toEqual([]);
  const path = project.path('generated/failures/index.ts');
  bound['compiled'] = ((await import(pathToFileURL(path).href)) as { readonly default: BoundSystem }).default;
});

it('what is compiled type-checks', () => {
  expect(project.check()).toBe('');
});

it('what is kept is in the bound system', () => {
  const retention = { runs: { maxAge: '90d', maxSize: '1gb' }, history: { machines: { order: { keep: 5 } } } };
  expect([bound['live']?.retention, bound['compiled']?.retention]).toEqual([retention, retention]);
});

interface World {
  readonly runtime: ReactiveSystemRuntime;
  readonly clock: SimulatedClock;
  readonly notes: unknown[];
  readonly published: () => readonly string[];
}

const open = (system: BoundSystem | undefined, fails: (attempt: number) => boolean = () => true): World => {
  const notes: unknown[] = [];
  const store = openSqlite(':memory:');
  let runtime: ReactiveSystemRuntime | undefined;
  const clock = new SimulatedClock({ settle: () => runtime?.idle() ?? Promise.resolve() });
  runtime = new ReactiveSystemRuntime(system as BoundSystem, { store, clock, logger: silentLogger });
  const refuse = (what: string, attempt: number): void => {
    if (fails(attempt)) throw Object.assign(new Error(`${what} refused`), { code: 'REFUSED' });
  };
  runtime.registerTaskImplementations({
    charge: (_input: never, { attempt }) => (refuse('the card was', attempt), { paymentId: 'p' }),
    count: (_input: never, { attempt }) => (refuse('the text was', attempt), 1),
    note: (input: never) => void notes.push(input),
  });
  const published = (): readonly string[] => store.tables.events.after(0, 100).map(({ name }) => name);
  return { runtime, clock, notes, published };
};

/** Runs a flow to its end, however long that takes. */
async function run({ runtime, clock }: World, flow: string, input: unknown, id?: string): Promise<FlowResult> {
  const { runId } = await runtime.start(flow, input, id === undefined ? {} : { id });
  await clock.runUntilIdle();
  await runtime.idle();
  return runtime.result(runId);
}

const order = { orderId: 'A1', cents: '12' };

describe.each(['live', 'compiled'] as const)('failures as events, %s', (how) => {
  it('a wait takes the failure that matches, with what the task was given, parsed', async () => {
    const world = open(bound[how]);
    const { runId: other } = await world.runtime.start('watch', { orderId: 'B2' });
    const { runId } = await world.runtime.start('watch', { orderId: 'A1' });
    await world.runtime.start('pay', order, { id: 'pay-A1' });
    await world.clock.advance('1m');
    await world.runtime.idle();
    expect(await world.runtime.result(runId)).toMatchObject({
      status: 'completed',
      output: { cents: 13, code: 'REFUSED', runId: 'pay-A1', step: 'charge' },
    });
    expect(world.runtime.status(other)?.status).toBe('waiting');
    await world.runtime.close();
  });

  it('is published once for a task whose tries are used up, and not for a try that is made again', async () => {
    const world = open(bound[how], (attempt) => attempt < 3);
    expect(await run(world, 'pay', order)).toMatchObject({ success: true });
    expect(world.published()).toEqual([]);
    await world.runtime.close();

    const failing = open(bound[how]);
    expect(await run(failing, 'bill', order)).toMatchObject({ status: 'completed', partial: true });
    // What the flow makes of it does not count: the task has failed. The flow has not.
    expect(failing.published()).toEqual(['failed.charge']);
    await failing.runtime.close();
  });

  it('starts a flow, which reads the input of the one that failed', async () => {
    const world = open(bound[how]);
    expect(await run(world, 'pay', order, 'p-1')).toMatchObject({ status: 'failed' });
    expect(world.published()).toEqual(['failed.charge', 'failed.pay']);
    expect(world.notes).toEqual([{ regret: 'A1', because: 'the card was refused', run: 'p-1' }]);
    await world.runtime.close();
  });

  it('an input that is no object comes as `input`', async () => {
    const world = open(bound[how]);
    await run(world, 'counting', 'one two');
    expect(world.notes).toEqual([{ miscounted: 'one two' }]);
    expect(world.published()).toEqual(['failed.count']);
    await world.runtime.close();
  });

  it('moves the machine whose key it names, and may create one', async () => {
    const world = open(bound[how]);
    await world.runtime.sendEvent('placed', order);
    await run(world, 'pay', order, 'p-1');
    await run(world, 'pay', { orderId: 'B2', cents: '7' }, 'p-2');
    expect(world.runtime.get('order', 'A1')).toMatchObject({
      state: ['stuck'],
      context: { reason: 'the card was refused', cents: 12 },
    });
    expect(world.runtime.get('order', 'B2')).toMatchObject({
      state: ['open'],
      context: { reason: 'p-2: the card was refused' },
    });
    await world.runtime.close();
  });

  it('a cancel is no failure', async () => {
    const world = open(bound[how]);
    const { runId } = await world.runtime.start('pay', order);
    await world.runtime.idle();
    await world.runtime.cancel(runId);
    await world.clock.runUntilIdle();
    expect(await world.runtime.result(runId)).toMatchObject({ status: 'cancelled' });
    expect(world.published()).toEqual([]);
    await world.runtime.close();
  });

  it('a task that nobody has a failed(…) of publishes nothing, until a handler asks for it', async () => {
    const world = open(bound[how]);
    world.runtime.registerTaskImplementations({
      note: () => {
        throw Object.assign(new Error('no ink'), { retryable: false });
      },
    });
    expect((await world.runtime.executeTask('note', 'x')).success).toBe(false);
    expect(world.published()).toEqual([]);
    const heard: unknown[] = [];
    world.runtime.registerEventHandler('failed.note', ({ name, payload }) => heard.push([name, payload]));
    const { runId } = await world.runtime.executeTask('note', 'x');
    await world.runtime.idle();
    expect(heard).toMatchObject([['failed.note', { input: 'x', runId, step: 'task', error: { message: 'no ink' } }]]);
    await world.runtime.close();
  });

  it('starts a flow that is registered while it runs', async () => {
    const world = open(bound[how]);
    const late = flow('late', { input: z.object({ input: z.string() }), on: failed(declared.count) }, (f) =>
      f.step('note', ({ input }) => declared.note({ late: input.input })),
    );
    world.runtime.registerFlow(late as unknown as DeclaredFlow);
    await run(world, 'counting', 'three');
    expect(world.notes).toEqual([{ miscounted: 'three' }, { late: 'three' }]);
    await world.runtime.close();
  });

  it('cannot be sent', async () => {
    const world = open(bound[how]);
    await expect(world.runtime.sendEvent('failed.charge', order)).rejects.toMatchObject({ code: 'MR3570' });
    expect(() => world.runtime.registerEventHandler('failed.nothing', () => {})).toThrow(
      /has no event 'failed.nothing'/,
    );
    await world.runtime.close();
  });

  it('an input that its own schema refuses is told as it was given', async () => {
    const world = open(bound[how]);
    const { runId } = await world.runtime.start('watch', { orderId: 'C3' });
    await run(world, 'pay', { orderId: 'C3', cents: 'many' });
    expect((await world.runtime.result(runId)).output).toMatchObject({ cents: 'many1', code: 'MR3101' });
    await world.runtime.close();
  });
});
