import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sketchMachine } from '../../../../test/support/sketch.ts';
import { machineGraph } from '../machine/machine-graph.ts';
import { anyMachine } from '../fixtures/random-graphs.ts';
import { aliases } from './aliases.ts';
import { graphMermaid } from './mermaid.ts';
import { mermaidLabel } from './text.ts';

const label = '(?:[^":;<>{}#\\n]|#\\d+;)+';
const line = new RegExp(
  [
    'stateDiagram-v2',
    ` +accTitle: ${label}`,
    ` +state "${label}" as \\w+`,
    ` +state "(?:${label}|<br/>)+" as \\w+ \\{`,
    ' +state \\w+ <<fork>>',
    ` +\\w+ : ${label}`,
    ` +(?:\\w+|\\[\\*\\]) --> (?:\\w+|\\[\\*\\])(?: : ${label})?`,
    ' +--',
    ' +\\}',
  ]
    .map((form) => `^(?:${form})$`)
    .join('|'),
);

test('every state and transition is drawn once, in lines of a known form, whatever they are called', () => {
  fc.assert(
    fc.property(anyMachine, (machine) => {
      const graph = machineGraph(machine);
      const lines = graphMermaid(graph).trimEnd().split('\n');
      for (const each of lines) expect(each).toMatch(line);
      const bare = lines.map((each) => each.trim());
      // Scopes are closed.
      expect(bare.filter((each) => each.endsWith('{'))).toHaveLength(bare.filter((each) => each === '}').length);

      const declared = graph.nodes.filter(({ kind }) => kind !== 'initial');
      const names = aliases(declared);
      for (const { id, kind } of declared) {
        const end = kind === 'fork' ? `state ${names.get(id)} <<fork>>` : ` as ${names.get(id)}`;
        expect(bare.filter((each) => each === end || each.endsWith(end) || each.endsWith(`${end} {`))).toHaveLength(1);
      }
      // Stand-ins are inside of the state that they stand for.
      const arrows = bare
        .filter((each) => each.includes(' --> ') && !/^\[\*\] --> \w+_first(?:_\d+)?$/.test(each))
        .map((each) =>
          each.replace(/^\w+_first(?:_\d+)? -->/, '[*] -->').replaceAll(/_(?:all|anew)(?:_\d+)?(?= |$)/g, ''),
        );
      const alias = (id: string): string => names.get(id) ?? '[*]';
      const expected = graph.edges
        .filter(({ targetless }) => targetless !== true)
        .map(
          (edge) =>
            `${alias(edge.from)} --> ${alias(edge.to)}${edge.trigger === undefined ? '' : ` : ${mermaidLabel(edge)}`}`,
        );
      const ends = graph.nodes.filter(({ kind }) => kind === 'final').map(({ id }) => `${alias(id)} --> [*]`);
      expect(arrows.toSorted()).toEqual([...expected, ...ends].toSorted());
      // The others are lines in the boxes of their states.
      for (const edge of graph.edges) {
        if (edge.targetless !== true) continue;
        const text = mermaidLabel(edge);
        const inBox = bare.some(
          (each) =>
            each === `${alias(edge.from)} : ${text}` ||
            (each.includes(`as ${alias(edge.from)} {`) && each.includes(text)),
        );
        expect(inBox).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test('a diagram that a person can read', () => {
  const graph = machineGraph(
    sketchMachine('door', {
      initial: 'shut',
      states: {
        shut: {
          on: {
            open: { target: 'open', guard: '({ context }) => context.keys["front"] > 0' },
            knock: { actions: [['raise', 'open']] },
          },
        },
        open: {
          type: 'parallel',
          on: { again: 'light', reset: 'open' },
          states: {
            light: {
              initial: 'on',
              states: {
                on: { after: { '30s': 'off' } },
                off: {},
                h: { type: 'history', history: 'deep', initial: 'on' },
              },
            },
            bell: { run: [{ id: 'r', target: { kind: 'task', name: 'ring' }, onDone: 'end', onError: 'open' }] },
          },
        },
        end: { type: 'final' },
      },
    }),
  );
  expect(graphMermaid(graph)).toBe(`stateDiagram-v2
  accTitle: The machine door
  state "shut" as shut
  shut : knock / raise open
  state "open" as open {
    state "light" as light {
      state "on" as on
      state "off" as off
      state "#91;H#42;#93; h" as h
      [*] --> on
    }
    state "anywhere in open" as open_all
  --
    state "bell" as bell
    bell : runs ring
    state "open, anew" as open_anew
  }
  state "end" as s_end_
  [*] --> shut
  s_end_ --> [*]
  shut --> open : open [context.keys#91;#34;front#34;#93; #62; 0]
  open_all --> light : again
  open --> open : reset
  on --> off : after 30s
  h --> on
  bell --> s_end_ : ring done
  bell --> open_anew : ring failed
`);
});
