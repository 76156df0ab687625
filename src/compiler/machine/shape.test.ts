/** What is printed says what its numbers mean, and nothing twice. */
import { expect, it } from 'vitest';
import { printed } from '../../../test/support/compile-machine.ts';
import { sketchMachine, type StateSketch } from '../../../test/support/sketch.ts';

const region = (name: string): StateSketch => ({
  states: {
    [`${name}1`]: {
      on: { go: { target: `${name}2`, guard: '({ context }) => context.n > 1' }, back: `${name}2` },
      exit: [['emit', `-${name}`]],
    },
    [`${name}2`]: { on: { go: `${name}1`, on: `${name}1` } },
  },
});
const print = (any: StateSketch['on']): string =>
  printed(
    sketchMachine('player', {
      events: ['go', 'back', 'on', 'quit'],
      initial: 'all',
      states: {
        all: {
          type: 'parallel',
          on: { quit: 'end', ...any },
          // Asks for states while the machine moves.
          entry: [['assign', '({ in: isIn }) => ({ n: isIn("a1") ? 1 : 0 })']],
          states: { a: region('a'), b: region('b') },
        },
        end: { type: 'final', output: '({ context }) => context.n' },
      },
    }),
  ).body;
const anything = {
  '*': [{ guard: '({ context }) => context.n > 0', actions: [['emit', 'some']] }, { actions: [['emit', 'none']] }],
} as const;

it('a number that selects a transition stands beside the transition', () => {
  const body = print({});
  const selections = body.split('\n').filter((line) => /^ +[ab] = \d+;/.test(line));
  expect(selections).not.toEqual([]);
  for (const line of selections) expect(line).toMatch(/; \/\/ \w+, on \w+ -> \w+$/);
});

it('no break stands before a break', () => {
  expect(print({})).not.toMatch(/break;\n\s*\}\n\s*break;/);
});

it('what looks at no state leaves the register alone', () => {
  const body = print({});
  const end = /function enterEnd\(.*?\n\}/s.exec(body)?.[0];
  expect(end?.match(/m\.state = /g)).toEqual(['m.state = ']);
  expect(/function exitA1\(.*?\n\}/s.exec(body)?.[0]).not.toContain('m.a =');
});

it('a phase with one transition stands where it is taken, and events that do the same share one', () => {
  expect(print({ '*': { actions: [['emit', 'any']] } })).toMatch(/if \(taken\.includes\(\d+\)\) /);
  const body = print(anything);
  expect(body.match(/^function \w+Act\(/gm)).toHaveLength(1);
  expect(body.match(/\) on\w+Act\(m, transition\);/g)?.length).toBeGreaterThan(1);
});
