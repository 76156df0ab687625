import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { door } from '../../runtime/fixtures/door.ts';
import { ReactiveSystemRuntime } from '../../runtime/index.ts';
import { NonRetryableError, silentLogger } from '../../tasks/index.ts';
import { ended, facts, stepFacts } from '../fixtures/alike.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem } from '../fixtures/system.ts';
import { RestateClient } from './client.ts';

const go = anyEvent('go');
const [opened, closed, passed] = [anyEvent('opened'), anyEvent('closed'), anyEvent('passed')];
const echo = anyTask('echo');
const flaky = anyTask('flaky', { retry: { attempts: 3, delay: '10ms' } });
const bad = anyTask('bad');
let mends = false;

const system = bind({
  events: [go, opened, closed, passed],
  tasks: [
    code(echo, (value: unknown) => value),
    code(flaky, (fails: number, { attempt }) => {
      if (attempt <= fails) throw new Error(`flaky ${attempt}`);
      return attempt;
    }),
    code(bad, (value: unknown) => {
      if (!mends) throw new NonRetryableError('no', { code: 'NO' });
      return value;
    }),
  ],
  flows: [
    anyFlow('below', (host, input: string) => host.step('in', () => echo(`${input}!`), at)),
    anyFlow(
      'all',
      async (host, input: string) => {
        await host.step('first', () => echo(input), at);
        await host.step('second', () => flaky(1), at);
        await host.child('third', () => ({ contract: system.flows['below']!.contract, input }), at);
        await host.emit('told', () => passed({ id: 'D', by: 'x' }), at);
        const got = (await host.receive('got', go, { ...at, match: () => ({ n: 1 }) })) as { n: number };
        const none = await host.receive('none', go, { ...at, timeout: '50ms', onTimeout: 'continue' });
        const said = await host.approve('asked', { ...at, message: () => 'Well?' });
        return { got: got.n, none: none === undefined, by: said.by };
      },
      {
        waits: [
          { event: 'go', fields: ['n'] },
          { event: 'go', fields: [] },
        ],
      },
    ),
    anyFlow('breaks', async (host) => {
      await host.step('kept', () => echo(1), at);
      await host.step('done', () => echo(2), at);
      host.undo('done', () => echo('back'), at);
      return await host.step('broken', () => bad(3), at);
    }),
    anyFlow('waits', async (host) => {
      await host.step('done', () => echo(2), at);
      host.undo('done', () => echo('back'), at);
      await host.sleep('nap', '1h', at);
    }),
    anyFlow('passes', async (host) => {
      await host.step('poor', () => bad(1), { ...at, onFailure: 'continue' });
      return 'passed';
    }),
  ],
  machines: [
    door('door', (snapshot, event) =>
      event.name === 'open' && snapshot.state[0] === 'shut'
        ? { to: 'open' }
        : event.name === 'close' && snapshot.state[0] === 'open'
          ? { to: 'shut' }
          : undefined,
    ),
  ],
});

