import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlowModule } from 'millrace/flow';
import { openSqlite } from 'millrace/store';
import { silentLogger, type TaskContext } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, anyTask, at, bind, code } from './fixtures/bind.ts';

const work = anyTask('work', { retry: { attempts: 2, delay: '1m', backoff: 'fixed' } });
const go = anyEvent('go');

let folder: string;
let db: string;
let runtime: ReactiveSystemRuntime;
let clock: SimulatedClock;
/** The tries of tasks, in the order in which they began. */
let tries: { readonly name: string; readonly attempt: number; readonly key: string }[];
/** What a task waits for before it gives its result. */
let gates: Map<string, PromiseWithResolvers<unknown>>;
let begun: Map<string, PromiseWithResolvers<void>>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-pause-'));
  db = join(folder, 'test.db');
  clock = new SimulatedClock({ settle: () => runtime.idle() });
  tries = [];
  gates = new Map();
  begun = new Map();
});
afterEach(async () => {
  await runtime.close();
  rmSync(folder, { recursive: true, force: true });
});

async function perform(name: string, { attempt, idempotencyKey, signal }: TaskContext): Promise<string> {
  tries.push({ name, attempt, key: idempotencyKey });
  begun.get(name)?.resolve();
  const aborted = new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('aborted')), { once: true });
  });
  await Promise.race([gates.get(name)?.promise, aborted]);
  return `did ${name}`;
}

function open(...flows: readonly FlowModule[]): void {
  const system = bind({ flows, events: [go], tasks: [code(work, perform)] });
  runtime = new ReactiveSystemRuntime(system, { db, clock, logger: silentLogger });
}

/** As after `kill -9`. */
function crash(...flows: readonly FlowModule[]): void {
  runtime.abandon();
  const store = openSqlite(db);
  store.transaction((tx) => tx.owner.release());
  store.close();
  open(...flows);
}

/** The named task is at work, and stays so until its gate is opened. */
function hold(name: string): { readonly begun: Promise<void>; readonly gate: PromiseWithResolvers<unknown> } {
  const gate = Promise.withResolvers<unknown>();
  const start = Promise.withResolvers<void>();
  gates.set(name, gate);
  begun.set(name, start);
  return { begun: start.promise, gate };
}

const names = (): string[] => tries.map(({ name }) => name);
const steps = (): string[] => runtime.reader.steps('r').map(({ path, status }) => `${path} ${status}`);

const two = anyFlow('two', async (host) => {
  const a = await host.step('a', () => work('a'), at);
  host.undo('a', () => work('undo a'), at);
  const b = await host.step('b', () => work(`b after ${String(a)}`), at);
  return [a, b];
});

