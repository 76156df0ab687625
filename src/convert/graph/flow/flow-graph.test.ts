import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visitSteps, type StepNode } from 'millrace/model';
import {
  attempt,
  body,
  branch,
  emit,
  flow,
  map,
  parallel,
  repeat,
  returns,
  sleep,
  step,
  system,
  task,
  waitFor,
} from '../../../compiler/fixtures/build-model.ts';
import { anyFlow } from '../fixtures/random-graphs.ts';
import { graphMermaid } from '../mermaid/mermaid.ts';
import { flowGraph } from './flow-graph.ts';

const order = flow(
  'order',
  'z.string()',
  body(
    branch('review', '({ input }) => input.level', {
      low: body(),
      high: body(step('look', 'check', '({ input }) => check(input)'), returns('() => 1')),
    }),
    step('pay', 'charge', '({ input }) => charge(input)', { retry: { attempts: 3 }, timeout: '30s' }),
    parallel('both', {
      left: body(
        map(
          'each',
          '({ input }) => input.lines',
          body(step('line', 'pack', '({ item }) => pack(item)', { kind: 'flow' })),
          2,
        ),
      ),
      right: body(sleep('rest', '1d')),
    }),
    repeat('again', body(step('try', 'check', '() => check()')), '({ value }) => value.ok', 5),
    attempt('risky', body(step('do', 'check', '() => check()')), body(returns('({ error }) => error.code'))),
    waitFor('come', 'parcel.come', { id: '({ input }) => input.id' }, { timeout: '3d', onTimeout: 'continue' }),
    emit('told', 'sold', '() => sold()'),
    returns('({ pay }) => ({ id: pay.id })'),
  ),
);
const model = system('shop', [order, task('charge', 'z.string()', 'z.string()', { retry: { attempts: 5 } })]);

test('structure and order of a flow', () => {
  const { nodes, edges } = flowGraph(order, model);
  expect(nodes.map(({ id, kind, parent = '' }) => `${kind} ${id} < ${parent}`)).toEqual([
    'start ~start < ',
    'branch review < ',
    'task review/high/look < ',
    'returns review/high/~returns < ',
    'task pay < ',
    'parallel both < ',
    'part both/left < both',
    'map both/left/each < both/left',
    'flow both/left/each/line < both/left/each',
    'part both/right < both',
    'sleep both/right/rest < both/right',
    'repeat again < ',
    'task again/try < again',
    'attempt risky < ',
    'part risky/try < risky',
    'task risky/try/do < risky/try',
    'part risky/catch < risky',
    'returns risky/catch/~returns < risky/catch',
    'waitFor come < ',
    'emit told < ',
    'returns ~returns < ',
    'end ~end < ',
  ]);
  expect(edges.map(({ id, kind, from, to }) => `${kind} ${from} -> ${to} (${id})`)).toEqual([
    'next ~start -> review (~start>review)',
    'case review -> review/high/look (review/high>review/high/look)',
    'next review/high/look -> review/high/~returns (review/high/look>review/high/~returns)',
    'case review -> pay (review/low>pay)',
    'next review/high/~returns -> pay (review/high/~returns>pay)',
    'next pay -> both (pay>both)',
    'next both -> again (both>again)',
    'again again/try -> again/try (again/try>again/try)',
    'next again -> risky (again>risky)',
    'failure risky/try -> risky/catch (risky/try>risky/catch)',
    'next risky -> come (risky>come)',
    'next come -> told (come>told)',
    'next told -> ~returns (told>~returns)',
    'next ~returns -> ~end (~returns>~end)',
  ]);
  expect(nodes.find(({ id }) => id === 'pay')?.details.map(({ text }) => text)).toEqual([
    'charge',
    'up to 3 attempts',
    'at most 30s',
  ]);
});

test('every step of any flow stands in it once, with its place; ids are unique and edges lead somewhere', () => {
  fc.assert(
    fc.property(anyFlow, (random) => {
      const { nodes, edges } = flowGraph(random, model);
      const steps: [string, Pick<StepNode, 'location'>][] = [];
      visitSteps(random, (one, { path }) => {
        steps.push([path, one]);
        if (one.kind === 'graph') for (const node of one.nodes) steps.push([`${path}/${node.name}`, node]);
      });
      const real = nodes.filter(({ kind }) => kind !== 'start' && kind !== 'end' && kind !== 'part');
      expect(real.map(({ id, location }) => [id, location])).toEqual(
        steps.map(([path, { location }]) => [path, location]),
      );
      const ids = new Set(nodes.map(({ id }) => id));
      expect(ids.size).toBe(nodes.length);
      expect(new Set(edges.map(({ id }) => id)).size).toBe(edges.length);
      for (const { from, to } of edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
    }),
    { numRuns: 60 },
  );
});

test('as Mermaid', () => {
  const text = graphMermaid(flowGraph(order, model));
  expect(text).toMatch(/^flowchart TD\n/);
  expect(text).toContain('review{"review<br/>input.level"}');
  expect(text).toContain('review -->|"low"| pay');
  // Into all that begins at the same time, and out of all that ends.
  expect(text).toContain('pay --> both_left_each_line');
  expect(text).toContain('pay --> both_right_rest');
  expect(text).toContain('both_left_each_line --> again_try');
  expect(text).toContain('subgraph both_left_each["each, for each of input.lines"]');
  expect(text).toContain('both_left_each_line[["line<br/>pack"]]');
  expect(text).toContain('risky_try_do -.->|"on failure"| risky_catch_returns');
  const lines = text.split('\n').map((one) => one.trim());
  expect(lines.filter((one) => one.startsWith('subgraph '))).toHaveLength(lines.filter((one) => one === 'end').length);
});
