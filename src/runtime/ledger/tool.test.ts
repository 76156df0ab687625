import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import type { TaskContext } from 'millrace/tasks';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { open } from '../fixtures/noting-tasks.ts';

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
const never = () => new Promise<never>(() => {});

describe('tools', () => {
  const job = anyTask('job', { retry: { attempts: 5, delay: '1ms' } });
  const using = (run: (context: TaskContext) => Promise<unknown>, more = {}) =>
    open(
      {
        tasks: [code(job, (_: never, context) => run(context))],
        flows: [anyFlow('f', (host) => host.step('x', () => job(), at))],
      },
      more,
    );

  it('run once in a step: later attempts, also after a crash, get what they gave', async () => {
    const store = openSqlite(':memory:');
    let ran = 0;
    const got: unknown[] = [];
    let crash: (() => void) | undefined;
    const run = async ({ tool, attempt }: TaskContext): Promise<unknown> => {
      const keys = new Set<string>();
      // The order of keys does not matter, the arguments do.
      got.push(await tool('fetch', { a: 1, b: 2 }, ({ idempotencyKey }) => (keys.add(idempotencyKey), { n: ++ran })));
      got.push(await tool('fetch', { b: 2, a: 1 }, ({ idempotencyKey }) => (keys.add(idempotencyKey), { n: ++ran })));
      const other = await tool('fetch', { a: 2, b: 2 }, () => null);
      expect(other).toEqual({ output: null, replayed: got.length > 2 });
      if (attempt === 1) throw new Error('again');
      if (crash !== undefined) {
        crash();
        return never();
      }
      return ran;
    };
    const reached = new Promise<void>((resolve) => (crash = resolve));
    const first = using(run, { store, db: undefined });
    const { runId } = await first.start('f');
    await reached;
    crash = undefined;
    first.abandon();
    store.transaction((tx) => tx.owner.release());
    const second = using(run, { store, db: undefined });
    expect(await second.result(runId)).toMatchObject({ output: 1 });
    expect(got).toEqual([
      { output: { n: 1 }, replayed: false },
      ...Array.from({ length: 5 }, () => ({ output: { n: 1 }, replayed: true })),
    ]);
    // Others start afresh.
    expect(await second.executeFlow('f')).toMatchObject({ output: 2 });
    await second.close();
  });

  it('run again when they failed: a code other than 0, or an error; unless that is asked for', async () => {
    let exits = 0;
    let throws = 0;
    const seen: unknown[] = [];
    const runtime = using(async ({ tool, attempt }) => {
      const exit = await tool('shell', 'x', () => ({ exitCode: ++exits < 2 ? 137 : 0 }), {
        replayErrors: attempt === 2,
      });
      const thrown = await tool(
        'boom',
        'y',
        () => {
          throws++;
          throw Object.assign(new Error('boom'), { code: 'BOOM' });
        },
        { replayErrors: attempt === 2 },
      ).catch((error: { code: string }) => error.code);
      seen.push([exit, thrown, exits, throws]);
      if (attempt < 4) throw new Error('again');
    });
    await runtime.executeFlow('f');
    expect(seen).toEqual([
      [{ output: { exitCode: 137 }, replayed: false }, 'BOOM', 1, 1],
      [{ output: { exitCode: 137 }, replayed: true }, 'BOOM', 1, 1],
      [{ output: { exitCode: 0 }, replayed: false }, 'BOOM', 2, 2],
      [{ output: { exitCode: 0 }, replayed: true }, 'BOOM', 2, 3],
    ]);
    await runtime.close();
  });

  it('run when forced, the first time, too, and that is recorded', async () => {
    let ran = 0;
    const seen: unknown[] = [];
    const runtime = using(async ({ tool, attempt }) => {
      seen.push(await tool('t', 1, () => ++ran, { force: attempt !== 2 }));
      if (attempt < 3) throw new Error('again');
    });
    const { runId } = await runtime.executeFlow('f');
    expect(seen).toEqual([
      { output: 1, replayed: false },
      { output: 1, replayed: true },
      { output: 2, replayed: false },
    ]);
    expect(runtime.reader.tools(runId)).toMatchObject([
      { tool: 't', task: 'job', step: 'x', status: 'succeeded', executions: 2, replays: 1, output: 2 },
    ]);
    expect(runtime.reader.toolUse('job')).toEqual([{ task: 'job', executions: 2, replays: 1, hitRate: 1 / 3 }]);
    await runtime.close();
  });

  it('give large results whole, to the first caller and to the next, and keep equal ones once', async () => {
    const store = openSqlite(':memory:');
    const text = 'ä'.repeat(50_000);
    const lengths: unknown[] = [];
    const runtime = using(
      async ({ tool, attempt }) => {
        for (const name of ['a', 'b']) {
          const { output, replayed } = await tool(name, 1, () => text);
          lengths.push([output === text, replayed]);
        }
        if (attempt === 1) throw new Error('again');
      },
      { store, db: undefined },
    );
    const { runId } = await runtime.executeFlow('f');
    expect(lengths).toEqual([
      [true, false],
      [true, false],
      [true, true],
      [true, true],
    ]);
    const rows = store.tables.ledger.of(runId);
    expect(new Set(rows.map(({ blob }) => blob)).size).toBe(1);
    expect(rows[0]?.result?.length).toBeLessThan(1000);
    expect(runtime.reader.tools(runId)[0]?.output).toBe(text);
    await runtime.close();
  });

  it('that are asked for twice at the same moment run once', async () => {
    let ran = 0;
    const runtime = using(async ({ tool }) => {
      const run = async () => (await wait(5), ++ran);
      return Promise.all([tool('t', 1, run), tool('t', 1, run)]);
    });
    expect(await runtime.executeFlow('f')).toMatchObject({ output: [{ output: 1 }, { output: 1 }] });
    await runtime.close();
  });
});

