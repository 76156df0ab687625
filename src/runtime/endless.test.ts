import { afterEach, expect, it } from 'vitest';
import type { Effect } from 'millrace/machine';
import { silentLogger, type Logger } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { door } from './fixtures/door.ts';

const events = [anyEvent('opened'), anyEvent('closed'), anyEvent('passed')];
const echo = anyTask('echo');
const work = anyFlow('work', (host) => host.step('x', () => echo(1), at));
/** Work that cannot begin: its input is not JSON. */
const bad: Effect = { type: 'run', id: 'job', target: { kind: 'flow', name: 'work' }, input: { n: Number.NaN } };

let runtime: ReactiveSystemRuntime;
afterEach(() => runtime.close());
const logged: string[] = [];
const logger: Logger = {
  ...silentLogger,
  warn: (message, facts) => void logged.push(`${message} ${JSON.stringify(facts)}`),
  error: (message, facts) => void logged.push(`${message} ${JSON.stringify(facts)}`),
};
const open = (machines: ReturnType<typeof door>[], more: object = {}) => {
  logged.length = 0;
  runtime = new ReactiveSystemRuntime(bind({ events, tasks: [code(echo, (x) => x)], flows: [work], machines }), {
    db: ':memory:',
    logger,
    ...more,
  });
};
const circling = door('door', (snapshot, event) =>
  event.name === 'pass'
    ? { effects: [{ type: 'emit', event: 'closed', payload: { id: 'other' } }] }
    : event.name === 'close' ||
        event.name === 'late' ||
        (event.name === 'error.run.job' && snapshot.state[0] === 'busy')
      ? { to: 'busy', effects: [{ type: 'emit', event: 'passed', payload: { id: 'x' } }, bad] }
      : event.name === 'open'
        ? { to: 'open', effects: [{ type: 'schedule', id: 't', delay: 1000, event: { name: 'late', payload: 1 } }] }
        : undefined,
);

it('takes back an event whose work cannot begin and is tried again without end', async () => {
  open([circling]);
  await runtime.sendEvent('opened', { id: 'A' });
  const sent = await runtime.sendEvent('closed', { id: 'A' });
  expect(sent).toMatchObject({
    handled: false,
    deliveries: [{ to: 'instance', handled: false, error: { code: 'MR3311' } }],
  });
  expect(runtime.get('door', 'A')).toMatchObject({ state: ['open'], changes: 2 });
  expect(runtime.history('door', 'A')).toHaveLength(2);
  expect(logged.filter((line) => line.includes('MR3311'))).toHaveLength(1);
  // What it published meanwhile is taken back too, and the log goes on.
  expect(await runtime.sendEvent('passed', { id: 'A' })).toMatchObject({ handled: true });
  await runtime.idle();
  expect(runtime.get('door', 'other')).toBeUndefined();
  expect(runtime.get('door', 'x')).toBeUndefined();
});

it('notes once that a timer set off too much, and leaves the state as it was', async () => {
  const clock = new SimulatedClock();
  open([circling], { clock });
  await runtime.sendEvent('opened', { id: 'A' });
  await clock.advance('1s');
  await runtime.idle();
  expect(runtime.get('door', 'A')).toMatchObject({ state: ['open'] });
  expect(runtime.history('door', 'A')).toHaveLength(3);
  expect(runtime.history('door', 'A')[0]).toMatchObject({
    event: 'late',
    errors: [{ message: expect.stringContaining('MR3311') }],
  });
  expect(logged).toHaveLength(1);
});

it('creates nothing when the new instance would not come to rest', async () => {
  const born = door('door', (_s, event) => (event.name === 'error.run.job' ? { effects: [bad] } : undefined), [bad]);
  open([born]);
  await expect(runtime.create('door', { id: 'A' })).rejects.toMatchObject({ code: 'MR3311' });
  expect(runtime.get('door', 'A')).toBeUndefined();
  expect(await runtime.sendEvent('opened', { id: 'A' })).toMatchObject({
    handled: false,
    errors: [{ code: 'MR3311' }],
  });
  expect(runtime.get('door', 'A')).toBeUndefined();
});

it('comes to rest after a hundred tries', async () => {
  let left = 100;
  open([
    door('door', (_s, event) =>
      event.name === 'open' || (event.name === 'error.run.job' && left-- > 0)
        ? { to: 'busy', effects: [bad] }
        : undefined,
    ),
  ]);
  expect(await runtime.sendEvent('opened', { id: 'A' })).toMatchObject({ handled: true });
  expect(runtime.get('door', 'A')).toMatchObject({ changes: 102 });
});

it.each(['', ' ', 'a b', 'x\ny', 'n\0ul', 'a'.repeat(100_000), '\ud800', 'a\udc00b'])(
  'does not create an instance with a key that cannot be an id (%#)',
  async (id) => {
    open([circling]);
    expect(await runtime.sendEvent('opened', { id })).toMatchObject({
      handled: false,
      deliveries: [{ created: false, handled: false, error: { code: 'MR3218' } }],
      errors: [{ code: 'MR3218' }],
    });
    expect(runtime.instances()).toEqual([]);
    await expect(runtime.create('door', { id })).rejects.toMatchObject({ code: 'MR3218' });
  },
);
