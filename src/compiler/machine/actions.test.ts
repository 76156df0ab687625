import { expect, it } from 'vitest';
import { printed } from '../../../test/support/compile-machine.ts';
import { sketchMachine, type ActionSketch } from '../../../test/support/sketch.ts';

/** The function that does these actions, as it is printed. */
function functionFor(...actions: readonly ActionSketch[]): string {
  const machine = sketchMachine('order', {
    events: ['x', 'y'],
    initial: 'a',
    states: { a: { on: { x: { actions } } } },
  });
  const { body } = printed(machine);
  return /^function aXDo\(.*?^\}$/ms.exec(body)?.[0] ?? 'none';
}

it('prints conditions and lists as what they are, with the place of each thing that can throw', () => {
  expect(
    functionFor(
      [
        'forEach',
        '({ context }) => context.lines ?? []',
        [
          ['assign', '({ context, item, index }) => ({ n: context.n + item.weight * index })'],
          ['forEach', '({ item }) => item.parts ?? []', [['emit', 'seen', '({ item }) => item']]],
        ],
      ],
      [
        'when',
        '({ context }) => context.n > 10',
        [['cancel', 'late']],
        [['send', 'y', undefined, { delay: '1h', id: 'late' }]],
      ],
      ['emit', 'end', '({ context }) => context.n'],
    ),
  ).toBe(`function aXDo(m: Cell<OrderContext>): void {
  let { context } = m;
  let at = '[0].over';
  try {
    for (const [index, item] of itemsOf(context.lines).entries()) {
      at = '[0].actions[0]';
      context = m.context = { ...context, n: context.n + item.weight * index };
      at = '[0].actions[1].over';
      const items = itemsOf(item.parts);
      for (const item of items) {
        m.effects.push({ type: 'emit', event: 'seen', payload: item });
      }
    }
    at = '[1].condition';
    if (context.n > 10) {
      m.effects.push({ type: 'unschedule', id: 'late' });
    } else {
      m.effects.push({
        type: 'schedule',
        id: 'late',
        delay: 3_600_000,
        event: { name: 'y', payload: undefined },
      });
    }
    at = '[2]';
    m.effects.push({ type: 'emit', event: 'end', payload: context.n });
  } catch (thrown) {
    failed(m, \`a.on.x[0].actions\${at}\`, thrown);
  }
}`);
});

it('counts the places of a plain list, and names the only one', () => {
  expect(functionFor(['emit', 'a'], ['emit', 'b', '({ event }) => event.b'], ['emit', 'c', '({ event }) => event.c']))
    .toBe(`function aXDo(m: Cell<OrderContext>, event: unknown): void {
  let at = 1;
  try {
    m.effects.push({ type: 'emit', event: 'a', payload: undefined });
    m.effects.push({ type: 'emit', event: 'b', payload: event.b });
    at = 2;
    m.effects.push({ type: 'emit', event: 'c', payload: event.c });
  } catch (thrown) {
    failed(m, \`a.on.x[0].actions[\${at}]\`, thrown);
  }
}`);
  expect(functionFor(['emit', 'a'], ['emit', 'b', '({ event }) => event.b'])).toContain(
    "failed(m, 'a.on.x[0].actions[1]', thrown);",
  );
});

it('decides at once what is decided, and turns what has only another side', () => {
  expect(
    functionFor(['when', '() => false', [['emit', 'yes']], [['emit', 'no', '({ context }) => context.n.m']]]),
  ).toContain(
    "m.effects.push({ type: 'emit', event: 'no', payload: context.n.m });\n  } catch (thrown) {\n    failed(m, 'a.on.x[0].actions[0].otherwise[0]', thrown);",
  );
  expect(functionFor(['when', '({ context }) => context.n.m', [], [['emit', 'no']]])).toContain('if (!context.n.m) {');
  expect(functionFor(['when', '({ context }) => context.n.m > 1', [], [['emit', 'no']]])).toContain(
    'if (!(context.n.m > 1)) {',
  );
});
