import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StateNode } from 'millrace/model';
import { transitionGroups, visitStates } from 'millrace/model';
import { sketchMachine } from '../../../../test/support/sketch.ts';
import { anyMachine } from '../fixtures/random-graphs.ts';
import { machineGraph } from './machine-graph.ts';

test('every state and every transition stands in it once, with its place', () => {
  fc.assert(
    fc.property(anyMachine, (machine) => {
      const { nodes, edges } = machineGraph(machine);
      const states: StateNode[] = [];
      const parents: (string | undefined)[] = [];
      visitStates(machine, (state, place) => {
        states.push(state);
        parents.push(place.parents.at(-1)?.name);
      });
      const transitions = states.flatMap((state) => transitionGroups(state).flatMap((group) => group.transitions));
      const real = nodes.filter(({ kind }) => kind !== 'initial' && kind !== 'fork');
      expect(real.map(({ id, parent, location }) => [id, parent, location])).toEqual(
        states.map(({ name, location }, index) => [name, parents[index], location]),
      );
      const told = edges.filter(({ trigger }) => trigger !== undefined);
      const byPlace = (a: { location: { line: number } }, b: { location: { line: number } }): number =>
        a.location.line - b.location.line;
      expect(told.toSorted(byPlace).map(({ location }) => location)).toEqual(
        transitions.toSorted(byPlace).map(({ location }) => location),
      );

      // Ids are unique, and edges lead from node to node.
      const ids = new Set(nodes.map(({ id }) => id));
      expect(ids.size).toBe(nodes.length);
      expect(new Set(edges.map(({ id }) => id)).size).toBe(edges.length);
      for (const { from, to } of edges) expect([ids.has(from), ids.has(to)]).toEqual([true, true]);
      // It is plain JSON.
      expect(JSON.parse(JSON.stringify({ nodes, edges }))).toEqual({ nodes, edges });
    }),
    { numRuns: 60 },
  );
});

test('labels say event, condition and actions, and edges have the ids that errors tell', () => {
  const graph = machineGraph(
    sketchMachine('order', {
      initial: 'open',
      states: {
        open: {
          on: {
            paid: [
              {
                target: 'done',
                guard: '({ context }) => context.sum > 2',
                actions: [
                  ['assign', '() => ({ paid: 1, at: 2 })'],
                  ['emit', 'sold'],
                ],
              },
              { actions: [['raise', 'again']] },
            ],
            lost: {},
          },
          after: { '30s': 'done', '({ context }) => context.n * 10': { target: 'open', internal: true } },
          always: { target: 'done', guard: '() => { throw new Error("x") }' },
          run: [{ id: 'a', target: { kind: 'flow', name: 'pack' }, onDone: 'done', onError: 'open' }],
        },
        done: { type: 'final', output: '({ context }) => context.sum' },
      },
    }),
  );
  expect(graph.edges.map(({ id, kind, from, to, label }) => `${id} ${kind} ${from}->${to}: ${label}`)).toEqual([
    '~initial>open initial ~initial->open: ',
    'open.on.paid[0] event open->done: paid [context.sum > 2] / assign paid, at, emit sold',
    'open.on.paid[1] event open->open: paid / raise again',
    'open.on.lost[0] event open->open: lost (ignored)',
    'open.always[0] always open->done: always [{ throw new Error("x") }]',
    'open.after[0][0] after open->done: after 30s',
    'open.after[1][0] after open->open: after context.n * 10 (internal)',
    'open.run.a.onDone[0] done open->done: pack done',
    'open.run.a.onError[0] error open->open: pack failed',
  ]);
  expect(graph.edges.find(({ id }) => id === 'open.on.paid[1]')).toMatchObject({ targetless: true });
  expect(graph.edges.find(({ id }) => id === 'open.after[1][0]')).toMatchObject({ internal: true });
  expect(graph.nodes.find(({ id }) => id === 'open')?.details).toEqual([
    { kind: 'run', text: 'runs pack', target: { kind: 'flow', name: 'pack' } },
  ]);
  expect(graph.nodes.find(({ id }) => id === 'done')?.details).toEqual([{ kind: 'output', text: 'gives context.sum' }]);
});

test('several targets lead over a fork; history and defaults have lines of their own', () => {
  const graph = machineGraph(
    sketchMachine('m', {
      initial: 'a',
      states: {
        a: { on: { go: { target: ['l2', 'r'] }, back: 'h' } },
        p: {
          type: 'parallel',
          states: {
            l: { initial: 'l2', states: { l1: {}, l2: {}, h: { type: 'history', history: 'deep', initial: 'l1' } } },
            r: {},
          },
        },
      },
    }),
  );
  expect(graph.edges.map(({ kind, from, to }) => `${kind} ${from}->${to}`)).toEqual([
    'initial ~initial->a',
    'event a->a.on.go[0]~fork',
    'fork a.on.go[0]~fork->l2',
    'fork a.on.go[0]~fork->r',
    'event a->h',
    'initial l~initial->l2',
    'default h->l1',
  ]);
  expect(graph.nodes.find(({ kind }) => kind === 'history')).toMatchObject({ id: 'h', parent: 'l', deep: true });
});
