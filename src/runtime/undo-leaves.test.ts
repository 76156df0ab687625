import { expect, it } from 'vitest';
import { openMemory } from 'millrace/store';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const work = anyTask('work');
const back = anyTask('back');

const flow = anyFlow('f', (host) =>
  host.attempt(
    'try',
    async (h) => {
      await h.step('a', () => work('a'), at);
      h.undo('a', () => back('a'), at);
      await h.step('b', () => work('b'), at);
    },
    async (h) => `caught ${String(await h.step('mend', () => work('mend'), at))}`,
    at,
  ),
);

/** A run whose undo is under way, with all attempts of it that have been made. */
async function undoing() {
  const seen: string[] = [];
  const undos: { readonly signal: AbortSignal; readonly end: () => void }[] = [];
  const store = openMemory();
  const runtime = new ReactiveSystemRuntime(
    bind({
      flows: [flow],
      tasks: [
        code(work, (name: string) => {
          seen.push(name);
          if (name === 'b') throw new NonRetryableError('broken');
          return name;
        }),
        code(
          back,
          (_: string, { signal }) =>
            new Promise<void>((resolve) => {
              undos.push({ signal, end: resolve });
            }),
        ),
      ],
    }),
    { store, logger: silentLogger },
  );
  await runtime.start('f', undefined, { id: 'r' });
  await expect.poll(() => undos.length).toBe(1);
  const finish = async (): Promise<unknown> => {
    const result = await runtime.result('r');
    await runtime.close();
    return result;
  };
  const lines = (kind: string): number =>
    store.tables.journal.of('r').filter((line) => line.path === 'try/try/a/~undo' && line.kind === kind).length;
  return { runtime, seen, undos, finish, lines, aborted: () => undos.map(({ signal }) => signal.aborted) };
}

it('an undo is aborted when its run is paused with abort, and made again after that: one at a time', async () => {
  const { runtime, undos, finish, lines, aborted } = await undoing();
  for (const copies of [2, 3]) {
    await runtime.pause('r', { inFlight: 'abort' });
    await runtime.resume('r');
    await expect.poll(() => undos.length).toBe(copies);
    expect(aborted()).toEqual([...Array.from({ length: copies - 1 }, () => true), false]);
  }
  // Results of those that were aborted come too late to count.
  undos[0]?.end();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(lines('completed')).toBe(0);
  undos[2]?.end();
  expect(await finish()).toMatchObject({ status: 'completed', output: 'caught mend' });
  expect([lines('started'), lines('completed')]).toEqual([1, 1]);
});

it('an undo is aborted when its run goes back to before it', async () => {
  const { runtime, seen, undos, finish, aborted } = await undoing();
  await runtime.retry('r', { fromStep: 'try/try/a', openEffects: 'keep' });
  await expect.poll(() => undos.length).toBe(2);
  expect(aborted()).toEqual([true, false]);
  expect(seen).toEqual(['a', 'b', 'a', 'b']);
  for (const { end } of undos) end();
  expect(await finish()).toMatchObject({ status: 'completed', output: 'caught mend' });
});

it('a cancel does not reach an undo that is under way', async () => {
  const { runtime, undos, finish, lines, aborted } = await undoing();
  expect(await runtime.cancel('r')).toMatchObject({ accepted: true });
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect(aborted()).toEqual([false]);
  undos[0]?.end();
  expect(await finish()).toMatchObject({ status: 'cancelled' });
  expect(lines('completed')).toBe(1);
  expect(undos).toHaveLength(1);
});