describe('a key that a step asks for', () => {
  const job = anyTask('job', { timeout: '50ms', retry: { attempts: 3, delay: '1ms' } });

  it('is not held by an earlier attempt of the step, but by other steps and by the attempt itself', async () => {
    let ran = 0;
    const runtime = open({
      tasks: [
        code(job, async (_: never, { once, attempt }) => {
          if (attempt === 1) return once('k', 1, ({ signal }) => (ran++, aborted(signal)), { lease: '1h' });
          const run = async () => (await wait(5), ++ran);
          return Promise.all([once('k', 1, run), once('k', 1, run)]);
        }),
        code(anyTask('other'), (_: never, { once }) =>
          once('k', 1, () => ++ran, { wait: false }).catch((error: { code: string }) => error.code),
        ),
      ],
    });
    const first = runtime.executeTask('job');
    await wait(10);
    expect(await runtime.executeTask('other')).toMatchObject({ output: 'MR3136' });
    expect(await first).toMatchObject({ success: true, retries: 1 });
    expect(ran).toBe(2);
    expect(await runtime.executeTask('other')).toMatchObject({ output: { output: 2, replayed: true } });
    await runtime.close();
  });

  it('is held by an effect that goes on after its attempt, as long as its lease: it never runs twice at a time', async () => {
    for (const [more, result] of [
      [{}, { output: 'first', replayed: true }],
      [{ lease: '30ms' }, { output: 'second', replayed: false }],
    ] as const) {
      const gate = Promise.withResolvers<string>();
      let ran = 0;
      let second = 0;
      const late = anyTask('late', { timeout: '20s', retry: { attempts: 2, delay: '1ms' } });
      const runtime = open({
        tasks: [
          code(late, async (_: never, { once, step }) => {
            if (++second === 1) {
              // It does not listen to its signal.
              return once('k', step, () => (ran++, gate.promise), more);
            }
            setTimeout(() => 'lease' in more || gate.resolve('first'), 50);
            return once('k', step, () => (ran++, 'second'));
          }),
        ],
        flows: [anyFlow('f', (host) => host.step('x', () => late(), at))],
      });
      await runtime.start('f', undefined, { id: 'r' });
      await expect.poll(() => ran).toBe(1);
      await runtime.retry('r', { fromStep: 'x' });
      expect(await runtime.result('r')).toMatchObject({ output: result });
      expect(ran).toBe('lease' in more ? 2 : 1);
      gate.resolve('first');
      await runtime.close();
    }
  });
});
