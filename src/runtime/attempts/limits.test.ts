import { describe, expect, it } from 'vitest';
import { NonRetryableError } from 'millrace/tasks';
import { openSqlite } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import type { RuntimeEvent } from '../index.ts';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { open } from '../fixtures/noting-tasks.ts';

/** Attempts that end when the test says so. */
function gated(policy: Parameters<typeof anyTask>[1], name = 'work') {
  const task = anyTask(name, policy);
  const begun: string[] = [];
  const open = new Map<string, (value: unknown) => void>();
  let most = 0;
  const implementation = code(
    task,
    (what: string, { signal }) =>
      new Promise((resolve, reject) => {
        begun.push(what);
        open.set(what, (value) => {
          open.delete(what);
          resolve(value);
        });
        signal.addEventListener('abort', () => {
          open.delete(what);
          reject(new Error('aborted'));
        });
        most = Math.max(most, open.size);
      }),
  );
  return { task, begun, open, implementation, most: () => most };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

const each = (task: ReturnType<typeof anyTask>) =>
  anyFlow('each', (host, items: string[]) =>
    host.map('m', () => items, (part, item) => part.step('s', () => task(item), at), { ...at, concurrency: 1000 }),
  );

describe('concurrency', () => {
  it('lets so many attempts of a task begin, and the runs take turns', async () => {
    const { task, begun, open: under, implementation, most } = gated({ concurrency: 2 });
    const runtime = open({ tasks: [implementation], flows: [each(task)] });
    const big = await runtime.start('each', ['a1', 'a2', 'a3', 'a4', 'a5']);
    await settled();
    const small = await runtime.start('each', ['b1', 'b2']);
    await settled();
    expect(begun).toEqual(['a1', 'a2']);
    expect(runtime.limits()).toEqual({ tasks: { work: { inUse: 2, concurrency: 2, waiting: 5 } } });
    while (under.size > 0) {
      [...under.values()][0]?.('done');
      await settled();
    }
    expect((await runtime.result(big.runId)).success && (await runtime.result(small.runId)).success).toBe(true);
    expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'a4', 'b2', 'a5']);
    expect(most()).toBe(2);
    await runtime.close();
  });

  it('lets go of its place when the run is cancelled or paused, and asks again after resume', async () => {
    const { task, begun, open: under, implementation } = gated({ concurrency: 1 });
    const runtime = open({ tasks: [implementation], flows: [each(task)] });
    const first = await runtime.start('each', ['a']);
    const second = await runtime.start('each', ['b']);
    const third = await runtime.start('each', ['c']);
    await settled();
    await runtime.cancel(second.runId);
    expect(await runtime.result(second.runId)).toMatchObject({ status: 'cancelled' });
    await runtime.pause(third.runId);
    await runtime.idle().catch(() => {});
    expect(runtime.limits().tasks['work']).toMatchObject({ inUse: 1, waiting: 0 });
    under.get('a')?.('A');
    await runtime.result(first.runId);
    await settled();
    expect(begun).toEqual(['a']);
    await runtime.resume(third.runId);
    await settled();
    under.get('c')?.('C');
    expect(await runtime.result(third.runId)).toMatchObject({ success: true, output: ['C'], stepResults: { 'm[0]/s': { attempts: 1 } } });
    await runtime.close();
  });
});
