import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlowModule, Host } from '../../flow/index.ts';
import type { TaskImplementation } from '../../tasks/index.ts';
import { anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { back, bad, ok, slow, tasks } from '../../runtime/fixtures/noting-tasks.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { startSystem, until, type TestSystem } from '../fixtures/system.ts';

const done = async (host: Host, id: string): Promise<void> => {
  await host.step(id, () => ok(id), at);
  host.undo(id, () => back(id), at);
};

describe.skipIf(!restateIsInstalled())('parts of a flow on Restate', () => {
  let restate: TestRestate;
  let count = 0;
  beforeAll(async () => {
    restate = await startRestate();
  }, 60_000);
  afterAll(() => restate?.close());

  /** What a flow does: what it was seen to do, and how it ends. */
  const open = async (
    seen: string[],
    run: FlowModule['run'],
    more: readonly TaskImplementation[] = [],
  ): Promise<TestSystem> => {
    const flow = anyFlow('f', run as (host: Host, input: never) => Promise<unknown>);
    return startSystem(restate, {
      ...bind({ tasks: [...tasks(seen), ...more], flows: [flow] }),
      name: `parts${++count}`,
    });
  };
  const backs = (seen: readonly string[]): readonly string[] => seen.filter((what) => what.startsWith('back'));

  describe('all', () => {
    it('gives the values by name, and runs at most so many at a time', async () => {
      let [now, most] = [0, 0];
      const job = anyTask('job');
      const jobs = code(job, async (name: string) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 15));
        now--;
        return name;
      });
      const system = await open(
        [],
        (host) => {
          const part = (name: string) => async (h: Host) => h.step('one', () => job(name), at);
          return host.all('all', { a: part('a'), b: part('b'), c: part('c'), d: part('d') }, { ...at, concurrency: 2 });
        },
        [jobs],
      );
      expect(await system.run('f')).toMatchObject({ output: { a: 'a', b: 'b', c: 'c', d: 'd' } });
      expect(most).toBe(2);
    });

    it('is cancelled by the first failure, fails with that when all have come to rest, and is undone', async () => {
      const seen: string[] = [];
      const system = await open(seen, (host) =>
        host.all(
          'all',
          {
            a: async (h) => {
              await done(h, 'a');
              await h.sleep('long', '1h', at);
            },
            b: async (h) => {
              await h.sleep('short', '30ms', at);
              await h.step('no', () => bad('b is out'), at);
            },
            c: (h) => h.step('slow', () => slow('c'), at),
          },
          at,
        ),
      );
      expect(await system.run('f')).toMatchObject({ status: 'failed', error: { message: 'b is out', code: 'BAD' } });
      expect(seen).toContain('aborted c');
      expect(backs(seen)).toEqual(['back a']);
    });
  });

  describe('map', () => {
    it('gives the values in the order of the list, five at a time', async () => {
      let [now, most] = [0, 0];
      const job = anyTask('job');
      const jobs = code(job, async (n: number) => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 40 - 3 * n));
        now--;
        return n * n;
      });
      const list = [...Array(12).keys()];
      const system = await open(
        [],
        (host) =>
          host.map(
            'map',
            () => list,
            (h, n, index) => h.step('one', () => job((n + index) / 2), at),
            at,
          ),
        [jobs],
      );
      expect(await system.run('f')).toMatchObject({ output: list.map((n) => n * n) });
      expect(most).toBe(5);
    });

    it('says where the list could not be made', async () => {
      const system = await open([], (host) =>
        host.map(
          'map',
          () => {
            throw new Error('no list');
          },
          async () => {},
          at,
        ),
      );
      expect(await system.run('f', undefined, { run: 'list1' })).toMatchObject({
        status: 'failed',
        error: { message: 'no list', details: { run: 'list1', step: 'map', source: 'test.dsl.ts:11:3' } },
      });
    });
  });

  describe('race', () => {
    it('is won by the first that comes to its end; what the others did is undone, and what they wait for is let go', async () => {
      const seen: string[] = [];
      const system = await open(seen, async (host) => {
        const { winner, value } = await host.race(
          'quick',
          {
            steady: async (h) => {
              await done(h, 'x');
              await h.sleep('nap', '60ms', at);
              return h.step('win', () => ok('win'), at);
            },
            stuck: async (h) => {
              await done(h, 'y');
              return h.step('slow', () => slow('slow'), at);
            },
            patient: async (h) => {
              await done(h, 'z');
              await h.sleep('long', '1h', at);
            },
          },
          at,
        );
        await host.step('after', () => ok('after'), at);
        return [winner, value];
      });
      const end = await system.run('f');
      expect(end).toMatchObject({ status: 'completed', output: ['steady', 'win'] });
      expect(end.errors).toBe(undefined);
      expect(seen.slice(0, 4).toSorted()).toEqual(['slow', 'x', 'y', 'z']);
      expect(seen.slice(4, 6)).toEqual(['win', 'aborted slow']);
      expect(seen.slice(6, 8).toSorted()).toEqual(['back y', 'back z']);
      expect(seen.slice(8)).toEqual(['after']);
    });

    it('undoes the losers in the reverse order of the journal, across all of them, and keeps the undos of the winner', async () => {
      const seen: string[] = [];
      const system = await open(seen, async (host) => {
        await host.race(
          'r',
          {
            a: async (h) => {
              await done(h, 'a1');
              await h.sleep('t1', '60ms', at);
              await done(h, 'a2');
              await h.sleep('forever', '1h', at);
            },
            b: async (h) => {
              await h.sleep('t2', '30ms', at);
              await done(h, 'b1');
              await h.sleep('t3', '60ms', at);
              await done(h, 'b2');
              await h.step('no', () => bad('b is out'), at);
            },
            c: async (h) => {
              await h.sleep('t4', '150ms', at);
              await done(h, 'c1');
            },
          },
          at,
        );
        throw new Error('later');
      });
      const end = await system.run('f');
      expect(end).toMatchObject({ status: 'failed', error: { message: 'later' } });
      expect(seen.filter((what) => /^[abc]\d$/.test(what))).toEqual(['a1', 'b1', 'a2', 'b2', 'c1']);
      expect(backs(seen)).toEqual(['back b2', 'back a2', 'back b1', 'back a1', 'back c1']);
    });

    it('is lost when all parts have failed, and names each; what they did is undone by the failure', async () => {
      const seen: string[] = [];
      const system = await open(seen, (host) =>
        host.race(
          'r',
          {
            a: async (h) => {
              await done(h, 'a');
              await h.sleep('t', '10ms', at);
              await h.step('no', () => bad('first'), at);
            },
            b: (h) => h.step('no', () => bad('second'), at),
          },
          at,
        ),
      );
      expect(await system.run('f', undefined, { run: 'r1' })).toMatchObject({
        status: 'failed',
        error: {
          code: 'MR3230',
          retryable: false,
          message: "Nobody won the race 'r': all its parts have failed. a: first | b: second",
          details: {
            run: 'r1',
            step: 'r',
            source: 'test.dsl.ts:11:3',
            failures: { a: { code: 'BAD' }, b: { code: 'BAD' } },
          },
        },
      });
      expect(seen.at(-1)).toBe('back a');
    });

    it("is nobody's when the run is cancelled", async () => {
      const seen: string[] = [];
      const system = await open(seen, (host) =>
        host.race(
          'r',
          {
            a: async (h) => {
              await done(h, 'a');
              await h.sleep('long', '1h', at);
            },
            b: (h) => h.step('slow', () => slow('b'), at),
          },
          at,
        ),
      );
      const invocation = await system.start('f', undefined, { run: 'r2' });
      await until(() => seen.length === 2);
      await system.cancel(invocation);
      expect(await system.end('f', 'r2')).toMatchObject({ status: 'cancelled', error: { code: 'MR3203' } });
      expect(seen.slice(2)).toEqual(['aborted b', 'back a']);
    });
  });

  describe('attempt', () => {
    it('undoes what it did before the handler, which gets the failure', async () => {
      const seen: string[] = [];
      const system = await open(seen, async (host) => {
        const value = await host.attempt(
          'try',
          async (h) => {
            await done(h, 'one');
            await done(h, 'two');
            await h.step('no', () => bad('broken'), at);
            return 'well';
          },
          async (h, error) => h.step('mend', () => ok(`mend ${error.message}`), at),
          at,
        );
        await host.step('after', () => ok('after'), at);
        return value;
      });
      expect(await system.run('f')).toMatchObject({ status: 'completed', output: 'mend broken' });
      expect(seen).toEqual(['one', 'two', 'bad broken', 'back two', 'back one', 'mend broken', 'after']);
    });

    it('has no handler for a cancel, and none for what goes well', async () => {
      const seen: string[] = [];
      const system = await open(seen, async (host) => {
        await host.attempt(
          'good',
          (h) => done(h, 'one'),
          (h) => h.step('never', () => ok('never'), at),
          at,
        );
        await host.attempt(
          'long',
          (h) => h.sleep('long', '1h', at),
          (h) => h.step('never', () => ok('never'), at),
          at,
        );
      });
      const invocation = await system.start('f', undefined, { run: 'a1' });
      await until(() => seen.length === 1);
      await system.cancel(invocation);
      expect(await system.end('f', 'a1')).toMatchObject({ status: 'cancelled' });
      expect(seen).toEqual(['one', 'back one']);
    });
  });

  describe('repeat', () => {
    it('goes on until its condition holds, with a time between rounds, or for its last round', async () => {
      const seen: string[] = [];
      const system = await open(seen, async (host) => {
        const begun = host.now();
        const round = await host.repeat(
          'until',
          (h, index) => h.step('one', () => ok(`r${index}`), at),
          (value) => value === 'r2',
          { ...at, max: 10, delay: '20ms' },
        );
        const last = await host.repeat(
          'max',
          async (_, index) => index,
          () => false,
          { ...at, max: 4 },
        );
        return [round, last, host.now() - begun >= 40];
      });
      const invocation = await system.start('f', undefined, { run: 'rounds' });
      expect(await system.end('f', 'rounds')).toMatchObject({ output: ['r2', 3, true] });
      const names = ['until[0]/one', 'until[0]/~delay', 'until[1]/one', 'until[1]/~delay', 'until[2]/one'];
      expect(await system.asked(invocation)).toEqual(names);
    });
  });

  describe('graph', () => {
    it('runs batch after batch in the order declared, and gives each node what it needs', async () => {
      const seen: string[] = [];
      const system = await open(seen, (host) =>
        host.graph(
          'g',
          (g) =>
            g
              .node('a', () => ok('a'), at)
              .node('b', () => ok('b'), at)
              .node('c', ({ a, b }) => ok(`c${String(a)}${String(b)}`), { ...at, needs: ['a', 'b'] })
              .node('d', ({ c }) => ok(`d${String(c)}`), { ...at, needs: ['c'] }),
          at,
        ),
      );
      expect(await system.run('f')).toMatchObject({ output: { a: 'a', b: 'b', c: 'cab', d: 'dcab' } });
      expect(seen.slice(2)).toEqual(['cab', 'dcab']);
    });

    const failing = (onFailure: 'failFast' | 'continueIndependent' | 'skip') => (host: Host) =>
      host.graph(
        'g',
        (g) =>
          g
            .node('bad', () => bad('out'), at)
            .node('long', () => slow('long'), { ...at })
            .node('fine', () => ok('fine'), { ...at })
            .node('after', ({ bad: value }) => ok(`after ${String(value)}`), { ...at, needs: ['bad'] })
            .node('free', ({ fine }) => ok(`free ${String(fine)}`), { ...at, needs: ['fine'] }),
        { ...at, onFailure },
      ) as Promise<unknown>;

    it('fails at the first failure: siblings are cancelled, the rest is skipped', async () => {
      const seen: string[] = [];
      const system = await open(seen, failing('failFast'));
      expect(await system.run('f')).toMatchObject({ status: 'failed', error: { message: 'out' } });
      // It may have been stopped before it began.
      expect(seen.includes('aborted long')).toBe(seen.includes('long'));
      expect(seen.join()).not.toContain('after');
      expect(seen.join()).not.toContain('free');
    });

    it.each([
      ['continueIndependent', undefined],
      ['skip', 'after undefined'],
    ] as const)('can go on (%s)', async (onFailure, after) => {
      const seen: string[] = [];
      const system = await open(seen, (host) =>
        host.graph(
          'g',
          (g) =>
            g
              .node('bad', () => bad('out'), at)
              .node('fine', () => ok('fine'), at)
              .node('after', ({ bad: value }) => ok(`after ${String(value)}`), { ...at, needs: ['bad'] })
              .node('free', ({ fine }) => ok(`free ${String(fine)}`), { ...at, needs: ['fine'] }),
          { ...at, onFailure },
        ),
      );
      expect(await system.run('f')).toEqual({
        status: 'completed',
        at: expect.any(Number),
        output: { fine: 'fine', free: 'free fine', ...(after === undefined ? {} : { after }) },
        errors: [{ path: 'g/bad', error: expect.objectContaining({ message: 'out' }) }],
      });
    });

    it('that cannot run is refused', async () => {
      const system = await open([], (host) =>
        host.graph('g', (g) => g.node('a', () => ok('a'), { ...at, needs: ['a'] as never }), at),
      );
      expect(await system.run('f')).toMatchObject({ status: 'failed', error: { code: 'MR3236' } });
    });
  });
});
