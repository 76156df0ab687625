import { DatabaseSync } from 'node:sqlite';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NonRetryableError, silentLogger } from 'millrace/tasks';
import type { Clock, Duration } from 'millrace/core';
import { ReactiveSystemRuntime, type RuntimeOptions } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';
import { door } from './fixtures/door.ts';

let folder: string;
let db: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bad-'));
  db = join(folder, 'a.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const task = anyTask('odd', { retry: { attempts: 2, delay: '1ms' } });
const heard = anyEvent('heard');
const nap = anyFlow('nap', (host, time: Duration) => host.sleep('z', () => time, at));
const caughtNap = anyFlow('caughtNap', (host, time: Duration) =>
  host.attempt(
    'try',
    (h) => h.sleep('z', () => time, at),
    async (_h, error) => error.code,
    at,
  ),
);
const once = anyFlow('once', (host, input: unknown) => host.step('s', () => task(input), at));
const says = anyFlow('says', async (host, input: unknown) => {
  await host.emit('say', () => heard(input), at);
  return host.receive('hear', heard, { at: '1:1' });
});
const throwing = {
  get inside(): never {
    throw new Error('not to be read');
  },
};
const circular: Record<string, unknown> = {};
circular['self'] = circular;
const deep = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
const revoked = (() => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
})();
const nothing: unknown = Object.create(null);
const odd: Readonly<Record<string, () => unknown>> = {
  bigint: () => 5n,
  nan: () => Number.NaN,
  badDate: () => ({ at: new Date(Number.NaN) }),
  circular: () => circular,
  getter: () => throwing,
  getterBelow: () => ({ a: [throwing] }),
  revoked: () => revoked,
  toJson: () => ({ toJSON: () => 5n }),
  classless: () => Object.create({ constructor: undefined }) as unknown,
  deep: () => deep(20_000),
  symbol: () => Symbol('x'),
  surrogate: () => '\ud800 and \0 and \udfff',
  huge: () => 'x'.repeat(10_000_000),
  throwsNothing: () => {
    throw nothing;
  },
  throwsRevoked: () => {
    throw revoked;
  },
  throwsSymbol: () => {
    throw Symbol('x');
  },
  throwsOddError: () => {
    throw Object.defineProperty(new Error('x'), 'message', { get: () => throwing.inside });
  },
  throwsOddDetails: () => {
    throw new NonRetryableError('x', { details: { big: 5n, circular } });
  },
  thenThrows: () => new Proxy({}, { get: () => throwing.inside }),
};
const system = bind({
  flows: [nap, caughtNap, once, says],
  events: [heard, anyEvent('opened'), anyEvent('closed'), anyEvent('passed')],
  tasks: [code(task, (input: string) => odd[input]?.())],
  machines: [
    door('late', (_snapshot, { payload }) => ({
      to: 'open',
      effects: [
        {
          type: 'schedule',
          id: 't',
          delay: (payload as { delay: number }).delay,
          event: { name: 'close', payload: undefined },
        },
      ],
    })),
  ],
});
const open = (more: Partial<RuntimeOptions> = {}) =>
  new ReactiveSystemRuntime(system, { db, logger: silentLogger, drainMs: 0, ...more });

it.each(['99999999999d', '36501d', 'soon', ''])(
  'a wait of %j fails its step for good, and nothing else',
  async (time) => {
    const first = open();
    expect(await first.executeFlow('nap', time, { id: 'r' })).toMatchObject({
      status: 'failed',
      error: { code: 'MR3002', retryable: false },
      stepResults: { z: { status: 'failed' } },
    });
    expect(await first.executeFlow('caughtNap', time)).toMatchObject({ output: 'MR3002' });
    await first.close();
    const second = open();
    expect(await second.executeFlow('nap', '1ms')).toMatchObject({ success: true });
    await second.close();
  },
);

it('a time that is in a file already and out of range does not stop the start', async () => {
  const first = open();
  await first.start('nap', '1h', { id: 'r' });
  await first.idle();
  await first.sendEvent('heard', 1);
  await first.close();
  const raw = new DatabaseSync(db);
  raw.exec('UPDATE timers SET due = 8639999999913600000; UPDATE events SET expires = 8639999999913600000');
  raw.close();
  const second = open();
  await second.idle();
  expect(second.status('r')?.status).toBe('waiting');
  expect(await second.executeFlow('says', 2)).toMatchObject({ success: true, output: 2 });
  await second.cancel('r');
  expect((await second.result('r')).status).toBe('cancelled');
  await second.close();
});

it.each(Object.keys(odd))('a task that gives or throws %s ends its run, and the next start works', async (kind) => {
  const first = open();
  const result = await first.executeFlow('once', kind, { id: 'r' });
  expect(['completed', 'failed']).toContain(result.status);
  await first.close();
  const second = open();
  expect((await second.result('r')).status).toBe(result.status);
  expect(await second.executeFlow('once', 'surrogate')).toMatchObject({ output: odd['surrogate']?.() });
  await second.close();
});

it.each([0.5, 1e17, 1e300, -5, -1e300, '1s', null])(
  'a delay of %j ms from a machine leaves the database usable',
  async (delay) => {
    const first = open();
    await first.sendEvent('opened', { id: 'd', delay });
    await first.close();
    const second = open();
    await second.sendEvent('opened', { id: 'e', delay: 60_000 });
    expect(second.get('late', 'e')).toMatchObject({ state: ['open'] });
    await second.close();
  },
);

it('payloads with odd characters come out as they went in', async () => {
  const runtime = open();
  const payload = { id: '\ud800\0', text: 'x\udfff\0y', ['__proto__']: { a: 1 }, constructor: 'c' };
  expect(await runtime.executeFlow('says', payload)).toMatchObject({ success: true });
  expect(await runtime.sendEvent('opened', { id: 'a', text: 'a b\0\ud800', delay: 5 })).toMatchObject({
    handled: true,
  });
  await runtime.close();
});

it('handlers, listeners and loggers that throw stop nothing', async () => {
  const thrower = (): never => {
    throw nothing;
  };
  const logger = { debug: thrower, info: thrower, warn: thrower, error: thrower };
  const runtime = open({ logger });
  runtime.registerEventHandler('heard', thrower);
  runtime.registerEventHandler('heard', () => Promise.reject(nothing));
  runtime.on(thrower);
  expect(await runtime.executeFlow('says', 1)).toMatchObject({ success: true });
  await runtime.close();
});

it('a clock that throws stops the engine and rejects who waits, rather than ending the process', async () => {
  let broken = false;
  const clock: Clock = {
    now: () => Date.now(),
    at: (time, callback) => {
      if (broken) throw new Error('no more alarms');
      const timer = setTimeout(callback, Math.min(time - Date.now(), 1e9));
      return () => clearTimeout(timer);
    },
  };
  const runtime = open({ clock });
  const waiting = runtime.executeFlow('nap', '1h');
  const refused = expect(waiting).rejects.toThrow('no more alarms');
  await runtime.idle();
  broken = true;
  await expect(runtime.executeFlow('nap', '1m')).rejects.toThrow('no more alarms');
  await refused;
  await runtime.close();
});

it.each([0, -1, Number.NaN, Infinity, 1e300])('a clock of factor %d is refused and not kept', async (factor) => {
  expect(() => open({ clock: { factor } })).toThrow(expect.objectContaining({ code: 'MR3013' }));
  const runtime = open();
  expect(await runtime.executeFlow('nap', '1ms')).toMatchObject({ success: true });
  await runtime.close();
});
