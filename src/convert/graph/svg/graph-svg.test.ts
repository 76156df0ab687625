import fc from 'fast-check';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { sketchMachine } from '../../../../test/support/sketch.ts';
import { system } from '../../../compiler/fixtures/build-model.ts';
import { flowGraph } from '../flow/flow-graph.ts';
import { anyFlow, anyMachine } from '../fixtures/random-graphs.ts';
import type { Graph } from '../graph.ts';
import { machineGraph } from '../machine/machine-graph.ts';
import { graphSvg } from './graph-svg.ts';
import { xmlText } from './xml.ts';

/** The groups of a picture that stand for something: class and id. Throws where it is no XML. */
function groups(svg: string): readonly (readonly [string, string])[] {
  const found: [string, string][] = [];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ attributes }) => {
    const { class: className = '', 'data-id': id } = attributes as Record<string, string>;
    if (id !== undefined) found.push([className, id]);
  });
  parser.write(svg).close();
  return found;
}

function check(graph: Graph): void {
  fc.pre(graph.edges.length <= 60);
  const svg = graphSvg(graph);
  expect(graphSvg(graph)).toBe(svg);
  const found = groups(svg);
  const id = (text: string): string => text.toWellFormed().replaceAll(/[^\P{Cc}\t\n\r]/gu, '\ufffd');
  expect(
    found
      .filter(([name]) => name.startsWith('node'))
      .map(([, one]) => one)
      .toSorted(),
  ).toEqual(graph.nodes.map((node) => id(node.id)).toSorted());
  const drawn = graph.edges.filter(({ targetless }) => targetless !== true);
  expect(found.filter(([name]) => name.startsWith('edge')).map(([, one]) => one)).toEqual(
    drawn.map((edge) => id(edge.id)),
  );
}

test('any machine gives XML in which each node and each edge can be found; the same bytes each time', () => {
  fc.assert(
    fc.property(anyMachine, (machine) => check(machineGraph(machine))),
    { numRuns: 15, seed: 3 },
  );
}, 60_000);

test('any flow, too', () => {
  fc.assert(
    fc.property(anyFlow, (flow) => check(flowGraph(flow, system('shop', [])))),
    { numRuns: 15, seed: 3 },
  );
}, 60_000);

test('it stands for itself: a title, both colour schemes, no reference to anything outside', () => {
  const graph = machineGraph(
    sketchMachine('door', { initial: 'shut', states: { shut: { on: { open: 'wide' } }, wide: { type: 'final' } } }),
  );
  const svg = graphSvg(graph);
  expect(svg).toContain('<title>The machine door</title>');
  expect(svg).toContain('aria-label="The machine door: 2 states, 1 transitions."');
  expect(svg).toContain('prefers-color-scheme:dark');
  expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|<script|<image|@import/);
});

test('an edge that goes into a state runs behind its title; contexts, what is ignored and what stays inside are told', () => {
  const graph = machineGraph(
    sketchMachine('m', {
      initial: 'loaded',
      states: {
        loaded: {
          context: 'z.object({ at: z.string() })',
          initial: 'a',
          on: { go: { target: 'a', internal: true }, no: {} },
          states: { a: {} },
        },
      },
    }),
  );
  const svg = graphSvg(graph);
  expect(svg).toMatch(
    /<g class="head compound"><rect class="under1"[^>]*\/>[^]*?<text class="title"[^>]*>loaded<\/text>/,
  );
  expect(svg.indexOf('class="head')).toBeGreaterThan(svg.lastIndexOf('class="way"'));
  for (const told of ['>context { at: string() }<', '>go (internal)<', '>no (ignored)<']) expect(svg).toContain(told);
});

test('what XML cannot hold is replaced', () => {
  expect(xmlText('a<b>&"\u0000\ud800\n')).toBe('a&lt;b&gt;&amp;&quot;\ufffd\ufffd&#10;');
});
