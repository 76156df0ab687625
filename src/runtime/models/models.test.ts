import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { taskContract } from 'millrace/flow';
import { environmentProviders, openModels, scriptedProvider } from 'millrace/llm';
import { ReactiveSystemRuntime, type RuntimeOptions } from 'millrace/runtime';
import { openMemory, type Store } from 'millrace/store';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { testRuntime } from 'millrace/testing';
import { scriptedModels } from '../../llm/fixtures/scripted-models.ts';
import { askingSystem, askingTask } from '../fixtures/asking.ts';
import { anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';

const ask = askingTask('ask');
const open = (system: BoundSystem, options: Partial<RuntimeOptions> & { readonly store?: Store } = {}) =>
  new ReactiveSystemRuntime(system, { logger: silentLogger, store: openMemory(), ...options });
const toolCall = (name: string, input: unknown) => ({ toolCalls: [{ id: 'c1', name, input }] });
const said = (text: string) => ({ json: { text } });

describe('a task that a model performs', () => {
  it('is a step like any other', async () => {
    const models = scriptedModels([said('hello')]);
    const runtime = open(askingSystem(ask), { models });
    const { status, output } = await runtime.executeFlow('f', { n: 1 });
    expect([status, output]).toEqual(['completed', { text: 'hello' }]);
    await runtime.close();
  });

  it('waits for models when there are none, and goes on where there are', async () => {
    const store = openMemory();
    const first = open(askingSystem(ask), { store });
    const { runId } = await first.start('f', 1);
    expect(await first.result(runId)).toMatchObject({ status: 'blocked', error: { code: 'MR3287' } });
    await expect(first.executeTask('ask', 1)).rejects.toThrow(expect.objectContaining({ code: 'MR3287' }));
    await first.close();
    const second = open(askingSystem(ask), { store, models: scriptedModels([said('hi')]) });
    expect(await second.result(runId)).toMatchObject({ status: 'completed', output: { text: 'hi' } });
    await second.close();
  });

  it('waits just so for somebody who can be asked, also when it is a tool of another', async () => {
    const store = openMemory();
    const plain = askingTask('ask', { agent: { name: 'writer', role: 'fast' } });
    const first = open(askingSystem(plain), { store, models: openModels({ providers: environmentProviders({}) }) });
    const { runId } = await first.start('f', 1);
    const error = { code: 'MR3287', message: expect.stringContaining('set ANTHROPIC_API_KEY') };
    expect(await first.result(runId)).toMatchObject({ status: 'blocked', error });
    expect(await first.executeTask('ask', 1)).toMatchObject({ success: false, error: { code: 'MR3287' } });
    await first.close();
    const second = open(askingSystem(plain), { store, models: scriptedModels([said('hi'), said('hi')]) });
    expect(await second.result(runId)).toMatchObject({ status: 'completed', output: { text: 'hi' } });
    await second.close();
    // Who plans can be asked, who does its tool cannot.
    const tools = [{ task: 'inner', description: 'Asks another.' }];
    const outer = askingTask('ask', { agent: { name: 'planner', model: 'gpt-6-luna' }, tools });
    const inner = askingTask('inner', { agent: { name: 'writer', model: 'claude-haiku-5-5' } });
    const planner = scriptedProvider([toolCall('inner', 1)], { name: 'openai' });
    const system = askingSystem(outer, { unimplemented: [inner] });
    const third = open(system, { models: openModels({ providers: [planner] }) });
    expect(await third.executeFlow('f', 1)).toMatchObject({ status: 'blocked', error: { code: 'MR3287' } });
    await third.close();
  });

  it('is done by code instead, where there is some', async () => {
    const models = scriptedModels([]);
    const runtime = open(askingSystem(ask), { models });
    runtime.registerTaskImplementation('ask', () => ({ text: 'by hand' }));
    expect(await runtime.executeFlow('f', 1)).toMatchObject({ output: { text: 'by hand' } });
    expect(models.asked).toEqual([]);
    await runtime.close();
  });

  it('does not ask before its tools are there', async () => {
    const tool = anyTask('look');
    const task = askingTask('ask', { tools: [{ task: 'look', description: 'Looks.' }] });
    const runtime = open(askingSystem(task, { unimplemented: [tool] }), { models: scriptedModels([]) });
    const { runId } = await runtime.start('f', 1);
    expect(await runtime.result(runId)).toMatchObject({ status: 'blocked', error: { code: 'MR3209' } });
    await runtime.close();
  });

  it('counts for the run that a person has started, and for its own step', async () => {
    const models = scriptedModels([said('deep')]);
    const asked = models.how;
    const kept = { ...models, keptIn: () => models };
    const outer = anyFlow('outer', (host) => host.child('inner', () => ({ contract: inner.contract, input: 1 }), at));
    const inner = anyFlow('inner', (host) => host.step('said', () => ask(1), at));
    const runtime = open(bind({ unimplemented: [ask], flows: [outer, inner] }), { models: kept });
    const { runId } = await runtime.start('outer', 1);
    await runtime.result(runId);
    const child = runtime.list({ target: 'inner' })[0]?.id;
    expect(asked).toEqual([
      expect.objectContaining({ run: child, within: runId, step: 'said', task: 'ask', agent: 'writer' }),
    ]);
    await runtime.close();
  });
});

it.each([null, 'openai', {}, [], { ask: () => {} }])('what is no models is refused at once: %j', async (models) => {
  const store = openMemory();
  expect(() => open(askingSystem(ask), { store, models: models as never })).toThrow(
    expect.objectContaining({ code: 'MR3288' }),
  );
  await open(askingSystem(ask), { store }).close();
});

describe('the tools of a model', () => {
  const task = askingTask('ask', { tools: [{ task: 'look', description: 'Looks.' }], policy: { timeout: '1d' } });
  const turns = [toolCall('look', 'there'), said('seen')];

  it('are tasks with their own tries, and an attempt that was cut off does not do them again', async () => {
    const tries: unknown[] = [];
    const look = anyTask('look', { retry: { attempts: 3, delay: '1h' } });
    const system = askingSystem(task, {
      tasks: [
        code(look, (input, { attempt, step, idempotencyKey }) => {
          tries.push([input, attempt, step, idempotencyKey.length]);
          if (attempt < 3) throw new Error('not yet');
          return { sky: 'clear' };
        }),
      ],
    });
    const models = scriptedModels(turns);
    const kept = { ...models, keptIn: () => models };
    await using test = testRuntime(system, { models: kept });
    const { runId } = await test.runtime.start('f', 1);
    const { output } = await test.finish(runId);
    expect(output).toEqual({ text: 'seen' });
    expect(tries).toEqual([1, 2, 3].map((attempt) => ['there', attempt, 'said/~tool.1.1', 64]));
    expect(models.asked[1]?.messages.at(-1)).toMatchObject({ role: 'tool', text: '{"sky":"clear"}' });
    const tools = test.runtime.reader.tools(runId).map(({ tool, step, status }) => [tool, step, status]);
    expect(tools).toEqual(
      expect.arrayContaining([
        ['look', 'said', 'succeeded'],
        ['writer', 'said', 'succeeded'],
      ]),
    );
  });

  it('fail for the model to mend, when they fail for good', async () => {
    const look = anyTask('look');
    const system = askingSystem(task, {
      tasks: [
        code(look, () => {
          throw new Error('it is dark');
        }),
      ],
    });
    const models = scriptedModels(turns);
    const runtime = open(system, { models: { ...models, keptIn: () => models } });
    expect(await runtime.executeFlow('f', 1)).toMatchObject({ output: { text: 'seen' } });
    expect(models.asked[1]?.messages.at(-1)).toMatchObject({
      failed: true,
      text: expect.stringContaining('it is dark'),
    });
    await runtime.close();
  });

  it('keep to the limits of their tasks, with the steps that do the same, and cannot wait for their own model', async () => {
    const look = anyTask('look', { concurrency: 1 });
    let most = 0;
    let now = 0;
    const system = askingSystem(task, {
      tasks: [
        code(look, async () => {
          most = Math.max(most, ++now);
          await new Promise((resolve) => setTimeout(resolve, 2));
          now--;
          return 'x';
        }),
      ],
      flows: [anyFlow('plain', (host) => host.step('looked', () => look('y'), at))],
    });
    const models = scriptedModels((request) =>
      request.messages.length > 1 ? said('seen') : toolCall('look', 'there'),
    );
    const runtime = open(system, { models: { ...models, keptIn: () => models }, concurrency: 2 });
    const all = [...Array(6).keys()].flatMap((n) => [runtime.executeFlow('f', n), runtime.executeFlow('plain', n)]);
    expect(new Set((await Promise.all(all)).map(({ status }) => status))).toEqual(new Set(['completed']));
    expect(most).toBe(1);
    await runtime.close();
  });

  it('that only wait for their turn do not hold up a clock that skips time', async () => {
    const look = anyTask('look', { rateLimit: { limit: 1, per: '1h' } });
    const system = askingSystem(task, { tasks: [code(look, () => 'x')] });
    const models = scriptedModels((request) =>
      request.messages.length > 1 ? said('seen') : toolCall('look', 'there'),
    );
    await using test = testRuntime(system, { models: { ...models, keptIn: () => models } });
    const runs = await Promise.all([1, 2, 3].map((n) => test.runtime.start('f', n)));
    const from = test.clock.now();
    for (const { runId } of runs) expect((await test.finish(runId)).status).toBe('completed');
    expect(test.clock.now() - from).toBeGreaterThanOrEqual(2 * 3_600_000);
  });

  it('may be tasks that models perform, with tools of their own', async () => {
    const inner = askingTask('inner', { tools: [{ task: 'look', description: 'Looks.' }] });
    const outer = askingTask('ask', { tools: [{ task: 'inner', description: 'Asks somebody else.' }] });
    const steps: string[] = [];
    const system = askingSystem(outer, {
      unimplemented: [inner],
      tasks: [code(anyTask('look'), (_: never, { step }) => steps.push(step))],
    });
    const models = scriptedModels([toolCall('inner', 'x'), toolCall('look', 'y'), said('deep'), said('top')]);
    const runtime = open(system, { models: { ...models, keptIn: () => models } });
    expect(await runtime.executeFlow('f', 1)).toMatchObject({ output: { text: 'top' } });
    expect(models.how.map(({ task: name, step }) => [name, step])).toEqual([
      ['ask', 'said'],
      ['inner', 'said/~tool.1.1'],
      ['inner', 'said/~tool.1.1'],
      ['ask', 'said'],
    ]);
    expect(steps).toEqual(['said/~tool.1.1/~tool.1.1']);
    await runtime.close();
  });

  it('have to prove what they say', async () => {
    const proven = taskContract('look', {
      input: z.any(),
      output: z.string(),
      policy: {},
      evidence: { claims: [{ kind: 'fileExists', options: { path: ({ output }) => output } }] },
      source: 'test.dsl.ts:1:1',
    });
    const system = askingSystem(task, { tasks: [code(proven, () => '/there/is/no/such/file')] });
    const models = scriptedModels(turns);
    const runtime = open(system, { models: { ...models, keptIn: () => models } });
    await runtime.executeFlow('f', 1);
    expect(models.asked[1]?.messages.at(-1)).toMatchObject({
      failed: true,
      text: expect.stringContaining('/there/is/no/such/file'),
    });
    await runtime.close();
  });

  it('have their timeouts and total times, and are given up with the attempt that asks', async () => {
    const look = anyTask('look', { retry: { attempts: 9, delay: '1s' }, totalTimeout: '90s', timeout: '10s' });
    let tries = 0;
    const system = askingSystem(task, { tasks: [code(look, () => Promise.reject(new Error(`try ${++tries}`)))] });
    const models = scriptedModels(turns);
    await using test = testRuntime(system, { models: { ...models, keptIn: () => models } });
    const { runId } = await test.runtime.start('f', 1);
    expect(await test.finish(runId)).toMatchObject({ status: 'failed', error: { code: 'MR3131' } });
    // After 1, 2, 4, 8, 16, 32 s; the next one would come too late.
    expect(tries).toBe(7);
  });

  it('are done also while the runtime closes, so that their models come to an end', async () => {
    const store = openMemory();
    const look = anyTask('look', { concurrency: 1 });
    const begun = Promise.withResolvers<void>();
    const system = askingSystem(task, {
      tasks: [
        code(look, async () => {
          begun.resolve();
          await new Promise((resolve) => setTimeout(resolve, 20));
          return 'x';
        }),
      ],
    });
    const models = scriptedModels((request) =>
      request.messages.length > 1 ? said('seen') : toolCall('look', 'there'),
    );
    const runtime = open(system, { store, models: { ...models, keptIn: () => models }, drainMs: 60_000 });
    const runs = await Promise.all([1, 2, 3].map((n) => runtime.start('f', n)));
    await begun.promise;
    await runtime.close();
    const steps = runs.map(({ runId }) => store.tables.journal.of(runId).at(-1)?.kind);
    expect(steps).toEqual(['completed', 'completed', 'completed']);
  });

  it('go before steps that wait for the same, and let none of them starve', async () => {
    const look = anyTask('look', { concurrency: 1 });
    const order: string[] = [];
    const begun = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const system = askingSystem(task, {
      tasks: [
        code(look, async (what: string) => {
          order.push(what);
          begun.resolve();
          await go.promise;
        }),
      ],
      flows: [anyFlow('plain', (host) => host.step('looked', () => look('step'), at))],
    });
    const models = scriptedModels((request) => (request.messages.length > 1 ? said('seen') : toolCall('look', 'tool')));
    const runtime = open(system, { models: { ...models, keptIn: () => models } });
    const plain = (): Promise<unknown> => runtime.executeFlow('plain', 0);
    const first = plain();
    await begun.promise;
    const all = [plain(), plain(), ...[...Array(20).keys()].map((n) => runtime.executeFlow('f', n))];
    await vi.waitFor(() => expect(runtime.limits().tasks['look']?.waiting).toBe(22));
    go.resolve();
    await Promise.all([first, ...all]);
    // Seven tools for each step that waits.
    expect(order.flatMap((what, index) => (what === 'step' ? [index] : []))).toEqual([0, 8, 16]);
    await runtime.close();
  });
});