describe.skipIf(!restateIsInstalled())('a client of Restate and the embedded engine', () => {
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
  const until = async (run: string, status: string): Promise<void> => {
    for (const engine of engines())
      await expect.poll(async () => (await engine.status(run))?.status, { timeout: 10_000, interval: 20 }).toBe(status);
  };
  const refusal = async (work: Promise<unknown>): Promise<object> => {
    const error = (await work.then(
      () => ({}),
      (thrown: unknown) => thrown,
    )) as { code?: string; message?: string };
    return { code: error.code, message: error.message };
  };

  it('show a run of all kinds of steps alike', async () => {
    for (const engine of engines()) {
      await engine.start('all', 'a', { id: 'a1', metadata: { m: 1 } });
      await expect.poll(async () => (await engine.status('a1'))?.status, { timeout: 10_000 }).toBe('waiting');
      await engine.sendEvent('go', { n: 1 });
    }
    await expect.poll(async () => (await client.decisions('a1')).length, { timeout: 10_000 }).toBe(1);
    await expect.poll(() => runtime.reader.decisions('a1').length, { timeout: 10_000 }).toBe(1);
    const [own] = runtime.reader.decisions('a1');
    expect(await client.decisions()).toEqual([{ ...own, since: expect.any(Number) }]);
    await until('a1', 'waiting');
    expect(stepFacts(await client.steps('a1'))).toEqual(stepFacts(runtime.reader.steps('a1')));
    expect(await refusal(client.decide('a1', 'other', { approved: true, by: 'ada' }))).toEqual(
      await refusal(runtime.decide('a1', 'other', { approved: true, by: 'ada' })),
    );
    for (const engine of engines()) {
      await engine.decide('a1', 'asked', { approved: true, by: 'ada' });
      await engine.result('a1');
    }
    expect(ended(await client.result('a1'))).toEqual(ended(await runtime.result('a1')));
    expect(facts(await client.status('a1'))).toEqual(facts(runtime.status('a1')));
    expect(stepFacts(await client.steps('a1'))).toEqual(stepFacts(runtime.reader.steps('a1')));
    expect(facts(await client.status('a1/third'))).toEqual(facts(runtime.status('a1/third')));
    for (const again of ['asked', 'nowhere']) {
      expect(await refusal(client.decide('a1', again, { approved: true, by: 'bob' }))).toMatchObject({
        code: ((await refusal(runtime.decide('a1', again, { approved: true, by: 'bob' }))) as { code: string }).code,
      });
    }
    const checkpoints = await client.checkpoints('a1');
    expect(checkpoints.map(({ path, target, status }) => [path, target, status])).toEqual(
      runtime.reader.checkpoints('a1').map(({ path, target, status }) => [path, target, status]),
    );
  });

  it('fail, undo and retry alike', async () => {
    for (const engine of engines()) {
      const { status, error, stepResults } = await engine.executeFlow('breaks', 1, { id: 'f1' });
      expect({ status, code: error?.code, steps: Object.keys(stepResults) }).toEqual({
        status: 'failed',
        code: 'NO',
        steps: ['kept', 'done', 'broken', 'done/~undo'],
      });
    }
    expect(facts(await client.status('f1'))).toEqual(facts(runtime.status('f1')));
    expect(stepFacts(await client.steps('f1'))).toEqual(stepFacts(runtime.reader.steps('f1')));
    mends = true;
    for (const engine of engines()) {
      const { fromStep, epoch, dropped, version, status, parents } = await engine.retry('f1');
      expect({ fromStep, epoch, dropped: [...dropped].sort(), version, status, parents }).toEqual({
        fromStep: 'done',
        epoch: 1,
        dropped: ['broken', 'done'],
        version: '1.0.0',
        status: 'running',
        parents: [],
      });
      expect(await engine.result('f1')).toMatchObject({ status: 'completed', output: 3 });
    }
    for (const engine of engines()) {
      await expect(engine.retry('f1')).rejects.toMatchObject({ code: 'MR3252' });
      expect(await engine.executeFlow('passes', 1, { id: 'f2' })).toMatchObject({ success: true });
    }
  });

  it('pass over a failure alike', async () => {
    for (const engine of engines()) await engine.executeFlow('passes', 1, { id: 'g1' });
    expect(ended(await client.result('g1'))).toEqual(ended(await runtime.result('g1')));
    expect(facts(await client.status('g1'))).toEqual(facts(runtime.status('g1')));
  });

  it('pause, resume and cancel alike', async () => {
    for (const engine of engines()) await engine.start('waits', 1, { id: 'w1' });
    await until('w1', 'waiting');
    for (const engine of engines())
      expect(await engine.pause('w1')).toEqual({ runId: 'w1', status: 'paused', runs: ['w1'] });
    await until('w1', 'paused');
    for (const engine of engines()) expect(await engine.pause('w1')).toMatchObject({ runs: [] });
    for (const engine of engines()) expect(await engine.resume('w1')).toMatchObject({ runs: ['w1'] });
    await until('w1', 'waiting');
    for (const engine of engines()) {
      expect(await engine.cancel('w1')).toEqual({ runId: 'w1', accepted: true });
      await engine.result('w1');
      expect(await engine.cancel('w1')).toEqual({ runId: 'w1', accepted: false });
    }
    expect(ended(await client.result('w1'))).toEqual(ended(await runtime.result('w1')));
    expect(facts(await client.status('w1'))).toEqual(facts(runtime.status('w1')));
    expect(stepFacts(await client.steps('w1'))).toEqual(stepFacts(runtime.reader.steps('w1')));
    for (const asks of ['pause', 'resume', 'retry'] as const) {
      for (const run of ['w1', 'nope']) {
        const [theirs, ours] = await Promise.all(engines().map((engine) => refusal(engine[asks](run))));
        expect(ours).toMatchObject({ code: (theirs as { code: string }).code });
      }
    }
  });

  it('run single tasks alike', async () => {
    const [theirs, ours] = await Promise.all(engines().map((engine) => engine.executeTask('flaky', 2, { id: 't1' })));
    const strip = ({ executionTime: _e, ...rest }: NonNullable<typeof ours>) => rest;
    expect(strip(ours!)).toEqual(strip(theirs!));
    expect(ours).toMatchObject({ success: true, output: 3, retries: 2 });
  });

  it('show instances alike', async () => {
    const strip = ({
      createdAt: _c,
      updatedAt: _u,
      lastTransition,
      ...rest
    }: NonNullable<ReturnType<typeof runtime.get>>) => ({
      ...rest,
      last: { ...lastTransition, time: 0 },
    });
    for (const engine of engines()) {
      await engine.sendEvent('opened', { id: "it's" });
      await engine.sendEvent('closed', { id: "it's" });
      await engine.create('door', { id: 'B', context: { opened: 4 } });
      await expect(engine.create('door', { id: 'B' })).rejects.toMatchObject({ code: 'MR3305' });
      await expect(engine.create('door', { id: '' })).rejects.toMatchObject({ code: 'MR3218' });
    }
    const query = { machine: 'door', id: "it's" };
    expect((await client.instances(query)).map(strip)).toEqual([strip(runtime.get('door', "it's")!)]);
    expect((await client.instances({ limit: 1 })).map(({ id }) => id)).toEqual(['B']);
    expect((await client.instances({ state: 'open' })).map(({ id }) => id)).toEqual(
      runtime.instances({ state: 'open' }).map(({ id }) => id),
    );
    const history = async (engine: typeof client | typeof runtime) =>
      (await engine.history('door', "it's")).map(({ time: _t, duration: _d, ...entry }) => entry);
    expect(await history(client)).toEqual(await history(runtime));
    expect((await client.history('door', "it's", { tail: 1, before: 3 })).map(({ sequence }) => sequence)).toEqual([2]);
    expect(await client.available('door', "it's")).toEqual(runtime.available('door', "it's"));
    for (const engine of engines()) {
      expect(await engine.rollback('door', "it's")).toMatchObject({ to: 2, state: ['open'] });
      await expect(engine.rollback('door', 'nope')).rejects.toMatchObject({ code: 'MR3306' });
      await expect(engine.removeInstance('door', 'B')).rejects.toMatchObject({ code: 'MR3360' });
      await engine.removeInstance('door', 'B', { force: true });
      expect(await engine.get('door', 'B')).toBeUndefined();
    }
    expect(await refusal(client.get('none', 'x'))).toMatchObject({ code: 'MR3304' });
    expect(() => runtime.get('none', 'x')).toThrow(expect.objectContaining({ code: 'MR3304' }));
  });
});
