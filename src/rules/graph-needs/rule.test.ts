import { expect, it } from 'vitest';
import { at, call, flow, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { graphNeeds } from './rule.ts';

function check(needs: Readonly<Record<string, readonly string[]>>): readonly string[] {
  const nodes = Object.entries(needs).map(([name, of]) => ({
    name,
    needs: of,
    call: call('task', 'x'),
    location: at(1),
  }));
  return messages(graphNeeds, system({ flows: [flow('f', [{ kind: 'graph', id: 'g', nodes, location: at(1) }])] }));
}

it('is content without circles', () => {
  expect(check({ a: [], b: ['a'], c: ['a', 'b'] })).toEqual([]);
});

it('reports a node that there is not', () => {
  expect(check({ a: [], b: ['aa'] })).toEqual(["Node 'b' of graph 'g' needs 'aa', but the graph has no such node."]);
});

it('reports a node that stands below the one that needs it', () => {
  expect(check({ b: ['a'], a: [] })).toEqual(["Node 'b' of graph 'g' needs 'a', which stands below it."]);
});

it('reports a circle with its way, once', () => {
  expect(check({ a: ['c'], b: ['a'], c: ['b'], d: ['d'] })).toEqual([
    "The nodes of graph 'g' need each other: 'a' → 'c' → 'b' → 'a'.",
    "The nodes of graph 'g' need each other: 'd' → 'd'.",
  ]);
});
