import { describe, expect, it } from 'vitest';
import { idempotencyKey, NonRetryableError, silentLogger } from 'millrace/tasks';
import { anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import type { FlowModule } from 'millrace/flow';
import { ReactiveSystemRuntime } from '../index.ts';

const work = anyTask('work');
const back = anyTask('back');
const hold = anyTask('hold');

/** Tasks that note what they did, and fail while their name is on a list. */
function world() {
  const seen: string[] = [];
  const keys = new Map<string, string[]>();
  const failing = new Set<string>();
  const tasks = [
    code(work, (name: string, { idempotencyKey: key, step }) => {
      seen.push(name);
      keys.set(step, [...(keys.get(step) ?? []), key]);
      if (failing.has(name)) throw new NonRetryableError(`${name} failed`, { code: 'BAD' });
      return name;
    }),
    code(back, (name: string) => void seen.push(`back ${name}`)),
    code(hold, (name: string, { signal, idempotencyKey: key, step }) => {
      seen.push(`hold ${name}`);
      keys.set(step, [...(keys.get(step) ?? []), key]);
      if (!failing.has('hold')) return name;
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));
    }),
  ];
  const open = (...flows: FlowModule[]) =>
    new ReactiveSystemRuntime(bind({ tasks, flows }), { db: ':memory:', logger: silentLogger });
  return { seen, keys, failing, open };
}

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'taken',
    ({ code: given }: { code: string }) => given,
  );

describe('a retry', () => {
  it('does what failed again, under a new key, and keeps what came before', async () => {
    const { seen, keys, failing, open } = world();
    const runtime = open(
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        await host.step('b', () => work('b'), at);
        return host.step('c', () => work('c'), at);
      }),
    );
    failing.add('b');
    expect(await runtime.executeFlow('f', undefined, { id: 'r' })).toMatchObject({ status: 'failed' });
    failing.clear();
    expect(await runtime.retry('r', { by: 'ada' })).toMatchObject({
      runId: 'r',
      status: 'running',
      fromStep: 'b',
      epoch: 1,
      dropped: ['b'],
      version: '1.0.0',
    });
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'c', error: undefined });
    expect(seen).toEqual(['a', 'b', 'b', 'c']);
    expect(keys.get('b')).toEqual([idempotencyKey('r', 'b'), idempotencyKey('r', 'b', 1)]);
    expect(keys.get('a')).toHaveLength(1);
    expect(await refusal(runtime.retry('r'))).toBe('MR3252');
    await runtime.close();
  });

  it('keeps what ran beside a failure, and lets what it had cancelled go on under its key', async () => {
    const { seen, keys, failing, open } = world();
    const runtime = open(
      anyFlow('f', async (host) => {
        const all = await host.all(
          'all',
          {
            x: (h) => h.step('s', () => work('x'), at),
            y: async (h) => {
              await h.step('s', () => work('y'), at);
              await h.sleep('t', '1ms', at);
              return h.step('u', () => work('bad'), at);
            },
            z: (h) => h.step('s', () => hold('z'), at),
          },
          at,
        );
        return JSON.stringify(all);
      }),
    );
    failing.add('bad').add('hold');
    expect(await runtime.executeFlow('f', undefined, { id: 'r' })).toMatchObject({ status: 'failed' });
    failing.clear();
    expect(await runtime.retry('r')).toMatchObject({ dropped: ['all/y/u'] });
    expect(await runtime.result('r')).toMatchObject({
      status: 'completed',
      output: JSON.stringify({ x: 'x', y: 'bad', z: 'z' }),
    });
    expect(seen.toSorted()).toEqual(['bad', 'bad', 'hold z', 'hold z', 'x', 'y']);
    expect(new Set(keys.get('all/z/s')).size).toBe(1);
    expect(new Set(keys.get('all/y/u')).size).toBe(2);
    await runtime.close();
  });

  it('does again what was undone, from the first of it on', async () => {
    const { seen, failing, open } = world();
    const runtime = open(
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        await host.step('b', () => work('b'), at);
        host.undo('b', () => back('b'), at);
        await host.step('c', () => work('c'), at);
        await host.step('d', () => work('d'), at);
      }),
    );
    failing.add('d');
    await runtime.executeFlow('f', undefined, { id: 'r' });
    failing.clear();
    expect(await runtime.retry('r')).toMatchObject({ dropped: ['b', 'c', 'd'], fromStep: 'b' });
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', errors: [] });
    expect(seen).toEqual(['a', 'b', 'c', 'd', 'back b', 'b', 'c', 'd']);
    await runtime.close();
  });
});
