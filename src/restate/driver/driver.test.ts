import { setTimeout as delay } from 'node:timers/promises';
import { handlers, InvocationIdParser, service, type Context } from '@restatedev/restate-sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cancelled, Scope } from '../../engine/index.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestEndpoint, type TestRestate } from '../fixtures/restate.ts';
import { Driver } from './driver.ts';

const seeds = Number(process.env['MILLRACE_DRIVER_RUNS'] ?? 24);
/** How long a part runs beside the others in the flows of this file. */
const rounds = 5;

/** What was done, by run: how often each piece of work was carried out to its end. */
const done = new Map<string, Map<string, number>>();
const note = (run: string, what: string): void => {
  let of = done.get(run);
  if (of === undefined) done.set(run, (of = new Map()));
  of.set(what, (of.get(what) ?? 0) + 1);
};
/** The orders in which things came in the attempts of one invocation: a later one has to begin with an earlier one. */
const traces = new Map<string, string[][]>();
let crashes = 0;
let mismatches = 0;

interface Asks {
  readonly run: string;
  readonly crash: number;
}

const quick = { initialInterval: 10, maxInterval: 30 };

/** A flow of four parts beside each other, one of which has two of its own, whose endpoint throws at random. */
const parts = service({
  name: 'driver.parts',
  handlers: {
    run: handlers.handler(
      { inactivityTimeout: 20, journalRetention: { minutes: 5 }, retryPolicy: quick },
      async (ctx: Context, { run, crash }: Asks) => {
        const driver = new Driver(() => {});
        const trace: string[] = [];
        traces.set(run, [...(traces.get(run) ?? []), trace]);
        const died = Promise.withResolvers<never>();
        const step = async (path: string): Promise<void> => {
          const waited = await driver.wait(
            ctx.run(path, async () => {
              await delay(Math.random() * 20);
              note(run, path);
              return path;
            }),
          );
          trace.push(path);
          expect(waited).toEqual({ ok: true, value: path });
          if (Math.random() < crash) {
            crashes++;
            died.reject(new Error('crash'));
          }
        };
        const part = async (name: string, depth = 0): Promise<string> => {
          for (let round = 0; round < rounds; round++) {
            await step(`${name}/${round}`);
            if (depth > 0 || round !== 2) continue;
            const inner = ['x', 'y'].map((each) => driver.fork(() => part(`${name}/${each}`, 1)));
            await driver.join(inner);
            for (const { end } of inner) if (end?.ok === false) throw end.failure;
          }
          await driver.wait(ctx.sleep(Math.floor(Math.random() * 60), `${name}/pause`));
          trace.push(`${name}/pause`);
          return name;
        };
        const whole = driver.run(async () => {
          const fibers = ['a', 'b', 'c', 'd'].map((name) => driver.fork(() => part(name)));
          await driver.join(fibers);
          return fibers.map(({ end }) => {
            if (end?.ok === false) throw end.failure;
            return end?.value;
          });
        });
        return Promise.race([whole, died.promise]);
      },
    ),
  },
});

/** The same with what the language offers, which knows nothing of the journal: what the driver is there for. */
const broken = service({
  name: 'driver.broken',
  handlers: {
    run: handlers.handler(
      {
        inactivityTimeout: 20,
        journalRetention: { minutes: 5 },
        retryPolicy: { ...quick, maxAttempts: 40, onMaxAttempts: 'kill' },
      },
      async (ctx: Context, { crash }: Asks) => {
        const part = async (name: string): Promise<void> => {
          for (let round = 0; round < rounds; round++) {
            await ctx.run(`${name}/${round}`, async () => {
              await delay(Math.random() * 20);
              return name;
            });
            if (Math.random() < crash) throw new Error('crash');
          }
        };
        await Promise.all(['a', 'b', 'c', 'd'].map(part));
        return 'done';
      },
    ),
  },
});

/** What is given up while it is waited for. */
const aborted = service({
  name: 'driver.aborted',
  handlers: {
    run: handlers.handler(
      { inactivityTimeout: 20, journalRetention: { minutes: 5 }, retryPolicy: quick },
      async (ctx: Context, { run, crash }: Asks) => {
        const driver = new Driver(() => {});
        return driver.run(async () => {
          const scope = new Scope();
          const long = driver.fork(() => driver.wait(ctx.sleep(600_000, 'long'), scope));
          const step = driver.fork(async () => {
            await driver.wait(ctx.sleep(40, 'short'));
            scope.abort(new Cancelled('Enough.'));
            return 'aborted';
          });
          await driver.join([long, step]);
          const late = await driver.wait(
            ctx.run('never', () => note(run, 'never')),
            scope,
          );
          // What comes after must be the same in every attempt.
          for (let round = 0; round < rounds; round++) {
            await driver.wait(ctx.run(`after/${round}`, () => note(run, `after/${round}`)));
            if (Math.random() < crash) throw new Error('crash');
          }
          const told = [long, step].map(({ end }) => (end?.ok === true ? end.value : end?.failure));
          return { told: JSON.parse(JSON.stringify(told)) as unknown, late: late.ok };
        });
      },
    ),
  },
});

