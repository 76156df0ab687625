import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sketchMachine } from '../../../../test/support/sketch.ts';
import { system } from '../../../compiler/fixtures/build-model.ts';
import { flowGraph } from '../flow/flow-graph.ts';
import { anyFlow, anyMachine } from '../fixtures/random-graphs.ts';
import { flaws } from '../fixtures/sound.ts';
import { machineGraph } from '../machine/machine-graph.ts';
import { attach } from './attach.ts';
import { layoutGraph } from './layout-graph.ts';
import { textWidth, wrapText } from './measure.ts';

test('in pictures of machines nothing overlaps, nothing is cut, and edges touch what they join', () => {
  fc.assert(
    fc.property(anyMachine, (machine) => {
      const graph = machineGraph(machine);
      // Giants take seconds, and no person reads them.
      fc.pre(graph.edges.length <= 80);
      const placed = layoutGraph(graph);
      expect(flaws(placed)).toEqual([]);
      expect(placed.nodes).toHaveLength(graph.nodes.length);
      expect(placed.edges).toHaveLength(graph.edges.filter(({ targetless }) => targetless !== true).length);
    }),
    { numRuns: 25, seed: 7 },
  );
}, 60_000);

test('the same for flows', () => {
  const model = system('shop', []);
  fc.assert(
    fc.property(anyFlow, (flow) => {
      const graph = flowGraph(flow, model);
      fc.pre(graph.edges.length <= 80);
      expect(flaws(layoutGraph(graph))).toEqual([]);
    }),
    { numRuns: 25, seed: 7 },
  );
}, 60_000);

test('regions stand side by side, with a line between them', () => {
  const graph = machineGraph(
    sketchMachine('m', {
      initial: 'p',
      states: { p: { type: 'parallel', states: { left: { states: { a: {}, b: {} } }, right: { states: { c: {} } } } } },
    }),
  );
  const { nodes } = layoutGraph(graph);
  const of = (id: string) => nodes.find(({ node }) => node.id === id)!;
  const [separator = 0] = of('p').separators;
  expect(of('left').x + of('left').width).toBeLessThan(separator);
  expect(of('right').x).toBeGreaterThan(separator);
  expect(of('left').y).toBe(of('right').y);
});

test('texts are wrapped at spaces, and inside of words that are too long', () => {
  expect(wrapText('one two three', 12, textWidth('one two', 12))).toEqual(['one two', 'three']);
  expect(wrapText('aaaaaaaa', 12, textWidth('aaa', 12))).toEqual(['aaa', 'aaa', 'aa']);
  expect(wrapText('', 12, 100)).toEqual(['']);
  expect(textWidth('日本', 10)).toBeGreaterThan(textWidth('ab', 10));
  expect(textWidth('ab', 10, 'bold')).toBeGreaterThan(textWidth('ab', 10));
});

test('ends touch a side near where they want to, and apart', () => {
  const ends = [{ want: 50 }, { want: 50 }, { want: 500 }, { want: 10, fixed: true }];
  const places = attach(ends, 0, 100);
  expect(ends.map((end) => places.get(end))).toEqual([50, 66, 100, 10]);
  const crowd = Array.from({ length: 20 }, () => ({ want: 0 }));
  const found = [...attach(crowd, 0, 100).values()];
  expect(new Set(found).size).toBe(20);
  expect(Math.max(...found)).toBeLessThanOrEqual(100.001);
});
