import { describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { anyFlow, at, code } from './fixtures/bind.ts';
import { back, bad, ok, open, slow, tasks } from './fixtures/noting-tasks.ts';

describe('undo', () => {
  it('undoes finished steps, newest first, in parts too, and not what failed', async () => {
    const seen: string[] = [];
    const flow = anyFlow('f', async (host) => {
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
    const runtime = open({ tasks: tasks(seen), flows: [flow] });
    const result = await runtime.executeFlow('f');
    expect(result).toMatchObject({
      success: false,
      status: 'failed',
      error: { code: 'BAD', message: 'broken' },
      errors: [{ path: 'passed' }],
    });
    expect(result.error?.details).toMatchObject({ source: 'test.dsl.ts:11:3', step: 'two' });
    expect(seen).toEqual(['one', 'a', 'b', 'bad passed over', 'bad broken', 'back b', 'back a', 'back one']);
    await runtime.close();
  });

  it('records an undo that fails for good, and runs the others', async () => {
    const seen: string[] = [];
    const flow = anyFlow('f', async (host) => {
      await host.step('one', () => ok('one'), at);
      host.undo('one', () => back('one'), at);
      await host.step('two', () => ok('two'), at);
      host.undo('two', () => bad('cannot undo'), at);
      throw new Error('a pure mistake');
    });
    const runtime = open({ tasks: tasks(seen), flows: [flow] });
    const result = await runtime.executeFlow('f');
    expect(result).toMatchObject({
      error: { message: 'a pure mistake' },
      errors: [{ path: 'two/~undo', error: { message: 'cannot undo' } }],
    });
    expect(seen).toEqual(['one', 'two', 'bad cannot undo', 'back one']);
    await runtime.close();
  });

  it('is done once, also when a crash comes in the middle of it', async () => {
    const seen: string[] = [];
    const store = openSqlite(':memory:');
    let crash = true;
    const parts = {
      tasks: [
        ...tasks(seen).filter(({ contract }) => contract.contract !== 'back'),
        code(back, async (name: string) => {
          if (name === 'two' && crash) {
            crash = false;
            first.abandon();
          }
          seen.push(`back ${name}`);
        }),
      ],
      flows: [
        anyFlow('f', async (host) => {
          for (const id of ['one', 'two', 'three']) {
            await host.step(id, () => ok(id), at);
            host.undo(id, () => back(id), at);
          }
          await host.step('end', () => bad('no'), at);
        }),
      ],
    };
    const first = open(parts, { store, db: undefined });
    await first.start('f', undefined, { id: 'r' });
    await expect(first.result('r')).rejects.toMatchObject({ code: 'MR3223' });
    store.transaction((tx) => tx.owner.release());
    const second = open(parts, { store, db: undefined });
    expect(await second.result('r')).toMatchObject({ status: 'failed', error: { code: 'BAD' } });
    expect(seen).toEqual(['one', 'two', 'three', 'bad no', 'back three', 'back two', 'back two', 'back one']);
    await second.close();
  });
});

describe('attempt', () => {
  it('undoes its own part only, then runs the handler with the error', async () => {
    const seen: string[] = [];
    const flow = anyFlow('f', async (host) => {
      await host.step('outer', () => ok('outer'), at);
      host.undo('outer', () => back('outer'), at);
      return host.attempt(
        'try',
        async (h) => {
          await h.step('inner', () => ok('inner'), at);
          h.undo('inner', () => back('inner'), at);
          await h.step('fails', () => bad('inside'), at);
          return 'never';
        },
        async (h, error) => h.step('handled', () => ok(`handled ${error.code}`), at),
        at,
      );
    });
    const runtime = open({ tasks: tasks(seen), flows: [flow] });
    expect(await runtime.executeFlow('f')).toMatchObject({ success: true, output: 'handled BAD' });
    expect(seen).toEqual(['outer', 'inner', 'bad inside', 'back inner', 'handled BAD']);
    await runtime.close();
  });
});

describe('all', () => {
  it('cancels the others when one part fails, keeps what finished, and fails with the first error', async () => {
    const seen: string[] = [];
    const flow = anyFlow('f', (host) =>
      host.all(
        'parts',
        {
          quick: (h) => h.step('x', () => ok('quick'), at),
          long: (h) => h.step('x', () => slow('long'), at),
          wrong: async (h) => {
            await h.sleep('nap', '5ms', at);
            await h.step('x', () => bad('wrong'), at);
          },
        },
        at,
      ),
    );
    const runtime = open({ tasks: tasks(seen), flows: [flow] });
    const result = await runtime.executeFlow('f');
    expect(result).toMatchObject({
      error: { message: 'wrong' },
      stepResults: {
        'parts/quick/x': { status: 'completed', output: 'quick' },
        'parts/long/x': { status: 'cancelled' },
        'parts/wrong/x': { status: 'failed' },
      },
    });
    expect(seen).toEqual(['quick', 'long', 'bad wrong', 'aborted long']);
    await runtime.close();
  });

  it('keeps its window', async () => {
    let now = 0;
    let most = 0;
    const work = code(ok, async () => {
      most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 2));
      now--;
    });
    const flow = anyFlow('f', async (host) => {
      await host.map(
        'list',
        () => Array.from({ length: 20 }, (_, index) => index),
        (h) => h.step('x', () => ok(1), at),
        at,
      );
    });
    const runtime = open({ tasks: [work], flows: [flow] });
    await runtime.executeFlow('f');
    expect(most).toBe(5);
    await runtime.close();
  });
});
