import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { ReactiveSystemRuntime } from '../../runtime/index.ts';
import { NonRetryableError, silentLogger } from '../../tasks/index.ts';
import { ended, facts, stepFacts } from '../fixtures/alike.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem } from '../fixtures/system.ts';
import { RestateClient } from './client.ts';

const go = anyEvent('go');
const echo = anyTask('echo');
const bad = anyTask('bad');
const halts = anyTask('halts');
let mends = false;

const system = bind({
  events: [go],
  tasks: [
    code(echo, (value: unknown) => value),
    code(bad, (value: unknown) => {
      if (!mends) throw new NonRetryableError('no', { code: 'NO' });
      return value;
    }),
    code(halts, (value: unknown, { signal }) => {
      if (mends) return value;
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('stopped')));
      });
    }),
  ],
  flows: [
    anyFlow('fails', (host, input: string) => host.step('in', () => bad(input), at)),
    anyFlow('above', async (host) => {
      await host.step('in', () => echo(1), at);
      const got = await host.child('under', () => ({ contract: system.flows['fails']!.contract, input: 'u' }), at);
      return [got, await host.step('after', () => echo(2), at)];
    }),
    anyFlow(
      'timed',
      async (host) => {
        await host.step('kept', () => echo(1), at);
        const got = await host.receive('got', go, { ...at, match: () => ({ n: 7 }), timeout: '1h' });
        await host.race(
          'race',
          { late: (h) => h.sleep('nap', '1h', at), soon: (h) => h.step('won', () => echo(2), at) },
          at,
        );
        await host.step('between', () => echo(2), at);
        return [got, await host.step('broken', () => bad(3), at)];
      },
      { timeout: '1h', waits: [{ event: 'go', fields: ['n'] }] },
    ),
    anyFlow('throws', async (host) => {
      const one = await host.step('one', () => echo(1), at);
      if (!mends) throw new NonRetryableError('not so');
      return [one, await host.step('two', () => echo(2), at)];
    }),
    anyFlow('stopped', (host) =>
      host.all(
        'all',
        {
          long: (h) => h.step('long', () => halts(1), at),
          fails: async (h) => {
            await h.step('before', () => echo('50ms'), at);
            return await h.step('broken', () => bad(3), at);
          },
        },
        at,
      ),
    ),
    anyFlow(
      'late',
      async (host) => {
        await host.step('kept', () => echo(1), at);
        return await host.receive('got', go, { ...at, match: () => ({ n: 8 }) });
      },
      { timeout: '1500ms', waits: [{ event: 'go', fields: ['n'] }] },
    ),
    anyFlow(
      'unmet',
      async (host) => {
        await host.step('kept', () => echo(1), at);
        return await host.receive('got', go, { ...at, match: () => ({ n: 9 }), timeout: '300ms' });
      },
      { waits: [{ event: 'go', fields: ['n'] }] },
    ),
  ],
});