describe('pause', () => {
  it('records what is at work, begins nothing more, rests over crashes, and goes on where it was', async () => {
    open(two);
    const a = hold('a');
    await runtime.start('two', undefined, { id: 'r' });
    await a.begun;
    expect(await runtime.pause('r')).toEqual({ runId: 'r', status: 'paused', runs: ['r'] });
    expect(runtime.status('r')?.status).toBe('paused');
    a.gate.resolve(undefined);
    await runtime.idle();
    expect(steps()).toEqual(['a completed']);

    for (let times = 0; times < 2; times++) {
      crash(two);
      await runtime.idle();
      expect(runtime.status('r')?.status).toBe('paused');
    }
    expect(await runtime.pause('r')).toEqual({ runId: 'r', status: 'paused', runs: [] });
    expect(names()).toEqual(['a']);

    expect(await runtime.resume('r')).toEqual({ runId: 'r', status: 'running', runs: ['r'] });
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: ['did a', 'did b after did a'] });
    expect(names()).toEqual(['a', 'b after did a']);
    await expect(runtime.resume('r')).rejects.toMatchObject({ code: 'MR3251', details: { status: 'completed' } });
    await expect(runtime.pause('r')).rejects.toMatchObject({ code: 'MR3250', details: { status: 'completed' } });
    await expect(runtime.pause('nobody')).rejects.toMatchObject({ code: 'MR3208' });
    await expect(runtime.resume('nobody')).rejects.toMatchObject({ code: 'MR3208' });
  });

  it('goes on in the same process too, and a run that has nothing left to do does not end while it is paused', async () => {
    const one = anyFlow('one', (host) => host.step('a', () => work('a'), at));
    open(one);
    const a = hold('a');
    await runtime.start('one', undefined, { id: 'r' });
    await a.begun;
    await runtime.pause('r');
    a.gate.resolve(undefined);
    await runtime.idle();
    expect([runtime.status('r')?.status, steps()]).toEqual(['paused', ['a completed']]);
    await runtime.resume('r');
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'did a' });
  });

  it.each([['at once'], ['after a crash']])(
    'aborts what is at work when asked to; it runs again under its key, and is no failure: %s',
    async (when) => {
      open(two);
      const a = hold('a');
      await runtime.start('two', undefined, { id: 'r' });
      await a.begun;
      await runtime.pause('r');
      // The second word, by which those are aborted that the first has left at work.
      await runtime.pause('r', { inFlight: 'abort' });
      await runtime.idle();
      expect(steps()).toEqual(['a running']);
      if (when === 'after a crash') crash(two);
      gates.clear();
      await runtime.resume('r');
      expect(await runtime.result('r')).toMatchObject({ status: 'completed', errors: [] });
      expect(tries.map(({ name, attempt }) => [name, attempt])).toEqual([
        ['a', 1],
        ['a', 1],
        ['b after did a', 1],
      ]);
      expect(tries[0]?.key).toBe(tries[1]?.key);
    },
  );

  it.each([[true], [false]])('loses no event and no timer that comes meanwhile (crash: %s)', async (dies) => {
    const waits = anyFlow('waits', async (host) => {
      const { left } = await host.all(
        'all',
        {
          left: (h) => h.receive('go', go, at) as Promise<unknown>,
          right: (h) => h.sleep('nap', '1h', at),
          late: (h) => h.receive('late', go, { ...at, match: () => ({ n: 9 }), timeout: '2h', onTimeout: 'continue' }),
        },
        at,
      );
      return host.step('last', () => work(`with ${JSON.stringify(left)}`), at);
    });
    open(waits);
    await runtime.start('waits', undefined, { id: 'r' });
    await runtime.idle();
    await runtime.pause('r');
    if (dies) crash(waits);
    expect(await runtime.sendEvent('go', { n: 1 })).toMatchObject({ handled: true });
    await clock.advance(5 * 3_600_000);
    expect(runtime.status('r')?.status).toBe('paused');
    if (dies) crash(waits);
    await runtime.idle();
    expect([runtime.status('r')?.status, names()]).toEqual(['paused', []]);
    await runtime.resume('r');
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', output: 'did with {"n":1}' });
  });

  it('a retry that becomes due meanwhile waits, and is the second try', async () => {
    open(two);
    const a = hold('a');
    await runtime.start('two', undefined, { id: 'r' });
    await a.begun;
    await runtime.pause('r');
    a.gate.reject(new Error('flaky'));
    await runtime.idle();
    await clock.advance(3_600_000);
    expect([names(), runtime.status('r')?.status]).toEqual([['a'], 'paused']);
    gates.clear();
    await runtime.resume('r');
    expect(await runtime.result('r')).toMatchObject({ status: 'completed', stepResults: { a: { attempts: 2 } } });
    expect(tries[0]?.key).toBe(tries[1]?.key);
  });

  it('rests with the flows that it runs, and goes on with them', async () => {
    const top = anyFlow('top', (host) => host.child('kid', () => ({ contract: two.contract, input: null }), at));
    open(top, two);
    const a = hold('a');
    await runtime.start('top', undefined, { id: 'r' });
    await a.begun;
    expect((await runtime.pause('r')).runs).toEqual(['r', 'r/kid']);
    a.gate.resolve(undefined);
    await runtime.idle();
    crash(top, two);
    await runtime.idle();
    expect([runtime.status('r')?.status, runtime.status('r/kid')?.status, names()]).toEqual([
      'paused',
      'paused',
      ['a'],
    ]);
    expect((await runtime.resume('r')).runs).toEqual(['r', 'r/kid']);
    expect(await runtime.result('r')).toMatchObject({ status: 'completed' });
    expect(names()).toEqual(['a', 'b after did a']);
  });

  it.each([[true], [false]])('undoes nothing before it is resumed, and can be cancelled (crash: %s)', async (dies) => {
    open(two);
    const b = hold('b after did a');
    await runtime.start('two', undefined, { id: 'r' });
    await b.begun;
    await runtime.pause('r');
    b.gate.resolve(undefined);
    await runtime.idle();
    if (dies) crash(two);
    expect(names()).toEqual(['a', 'b after did a']);
    expect(await runtime.cancel('r')).toMatchObject({ accepted: true });
    expect(await runtime.result('r')).toMatchObject({ status: 'cancelled' });
    expect(names()).toEqual(['a', 'b after did a', 'undo a']);
  });

  it.each([[true], [false]])(
    'its time limit goes on, and what failed is undone after resume (crash: %s)',
    async (dies) => {
      const limited = { ...two, timeout: '1h' } as const;
      open(limited);
      const b = hold('b after did a');
      await runtime.start('two', undefined, { id: 'r' });
      await b.begun;
      await runtime.pause('r', { inFlight: 'abort' });
      await clock.advance(2 * 3_600_000);
      if (dies) crash(limited);
      await runtime.idle();
      expect([runtime.status('r')?.status, names()]).toEqual(['paused', ['a', 'b after did a']]);
      await runtime.resume('r');
      expect(await runtime.result('r')).toMatchObject({ status: 'failed', error: { code: 'MR3217' } });
      expect(names()).toEqual(['a', 'b after did a', 'undo a']);
    },
  );

  it('paused in the moment in which it starts, it does not begin', async () => {
    open(two);
    const asked = [runtime.start('two', undefined, { id: 'r' }), runtime.pause('r')];
    await Promise.all(asked);
    await runtime.idle();
    expect([runtime.status('r')?.status, names()]).toEqual(['paused', []]);
    // Both words in one batch: the last one counts.
    await Promise.all([runtime.resume('r'), runtime.pause('r', { inFlight: 'abort' }), runtime.resume('r')]);
    expect(await runtime.result('r')).toMatchObject({ status: 'completed' });
    expect(names()).toEqual(['a', 'b after did a']);
  });

  it('tells it', async () => {
    open(two);
    const told: string[] = [];
    runtime.on(({ type }) => told.push(type));
    await Promise.all([runtime.start('two', undefined, { id: 'r' }), runtime.pause('r')]);
    await runtime.resume('r');
    await runtime.result('r');
    expect(told.filter((type) => type.startsWith('run.'))).toEqual([
      'run.started',
      'run.paused',
      'run.resumed',
      'run.completed',
    ]);
  });
});
