import { expect, it } from 'vitest';
import { z } from 'zod';
import { taskContract, type TaskPolicy } from 'millrace/flow';
import { openSqlite, type Store } from 'millrace/store';
import { SimulatedClock } from 'millrace/testing';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { open } from '../fixtures/noting-tasks.ts';

const proven = (policy: TaskPolicy = {}) =>
  taskContract('job', {
    input: z.any(),
    output: z.any(),
    policy,
    evidence: { claims: [{ kind: 'row', options: { resource: 'books', table: 'paid', where: { id: 1 } } }] },
    source: 'test.dsl.ts:1:1',
  });
const never = (): Promise<never> => new Promise<never>(() => {});
const gate = anyTask('gate');

function world(store: Store, policy: TaskPolicy = {}) {
  const seen = { ran: 0, asked: 0, answers: true, gate: false };
  const job = proven(policy);
  const parts = {
    tasks: [
      code(job, () => ++seen.ran),
      code(gate, (_: never, { signal }) =>
        seen.gate
          ? 'through'
          : new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new Error('x')))),
      ),
    ],
    flows: [
      anyFlow('f', async (host) => {
        await host.step('one', () => job(1), at);
        return host.step('gate', () => gate(), at);
      }),
    ],
  };
  const row = (): Promise<object> => {
    seen.asked++;
    return seen.answers ? Promise.resolve({ id: 1 }) : never();
  };
  const begin = (more: object = {}) => open(parts, { store, db: undefined, resources: { books: { row } }, ...more });
  return { seen, begin };
}

it('evidence that gives no answer within the time of the attempt does not hold', async () => {
  const { seen, begin } = world(openSqlite(':memory:'), { timeout: '30ms', retry: { attempts: 2, delay: '1ms' } });
  seen.answers = false;
  const runtime = begin();
  const { error } = await runtime.executeTask('job');
  expect(error).toMatchObject({ code: 'MR3132', details: { attempt: 2, evidence: [{ ok: false, code: 'MR3141' }] } });
  expect(error?.message).toContain('there was no answer within 30 ms');
  expect(seen.ran).toBe(2);
  await runtime.close();
});

it('nobody waits for the evidence of a run that is cancelled', async () => {
  const { seen, begin } = world(openSqlite(':memory:'), { timeout: '1h' });
  seen.answers = false;
  const runtime = begin();
  const { runId } = await runtime.start('f');
  await expect.poll(() => seen.asked).toBe(1);
  await runtime.cancel(runId);
  expect(await runtime.result(runId)).toMatchObject({ status: 'cancelled' });
  await runtime.close();
});

async function left() {
  const store = openSqlite(':memory:');
  const { seen, begin } = world(store);
  const first = begin();
  const { runId } = await first.start('f');
  await expect.poll(() => first.reader.steps(runId).at(-1)?.path).toBe('gate');
  first.abandon();
  store.transaction((tx) => tx.owner.release());
  Object.assign(seen, { asked: 0, answers: false, gate: true });
  return { store, seen, begin, runId };
}

it('a run whose evidence gives no answer before it goes on goes back to before that step', async () => {
  const { store, seen, begin, runId } = await left();
  const clock = new SimulatedClock({ start: Date.now() });
  const second = begin({ clock });
  await expect.poll(() => seen.asked).toBe(1);
  seen.answers = true;
  expect(seen.ran).toBe(1);
  await clock.advance('31s');
  expect((await second.result(runId)).status).toBe('completed');
  expect(seen.ran).toBe(2);
  const bad = store.tables.journal.of(runId).find(({ kind, data }) => kind === 'verified' && data?.includes('MR3141'));
  expect(bad).toBeDefined();
  await second.close();
});

it('such a run can be cancelled meanwhile', async () => {
  const { seen, begin, runId } = await left();
  const second = begin();
  await expect.poll(() => seen.asked).toBe(1);
  await second.cancel(runId);
  expect(await second.result(runId)).toMatchObject({ status: 'cancelled' });
  await second.close();
});

it('a run that stopped since its evidence could not be looked at is got going by a retry', async () => {
  const { seen, begin, runId } = await left();
  seen.answers = true;
  const second = begin({ resources: {} });
  await expect.poll(() => second.status(runId)?.status).toBe('blocked');
  expect(second.status(runId)).toMatchObject({ error: { code: 'MR3281' } });
  // The step whose evidence nobody can look at is done again.
  await second.retry(runId, { fromStep: '' });
  expect((await second.result(runId)).error).toMatchObject({ code: 'MR3140' });
  expect(seen.ran).toBe(2);
  await second.close();
});
