import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureOf } from '../../flow/index.ts';
import { anyFlow, at, bind } from '../../runtime/fixtures/bind.ts';
import { back, bad, ok, slow, tasks } from '../../runtime/fixtures/noting-tasks.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem, until, type TestSystem } from '../fixtures/system.ts';

describe.skipIf(!restateIsInstalled())('undo on Restate', () => {
  let restate: TestRestate;
  let system: TestSystem;
  const seen: string[] = [];

  beforeAll(async () => {
    restate = await startRestate();
    const undone = anyFlow('undone', async (host) => {
      await host.step('one', () => ok('one'), at);
      host.undo('one', () => back('one'), at);
      await host.map(
        'list',
        () => ['a', 'b'],
        async (h, item) => {
          await h.step('line', () => ok(item), at);
          h.undo('line', () => back(item), at);
        },
        { ...at, concurrency: 1 },
      );
      await host.step('passed', () => bad('passed over'), { ...at, onFailure: 'continue' });
      host.undo('passed', () => back('passed'), at);
      await host.step('two', () => bad('broken'), at);
      host.undo('two', () => back('two'), at);
    });
    const cannot = anyFlow('cannot', async (host) => {
      await host.step('one', () => ok('one'), at);
      host.undo('one', () => back('one'), at);
      await host.step('two', () => ok('two'), at);
      host.undo('two', () => bad('cannot undo'), at);
      throw new Error('a pure mistake');
    });
    const waits = anyFlow('waits', async (host) => {
      await host.step('one', () => ok('one'), at);
      host.undo('one', () => back('one'), at);
      await host.step('long', () => slow('long'), at);
    });
    const limited = anyFlow(
      'limited',
      async (host) => {
        await host.step('one', () => ok('one'), at);
        host.undo('one', () => back('one'), at);
        await host.sleep('rest', '1h', at);
      },
      { timeout: '300ms', onFailure: ({ error, runId }) => ok(`${runId}: ${error.message}`) },
    );
    const parent = anyFlow('parent', async (host) => {
      const first = await host.child('first', () => ({ contract: inner.contract, input: 'A' }), at);
      const second = await host.step('second', () => ({ contract: inner.contract, input: 'B' }), {
        ...at,
        retry: { attempts: 2, delay: '1ms' },
      });
      return [first, second];
    });
    const inner = anyFlow('inner', async (host, name: string) => {
      await host.step('one', () => ok(name), at);
      host.undo('one', () => back(name), at);
      if (host.runId.endsWith('/second')) throw new Error('the first time');
      return `${name} of ${host.runId}`;
    });
    const backing = anyFlow('backing', async (host, name: string) => {
      await host.step('first', () => back(`${name} first`), at);
      await host.sleep('rest', '300ms', at);
      await host.step('second', () => back(`${name} second`), at);
    });
    const twice = anyFlow('twice', async (host) => {
      await host.step('one', () => ok('one'), at);
      host.undo('one', () => back('one'), at);
      await host.step('two', () => ok('two'), at);
      host.undo('two', () => ({ contract: backing.contract, input: 'two' }), at);
      await host.step('long', () => slow('long'), at);
    });
    const above = anyFlow('above', async (host) => {
      await host.child('below', () => ({ contract: waits.contract, input: undefined }), at);
    });
    const heard = anyFlow(
      'heard',
      (host, input: { readonly error: { readonly code: string } }) =>
        host.step('one', () => ok(`heard ${input.error.code}`), at),
      { on: failureOf(bad) },
    );
    const flowHeard = anyFlow(
      'flowHeard',
      (host, input: { readonly runId: string }) => host.step('one', () => ok(`flow ${input.runId}`), at),
      { on: failureOf(undone.contract) },
    );
    system = await startSystem(
      restate,
      bind({
        tasks: tasks(seen),
        flows: [undone, cannot, waits, limited, parent, inner, above, backing, twice, heard, flowHeard],
      }),
    );
  }, 60_000);
  afterAll(() => restate?.close());
  /** What was done, but for the flows that hear of failures, at some time. */
  const did = (): string[] => seen.filter((what) => !/^(?:heard|flow) /.test(what));

  it('undoes finished steps, newest first, in parts too, and not what failed; whoever listens hears of it', async () => {
    seen.length = 0;
    const end = await system.run('undone', undefined, { run: 'u1' });
    expect(end).toMatchObject({
      status: 'failed',
      error: { code: 'BAD', message: 'broken', details: { source: 'test.dsl.ts:11:3', step: 'two' } },
      errors: [{ path: 'passed' }],
    });
    expect(did()).toEqual(['one', 'a', 'b', 'bad passed over', 'bad broken', 'back b', 'back a', 'back one']);
    await until(() => seen.filter((what) => what === 'heard BAD').length === 2 && seen.includes('flow u1'));
  });

  it('tells of an undo that fails for good, and runs the others', async () => {
    seen.length = 0;
    expect(await system.run('cannot')).toMatchObject({
      error: { message: 'a pure mistake' },
      errors: [{ path: 'two/~undo', error: { message: 'cannot undo' } }],
    });
    expect(did()).toEqual(['one', 'two', 'bad cannot undo', 'back one']);
  });

  it('is what a cancel does, after it has stopped the attempt', async () => {
    seen.length = 0;
    const invocation = await system.start('waits', undefined, { run: 'w1' });
    await until(() => seen.includes('long'));
    await system.cancel(invocation);
    expect(await system.end('waits', 'w1')).toMatchObject({
      status: 'cancelled',
      error: { code: 'MR3203', message: "Run 'w1' was cancelled." },
    });
    expect(did()).toEqual(['one', 'long', 'aborted long', 'back one']);
  });

  it('is done whatever is cancelled once more meanwhile', async () => {
    seen.length = 0;
    const invocation = await system.start('twice', undefined, { run: 't1' });
    await until(() => seen.includes('long'));
    await system.cancel(invocation);
    await until(() => seen.includes('back two first'));
    await system.cancel(invocation);
    expect(await system.end('twice', 't1')).toEqual({
      status: 'cancelled',
      error: expect.objectContaining({ code: 'MR3203' }) as unknown,
      at: expect.any(Number) as unknown,
    });
    expect(did().slice(0, 4)).toEqual(['one', 'two', 'long', 'aborted long']);
    expect(did().slice(-2)).toEqual(['back two second', 'back one']);
  });

  it('reaches the flows that a cancelled one runs', async () => {
    seen.length = 0;
    const invocation = await system.start('above', undefined, { run: 'a1' });
    await until(() => seen.includes('long'));
    await system.cancel(invocation);
    expect(await system.end('above', 'a1')).toMatchObject({ status: 'cancelled' });
    expect(await system.end('waits', 'a1/below')).toMatchObject({ status: 'cancelled' });
    expect(did()).toEqual(['one', 'long', 'aborted long', 'back one']);
  });

  it('is what a time limit does, before the flow has the last word', async () => {
    seen.length = 0;
    expect(await system.run('limited', undefined, { run: 'l1' })).toMatchObject({
      status: 'failed',
      error: { code: 'MR3217', message: "Run 'l1' took longer than its flow allows." },
    });
    expect(did()).toEqual(['one', 'back one', "l1: Run 'l1' took longer than its flow allows."]);
  });

  it('is done by a flow that another runs, which may be run again', async () => {
    seen.length = 0;
    expect(await system.run('parent', undefined, { run: 'p1' })).toMatchObject({
      status: 'completed',
      output: ['A of p1/first', 'B of p1/second~2'],
    });
    expect(did()).toEqual(['A', 'B', 'back B', 'B']);
  });
});
