import { describe, expect, it } from 'vitest';
import type { AnyFlow, GraphNodes, Host } from 'millrace/flow';
import { openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { anyFlow, at, bind, code } from './fixtures/bind.ts';
import { change, go, work } from './fixtures/change.ts';
import { ReactiveSystemRuntime } from './index.ts';

type Graph = (g: GraphNodes<{}>) => GraphNodes<unknown>;

describe('a changed graph', () => {
  const flowWith =
    (nodes: Graph, after = true) =>
    async (host: Host) => {
      const done = await host.graph('g', nodes, at);
      if (after) await host.receive('go', go, at);
      return done;
    };
  const two: Graph = (g) =>
    g.node('a', () => work('a'), at).node('b', ({ a }) => work(`b${a}`), { ...at, needs: ['a'] });

  it('goes on when it is the same, and knows its results', async () => {
    const { result, seen, second } = await change(flowWith(two), flowWith(two));
    expect(result).toMatchObject({ success: true, output: { a: 'a', b: 'ba' } });
    expect(seen).toEqual(['g/a', 'g/b']);
    await second.close();
  });

  it.each<[string, (host: Host) => Promise<unknown>]>([
    ['a node is gone', flowWith((g) => g.node('a', () => work('a'), at))],
    [
      'a node is new',
      flowWith((g) =>
        g
          .node('a', () => work('a'), at)
          .node('b', ({ a }) => work(`b${a}`), { ...at, needs: ['a'] })
          .node('c', () => work('c'), at),
      ),
    ],
    [
      'a node needs a new one',
      flowWith((g) =>
        g
          .node('a', () => work('a'), at)
          .node('c', () => work('c'), at)
          .node('b', ({ a }) => work(`b${a}`), { ...at, needs: ['a', 'c'] }),
      ),
    ],
    [
      'a node asks for something else',
      flowWith((g) =>
        g.node('a', () => work('other'), at).node('b', ({ a }) => work(`b${a}`), { ...at, needs: ['a'] }),
      ),
    ],
    ['it is a race now', async (host) => host.race('g', { a: async () => 1, b: async () => 2 }, at)],
    ['it is a step now', async (host) => host.step('g', () => work('a'), at)],
  ])('is blocked when %s', async (_, next) => {
    const { result, lines: more, second } = await change(flowWith(two), next);
    expect(result).toMatchObject({ status: 'blocked', error: { code: 'MR3205' } });
    expect(more).toBe(1);
    await second.close();
  });

  it('may have new nodes while it runs', async () => {
    const waits: Graph = (g) =>
      g.node('a', () => work('a'), at).node('w', () => ({ contract: waiting.contract as AnyFlow, input: 1 }), at);
    const more: Graph = (g) => waits(g as never).node('n', () => work('n'), at);
    const waiting = anyFlow('waiting', async (host) => host.receive('go', go, at), {
      waits: [{ event: 'go', fields: [] }],
    });
    const store = openSqlite(':memory:');
    const seen: string[] = [];
    const open = (nodes: Graph) =>
      new ReactiveSystemRuntime(
        bind({
          events: [go],
          tasks: [code(work, (name: string) => (seen.push(name), name))],
          flows: [waiting, anyFlow('f', flowWith(nodes, false))],
        }),
        { store, logger: silentLogger },
      );
    const first = open(waits);
    await first.start('f', undefined, { id: 'r' });
    await first.idle();
    await first.close();
    const second = open(more);
    await second.sendEvent('go', {});
    expect(await second.result('r')).toMatchObject({ success: true, output: { a: 'a', n: 'n' } });
    expect(seen).toEqual(['a', 'n']);
    await second.close();
  });
});
