import { describe, expect, it } from 'vitest';
import { idempotencyKey, NonRetryableError, silentLogger } from 'millrace/tasks';
import { openSqlite } from 'millrace/store';
import type { FlowModule } from 'millrace/flow';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { ReactiveSystemRuntime } from '../index.ts';

const work = anyTask('work');
const back = anyTask('back');
const paid = anyEvent('paid');

function world() {
  const seen: string[] = [];
  const keys = new Map<string, string[]>();
  const failing = new Set<string>();
  const tasks = [
    code(work, (name: string, { idempotencyKey: key, step, runId }) => {
      seen.push(name);
      keys.set(`${runId} ${step}`, [...(keys.get(`${runId} ${step}`) ?? []), key]);
      if (failing.has(name)) throw new NonRetryableError(`${name} failed`, { code: 'BAD' });
      return name;
    }),
    code(back, (name: string) => void seen.push(`back ${name}`)),
  ];
  const store = openSqlite(':memory:');
  const open = (...flows: FlowModule[]) =>
    new ReactiveSystemRuntime(bind({ tasks, flows, events: [paid] }), { store, logger: silentLogger });
  return { seen, keys, failing, open, store };
}

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'taken',
    ({ code: given }: { code: string }) => given,
  );

describe('a fork', () => {
  it('is a new run with what the other one did before a step, which stays as it is', async () => {
    const { seen, keys, open, store } = world();
    const runtime = open(
      anyFlow('f', async (host) => {
        // What was recorded with the ids of the other run is asked for with them again.
        const id = await host.step('a', () => work(`a ${host.runId} ${host.idGen()} ${host.now()}`), at);
        await host.step('b', () => work('b'), at);
        return `${id} | ${await host.step('c', () => work(`c ${host.runId}`), at)}`;
      }),
    );
    const first = await runtime.executeFlow('f', undefined, { id: 'r' });
    const before = JSON.stringify([store.tables.runs.get('r'), store.tables.journal.of('r')]);
    seen.length = 0;
    expect(await runtime.fork('r', { fromStep: 'b', id: 'copy' })).toMatchObject({
      runId: 'copy',
      from: 'r',
      at: 2,
      dropped: ['b', 'c'],
      version: '1.0.0',
    });
    const result = await runtime.result('copy');
    expect(result.output).toBe(String(first.output).replace('c r', 'c copy'));
    expect(seen).toEqual(['b', 'c copy']);
    expect(keys.get('copy b')).toEqual([idempotencyKey('copy', 'b')]);
    expect(runtime.status('copy')?.forked).toEqual({ run: 'r', seq: 2 });
    expect(JSON.stringify([store.tables.runs.get('r'), store.tables.journal.of('r')])).toBe(before);
    // A fork of the fork: three runs have recorded what it begins with.
    seen.length = 0;
    await runtime.fork('copy', { fromStep: 'c', id: 'third' });
    expect((await runtime.result('third')).output).toBe(String(first.output).replace('c r', 'c third'));
    expect(seen).toEqual(['c third']);
    await runtime.close();
  });

  it('goes on after a checkpoint', async () => {
    const { seen, open } = world();
    const runtime = open(
      anyFlow('f', async (host) => {
        await host.step('a', () => work('a'), at);
        await host.step('b', () => work('b'), at);
        await host.step('c', () => work('c'), at);
      }),
    );
    await runtime.executeFlow('f', undefined, { id: 'r' });
    const [newest, middle] = runtime.reader.checkpoints('r');
    expect(newest).toMatchObject({ path: 'c', target: 'work', status: 'trusted', counts: true, flow: 'f' });
    seen.length = 0;
    await runtime.fork('r', { at: middle?.seq ?? 0, id: 'copy' });
    expect(await runtime.result('copy')).toMatchObject({ status: 'completed' });
    expect(seen).toEqual(['c']);
    expect(await refusal(runtime.fork('r', { at: 1 }))).toBe('MR3254');
    expect(await refusal(runtime.fork('r'))).toBe('MR3258');
    expect(await refusal(runtime.fork('r', { at: 2, fromStep: 'a' }))).toBe('MR3258');
    expect(await refusal(runtime.fork('none', { fromStep: 'a' }))).toBe('MR3208');
    expect(await refusal(runtime.fork('r', { fromStep: 'z' }))).toBe('MR3254');
    expect(await refusal(runtime.fork('r', { fromStep: 'a', id: 'copy' }))).toBe('MR3202');
    expect(await refusal(runtime.fork('r', { fromStep: 'a', id: 'a/b' }))).toBe('MR3218');
    expect(await refusal(runtime.fork('r', { at: middle?.seq ?? 0, input: 1 }))).toBe('MR3255');
    await runtime.close();
  });

  it('takes the events again that come after it, and no others; undoes what it did itself', async () => {
    const { seen, failing, open } = world();
    const runtime = open(
      anyFlow('f', async (host) => {
        const one = await host.receive('one', paid, at);
        await host.step('a', () => work('a'), at);
        host.undo('a', () => back('a'), at);
        const two = await host.receive('two', paid, at);
        await host.step('b', () => work('b'), at);
        host.undo('b', () => back('b'), at);
        await host.step('c', () => work('c'), at);
        return [one, two];
      }),
    );
    await runtime.start('f', undefined, { id: 'r' });
    await runtime.idle();
    await runtime.sendEvent('paid', 1);
    await runtime.sendEvent('paid', 2);
    expect(await runtime.result('r')).toMatchObject({ output: [1, 2] });
    await runtime.fork('r', { fromStep: 'two', id: 'copy' });
    expect(await runtime.result('copy')).toMatchObject({ output: [1, 2] });
    seen.length = 0;
    failing.add('c');
    await runtime.fork('r', { fromStep: 'two', id: 'bad' });
    expect(await runtime.result('bad')).toMatchObject({ status: 'failed' });
    expect(seen).toEqual(['b', 'c', 'back b']);
    await runtime.close();
  });

  it('of a failed run does again what was undone; edited inputs go with it', async () => {
    const { seen, failing, open } = world();
    const runtime = open(
      anyFlow('f', async (host) => {
        const a = await host.step('a', () => work('a'), at);
        await host.step('b', () => work('b'), at);
        host.undo('b', () => back('b'), at);
        await host.step('c', () => work('c'), at);
        return a;
      }),
    );
    failing.add('a').add('c');
    await runtime.executeFlow('f', undefined, { id: 'r' });
    await runtime.retry('r', { fromStep: 'a', input: 'other', by: 'ada' });
    expect(await runtime.result('r')).toMatchObject({ status: 'failed', error: { message: 'c failed' } });
    seen.length = 0;
    failing.clear();
    expect(await runtime.fork('r', { id: 'copy' })).toMatchObject({ dropped: ['b', 'c'] });
    expect(await runtime.result('copy')).toMatchObject({ status: 'completed', output: 'other' });
    expect(seen).toEqual(['b', 'c']);
    expect(runtime.status('r')).toMatchObject({ status: 'failed' });
    await runtime.fork('r', { fromStep: '', input: 'new', id: 'anew' });
    expect(await runtime.result('anew')).toMatchObject({ status: 'completed', output: 'a' });
    expect(runtime.status('anew')).toMatchObject({ input: 'new' });
    await runtime.close();
  });
});