/** A cancel, heard of while parts wait: it ends one of them, what the other waits for still comes. */
const cancelled = service({
  name: 'driver.cancelled',
  handlers: {
    run: handlers.handler(
      { inactivityTimeout: 20, journalRetention: { minutes: 5 }, retryPolicy: quick },
      async (ctx: Context, { run, crash }: Asks) => {
        const scope = new Scope();
        let cancels = 0;
        const driver = new Driver(() => {
          cancels++;
          scope.abort(new Cancelled('Cancelled.'));
        });
        return driver.run(async () => {
          const waiting = driver.fork(() => driver.wait(ctx.sleep(600_000, 'long'), scope));
          const signal = driver.fork(() => driver.wait(ctx.signal<string>('later')));
          await driver.join([waiting]);
          const undone = await driver.wait(ctx.run('undo', () => note(run, 'undo')));
          if (Math.random() < crash) throw new Error('crash');
          await driver.join([signal]);
          if (Math.random() < crash) throw new Error('crash');
          return { undone: undone.ok, signal: signal.end?.ok === true && signal.end.value, cancels };
        });
      },
    ),
    tell: async (ctx: Context, invocation: string) => {
      ctx.invocation(InvocationIdParser.fromString(invocation)).signal<string>('later').resolve('told');
      return Promise.resolve();
    },
  },
});

/** All parts wait for each other. */
const stuck = service({
  name: 'driver.stuck',
  handlers: {
    run: handlers.handler(
      { journalRetention: { minutes: 5 }, retryPolicy: { ...quick, maxAttempts: 1, onMaxAttempts: 'kill' } },
      async () => {
        const driver = new Driver(() => {});
        return driver.run(() => driver.park<string>(() => {}));
      },
    ),
  },
});

describe.skipIf(!restateIsInstalled())('the driver on a server of Restate', () => {
  let restate: TestRestate;
  let endpoint: TestEndpoint;
  beforeAll(async () => {
    restate = await startRestate();
    endpoint = await restate.serve([parts, broken, aborted, cancelled, stuck], {
      log: (_, ...said) => {
        if (String(said).includes('mismatch')) mismatches++;
      },
    });
  });
  afterAll(() => restate?.close());

  it('does the same in the same order after suspensions, failures and broken connections', async () => {
    const names = Array.from({ length: seeds }, (_, index) => `parts${index}`);
    await Promise.all(names.map((run) => restate.send('driver.parts/run', { run, crash: 0.04 }, run)));
    const over = new AbortController();
    const cutting = (async () => {
      for (let cuts = 0; cuts < 12 && !over.signal.aborted; cuts++) {
        await delay(150 + Math.random() * 200);
        await endpoint.cut(Math.random() * 30);
      }
    })();
    const results = await Promise.all(names.map((run) => restate.result('driver.parts/run', run)));
    over.abort();
    await cutting;
    expect(results).toEqual(names.map(() => ({ ok: true, value: ['a', 'b', 'c', 'd'] })));
    expect(crashes).toBeGreaterThan(seeds / 4);
    expect(mismatches).toBe(0);
    let attempts = 0;
    for (const run of names) {
      const all = traces.get(run) ?? [];
      attempts += all.length;
      const whole = all.at(-1) ?? [];
      expect(whole.length).toBe(4 * (3 * rounds + 3));
      // An attempt that goes on beside its successor, after a broken connection, gets no further than the journal.
      for (const trace of all) expect(whole.slice(0, trace.length)).toEqual(trace);
    }
    expect(attempts).toBeGreaterThan(2 * seeds);
  });

  it('what knows nothing of the order of the journal would be found out by that', async () => {
    const names = Array.from({ length: 24 }, (_, index) => `broken${index}`);
    const before = mismatches;
    await Promise.all(names.map((run) => restate.send('driver.broken/run', { run, crash: 0.1 }, run)));
    await Promise.all(names.map((run) => restate.result('driver.broken/run', run)));
    expect(mismatches).toBeGreaterThan(before);
  });

  it('gives up what is waited for when its scope is aborted, in every replay', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `aborted${index}`);
    const before = mismatches;
    await Promise.all(names.map((run) => restate.send('driver.aborted/run', { run, crash: 0.15 }, run)));
    for (const run of names) {
      const { ok, value } = await restate.result('driver.aborted/run', run);
      expect({ ok, value }).toMatchObject({
        ok: true,
        value: { told: [{ ok: false, aborted: true }, 'aborted'], late: false },
      });
      expect(done.get(run)?.has('never')).toBe(false);
    }
    expect(mismatches).toBe(before);
  });

  it.each([
    ['one', 0],
    ['two', 0.5],
    ['three', 0.5],
  ])('hears of a cancel, and still gets what it waits for (%s)', async (run, crash) => {
    const id = await restate.send('driver.cancelled/run', { run, crash }, run);
    await delay(100);
    expect(await restate.order(id, 'cancel')).toBe(202);
    await delay(100);
    await restate.send('driver.cancelled/tell', id);
    const { value } = await restate.result('driver.cancelled/run', run);
    expect(value).toEqual({ undone: true, signal: { ok: true, value: 'told' }, cancels: 1 });
    expect(done.get(run)?.get('undo')).toBe(1);
  });

  it('says so when all parts wait for nothing', async () => {
    await restate.send('driver.stuck/run', { run: 'stuck', crash: 0 }, 'stuck');
    const { ok, value } = await restate.result('driver.stuck/run', 'stuck');
    expect(ok).toBe(false);
    expect(JSON.stringify(value)).toContain('All parts of the flow wait');
  });
});
