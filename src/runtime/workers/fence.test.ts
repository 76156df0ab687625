import { afterEach, beforeEach, expect, it } from 'vitest';
import { DatabaseSync } from 'node:sqlite';
import { ReactiveSystemRuntime, Worker } from 'millrace/runtime';
import { openSqlite, type ProgressRow } from 'millrace/store';
import { NonRetryableError, silentLogger, type TaskContext } from 'millrace/tasks';
import { anyFlow, anyTask, at, bind, code } from '../fixtures/bind.ts';
import { Room } from './fixtures/processes.ts';

let room: Room;
beforeEach(() => {
  room = new Room();
});
afterEach(() => room.close());

const job = anyTask('job');
const systemOf = (run: (context: TaskContext) => Promise<unknown>) =>
  bind({
    tasks: [code(job, (_: never, context) => run(context))],
    flows: [anyFlow('f', (host) => host.step('x', () => job(), at))],
  });
const codeOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'taken',
    (error: { readonly code: string }) => error.code,
  );

const losses = {
  'another has it': ["UPDATE work SET token = token + 1, worker = 'another', until = 1", 'MR3411'],
  'it has run out': ['UPDATE work SET until = 1', 'MR3410'],
} as const;

it.each(Object.entries(losses))(
  'who has lost a step saves nothing for it and begins nothing in the world: %s',
  async (_how, [loss, refusal]) => {
    for (const by of ['worker', 'owner'] as const) {
      const { db } = room;
      let ran = 0;
      let lives = 0;
      const states: unknown[] = [];
      let said: unknown;
      const system = systemOf(async ({ checkpoint, tool, once, state }) => {
        states.push(state);
        if (lives++ % 2 === 0) {
          await checkpoint('mine');
          await tool('before', by, () => 'done');
          const raw = new DatabaseSync(db);
          raw.exec(loss);
          raw.close();
          const asked = [
            checkpoint('late'),
            tool('before', by, () => ran++),
            tool('after', by, () => ran++),
            once(`key of ${by}`, 1, () => ran++),
          ];
          said = await Promise.all(asked.map(codeOf));
          return 'late';
        }
        return (await tool('after', by, () => 'new')).output;
      });
      const options = { db, logger: silentLogger };
      const workers = { concurrency: by === 'owner' ? 1 : 0 };
      const runtime = new ReactiveSystemRuntime(system, { ...options, workers });
      const worker = by === 'worker' ? new Worker(system, options) : undefined;
      const { output } = await runtime.executeFlow('f');
      // The owner is the one who gives work to others: what it does itself counts until it has.
      const kept = by === 'owner' && refusal === 'MR3410';
      const answer = kept ? 'taken' : refusal;
      await expect.poll(() => said).toEqual([answer, answer, answer, answer]);
      expect([output, ran]).toEqual(kept ? ['late', 2] : ['new', 0]);
      expect(states.slice(0, 2)).toEqual([undefined, ...(kept ? states.slice(1, 2) : ['mine'])]);
      await worker?.close();
      await runtime.close();
    }
  },
);

it('what an attempt of an earlier epoch saves late is not the state of the step', async () => {
  const store = openSqlite(':memory:');
  const seen: unknown[] = [];
  let late: ProgressRow | undefined;
  const system = systemOf(async ({ checkpoint, state, runId }) => {
    seen.push(state);
    await checkpoint('old');
    late ??= store.tables.progress.get(runId, 'x');
    if (seen.length === 1) throw new NonRetryableError('bad');
    return 'good';
  });
  const runtime = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
  const { runId } = await runtime.executeFlow('f');
  const retried = runtime.retry(runId);
  await Promise.all([
    retried,
    // In the transaction after that of the retry.
    retried.then(() => store.transaction((tx) => late !== undefined && tx.progress.put(late))),
  ]);
  expect((await runtime.result(runId)).status).toBe('completed');
  expect(late?.state).toContain('old');
  expect(seen).toEqual([undefined, undefined]);
  await runtime.close();
});