describe.skipIf(!restateIsInstalled())('a retry on Restate and on the embedded engine', () => {
  let restate: TestRestate;
  let client: RestateClient;
  let runtime: ReactiveSystemRuntime;
  beforeAll(async () => {
    restate = await startRestate();
    await startSystem(restate, system);
    client = new RestateClient(system, restate);
    runtime = new ReactiveSystemRuntime(system, { db: ':memory:', logger: silentLogger });
  }, 60_000);
  afterEach(() => void (mends = false));
  afterAll(async () => {
    await client?.close();
    await runtime?.close();
    await restate?.close();
  });
  const engines = () => [runtime, client] as const;
  /** Retries it on both, which says the same. */
  const again = async (run: string, asks: { fromStep?: string } = {}): Promise<void> => {
    const [theirs, ours] = await Promise.all(
      engines().map(async (engine) => {
        const gives = await engine.retry(run, asks);
        return { ...gives, dropped: [...gives.dropped].sort() };
      }),
    );
    expect(ours).toEqual(theirs);
  };
  /** Do both show the same of it, when it has ended? */
  const same = async (run: string): Promise<void> => {
    expect(ended(await client.result(run))).toEqual(ended(await runtime.result(run)));
    expect(facts(await client.status(run))).toEqual(facts(runtime.status(run)));
    expect(stepFacts(await client.steps(run))).toEqual(stepFacts(runtime.reader.steps(run)));
  };

  it('of a run that one below it has failed', async () => {
    for (const engine of engines()) await engine.executeFlow('above', 1, { id: 'p1' });
    await same('p1');
    mends = true;
    await again('p1');
    await same('p1');
    expect(await client.result('p1')).toMatchObject({ output: ['u', 2] });
  });

  it('of a run that has a time limit and has waited with one', async () => {
    for (const engine of engines()) {
      await engine.start('timed', 1, { id: 'l1' });
      await expect.poll(async () => (await engine.status('l1'))?.status, { timeout: 10_000 }).toBe('waiting');
      await engine.sendEvent('go', { n: 7 });
    }
    await same('l1');
    mends = true;
    await again('l1');
    await same('l1');
    expect(await client.result('l1')).toMatchObject({ output: [{ n: 7 }, 3] });
  });

  it.each(['throws', 'stopped'])('of a run that failed at no step, or beside another: %s', async (flow) => {
    for (const engine of engines()) await engine.executeFlow(flow, 1, { id: flow });
    mends = true;
    // Restate goes back behind the step that was stopped.
    if (flow === 'throws') await again(flow);
    else for (const engine of engines()) await engine.retry(flow);
    await same(flow);
    expect(await client.result(flow)).toMatchObject({ status: 'completed' });
  });

  it.each([
    ['late', 8],
    ['unmet', 9],
  ])('of a run that nothing came for in time: %s', async (flow, n) => {
    await Promise.all(engines().map((engine) => engine.executeFlow(flow, 1, { id: flow })));
    await same(flow);
    for (const engine of engines()) await engine.sendEvent('go', { n });
    await again(flow);
    await same(flow);
    expect(await client.result(flow)).toMatchObject({ output: { n } });
  });

  it('of a run with a time limit, which begins anew although it only waits', async () => {
    const ends = engines().map(async (engine) => {
      await engine.executeFlow('late', 1, { id: 'again' });
      await engine.retry('again');
      return engine.result('again');
    });
    for (const end of await Promise.all(ends))
      expect(end).toMatchObject({ status: 'failed', error: { code: 'MR3217' } });
  });

  it('of a run that is blocked, from a step', async () => {
    let word = 'old';
    const changes = anyFlow(
      'changes',
      async (host) => {
        const kept = await host.step('kept', () => echo('kept'), at);
        const one = await host.step('one', () => echo(word), at);
        await host.receive('got', go, { ...at, match: () => ({ n: 1 }), timeout: '1h' });
        return [kept, one];
      },
      { waits: [{ event: 'go', fields: ['n'] }] },
    );
    const bound = bind({ events: [go], tasks: [code(echo, (value: unknown) => value)], flows: [changes] });
    const changing = { ...bound, name: 'changing' };
    const folder = mkdtempSync(join(tmpdir(), 'millrace-both-'));
    const open = (): ReactiveSystemRuntime =>
      new ReactiveSystemRuntime(changing, { db: join(folder, 'db'), logger: silentLogger });
    await startSystem(restate, changing, { inactivityMs: 50 });
    const theirs = new RestateClient(changing, restate);
    let own = open();
    const both = async (status: string): Promise<void> => {
      for (const engine of [own, theirs])
        await expect
          .poll(async () => (await engine.status('c1'))?.status, { timeout: 10_000, interval: 20 })
          .toBe(status);
    };
    for (const engine of [own, theirs]) await engine.start('changes', 1, { id: 'c1' });
    await both('waiting');
    // What is at rest is replayed when something comes.
    await restate.until(
      "SELECT status FROM sys_invocation WHERE target_service_name = 'changing.flows.changes'",
      ([row]) => row?.['status'] === 'suspended',
    );
    await own.close();
    word = 'new';
    own = open();
    for (const engine of [own, theirs]) await engine.sendEvent('go', { n: 1 });
    await both('blocked');
    const gives = [];
    for (const engine of [own, theirs]) gives.push(await engine.retry('c1', { fromStep: 'one' }));
    expect(gives[1]).toEqual(gives[0]);
    for (const engine of [own, theirs])
      expect(await engine.result('c1')).toMatchObject({ status: 'completed', output: ['kept', 'new'] });
    expect(stepFacts(await theirs.steps('c1'))).toEqual(stepFacts(own.reader.steps('c1')));
    await theirs.close();
    await own.close();
    rmSync(folder, { recursive: true });
  });
});
