import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { flowContract, type Schema } from 'millrace/flow';
import { openMemory, type Store } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime, type RuntimeEvent } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { door } from './fixtures/door.ts';

// A schema may change between two processes: what was stored and fits no more is an error, never `undefined`.
const echo = anyTask('echo');
const source = 'test.dsl.ts:10:1';
const machine = door('door', (_snapshot, event) => {
  if (event.name === 'open')
    return { to: 'busy', effects: [{ type: 'run', id: 'job', target: { kind: 'flow', name: 'work' }, input: 1 }] };
  if (event.name === 'done.run.job') return { to: 'did', note: event.payload ?? 'nothing' };
  return event.name === 'error.run.job' ? { to: 'erred', note: (event.payload as { code: string }).code } : undefined;
});
const system = (payload: Schema, output: Schema) =>
  bind({
    events: [anyEvent('opened', payload)],
    tasks: [code(echo, (value) => value)],
    machines: [machine],
    flows: [
      anyFlow('work', (host) => host.step('x', () => echo('text'), at), {
        contract: flowContract('work', { input: z.any(), output, source }),
      }),
      anyFlow('hears', (host) => host.receive('x', anyEvent('opened', payload), at)),
    ],
  });

let runtime: ReactiveSystemRuntime;
const open = (store: Store, payload: Schema = z.any(), output: Schema = z.any()) =>
  (runtime = new ReactiveSystemRuntime(system(payload, output), { store, logger: silentLogger }));
const kill = (store: Store): void => {
  runtime.abandon();
  store.transaction((tx) => tx.owner.release());
};
afterEach(() => runtime.close());

it('tells that a recorded result fits no more', async () => {
  const store = openMemory();
  open(store);
  await runtime.start('work', 1, { id: 'W' });
  expect(await runtime.result('W')).toMatchObject({ success: true, output: 'text' });
  kill(store);
  open(store, z.any(), z.number());
  expect(await runtime.result('W')).toMatchObject({
    status: 'completed',
    success: false,
    output: undefined,
    error: { code: 'MR3207' },
  });
});

it('hands an event that fits no more to nobody: no instance, no wait, no handler, and says so', async () => {
  const store = openMemory();
  open(store);
  await runtime.start('hears', 1, { id: 'H' });
  await runtime.idle();
  kill(store);
  // Published, and not handed out before the end of the process.
  store.transaction((tx) =>
    tx.events.append({ id: 'evt_1', name: 'opened', payload: '{"id":"A"}', at: 1, expires: 1e15, source: 'send' }),
  );
  open(store, z.object({ id: z.number() }));
  const told: RuntimeEvent[] = [];
  const seen: unknown[] = [];
  runtime.on((event) => told.push(event));
  runtime.registerEventHandler('opened', (event) => seen.push(event));
  await runtime.idle();
  expect(JSON.parse(String(store.tables.events.get('evt_1')?.result))).toMatchObject({
    handled: false,
    deliveries: [],
    errors: [{ code: 'MR3302' }],
  });
  expect(runtime.instances()).toEqual([]);
  expect(runtime.status('H')?.status).toBe('waiting');
  expect(seen).toEqual([]);
  expect(told.filter(({ type }) => type === 'handler.failed')).toMatchObject([{ error: { code: 'MR3302' } }]);
});

it('sends a machine the failure when the result of its work fits no more', async () => {
  // The schema gives a number, which it would not take itself.
  open(
    openMemory(),
    z.any(),
    z.string().refine(() => firstTime()),
  );
  let looks = 0;
  const firstTime = (): boolean => ++looks === 1;
  await runtime.sendEvent('opened', { id: 'A' });
  await runtime.idle();
  expect(runtime.get('door', 'A')).toMatchObject({ state: ['erred'], context: { note: 'MR3207' } });
});
