/** What actions do inside lists, on conditions and towards others: for both implementations. */
import { describe, expect, it } from 'vitest';
import type { Effect, MachineStep } from 'millrace/machine';
import { drive } from '../support/drive.ts';
import { implementations, names } from '../support/implementations.ts';
import type { ActionSketch } from '../support/sketch.ts';

const places = ({ errors }: MachineStep): string[] => errors.map(({ at }) => at);
const codes = ({ trace }: { readonly trace: readonly MachineStep[] }): unknown[] =>
  trace.flatMap(({ effects }) =>
    effects.flatMap((effect) =>
      effect.type === 'emit' && effect.event === 'failed' ? [(effect.payload as { code: string }).code] : [],
    ),
  );

describe.each(implementations)('%s', (_, machineOf) => {
  /** Does these actions on `go`, and tells of what fails. */
  const doing = (...actions: readonly ActionSketch[]) =>
    machineOf({
      events: ['go', 'come'],
      initial: 'a',
      states: {
        a: {
          on: {
            go: { actions },
            'error.execution': { actions: [['emit', 'failed', '({ event }) => event']] },
          },
        },
      },
    });
  const go = (context: object, ...actions: readonly ActionSketch[]) => {
    const done = drive(doing(...actions), context, ['go', { k: 4 }]);
    return { ...done, effects: done.effects.filter((effect) => effect.type !== 'emit' || effect.event !== 'failed') };
  };

  describe('when', () => {
    const both = (condition: string): ActionSketch => ['when', condition, [['emit', 'yes']], [['emit', 'no']]];

    it('does one or the other', () => {
      expect(names(go({ n: 1 }, both('({ context }) => context.n === 1')).effects)).toEqual(['yes']);
      expect(names(go({ n: 2 }, both('({ context }) => context.n === 1')).effects)).toEqual(['no']);
      expect(names(go({}, ['when', '({ event }) => event.k < 4', [['emit', 'yes']]]).effects)).toEqual([]);
    });

    it('sees what was assigned before it, and what is assigned in it is seen after it', () => {
      const { snapshot, effects } = go(
        { n: 0 },
        ['assign', '({ context }) => ({ n: context.n + 1 })'],
        ['when', '({ context }) => context.n === 1', [['assign', '({ context }) => ({ n: context.n + 10 })']]],
        ['emit', 'out', '({ context }) => context.n'],
      );
      expect(snapshot.context).toEqual({ n: 11 });
      expect(effects).toEqual([{ type: 'emit', event: 'out', payload: 11 }]);
    });

    it('ends its block when the condition throws, unlike a guard', () => {
      const step = go({}, both('({ context }) => context.x.y'), ['emit', 'after']);
      expect([names(step.effects), places(step)]).toEqual([[], ['a.on.go[0].actions[0].condition']]);
    });

    it('says where an action of either side failed, and ends the block', () => {
      const fails: ActionSketch = ['emit', 'x', '({ context }) => context.x.y'];
      const yes = go({}, ['emit', 'before'], ['when', '() => true', [['emit', 'in'], fails]], ['emit', 'after']);
      expect([names(yes.effects), places(yes)]).toEqual([['before', 'in'], ['a.on.go[0].actions[1].actions[1]']]);
      const no = go({ n: 1 }, ['when', '({ context }) => context.n > 1', [], [fails]], ['emit', 'after']);
      expect([names(no.effects), places(no)]).toEqual([[], ['a.on.go[0].actions[0].otherwise[0]']]);
    });
  });

  describe('forEach', () => {
    it('goes through the list in order, with item and index beside the event and the context', () => {
      const { effects, snapshot } = go(
        { list: ['p', 'q'], n: 0 },
        [
          'forEach',
          '({ context }) => context.list ?? []',
          [
            ['assign', '({ context, index }) => ({ n: context.n + index + 1 })'],
            ['emit', 'out', '({ item, index, event, context }) => [item, index, event.k, context.n]'],
          ],
        ],
        ['emit', 'end', '({ context }) => context.n'],
      );
      expect(effects.map((effect) => effect.type === 'emit' && effect.payload)).toEqual([
        ['p', 0, 4, 1],
        ['q', 1, 4, 3],
        3,
      ]);
      expect(snapshot.context).toEqual({ list: ['p', 'q'], n: 3 });
    });

    it('takes the list once: what is put at its end meanwhile is not gone through', () => {
      const grown = go({ list: [1, 2] }, [
        'forEach',
        '({ context }) => context.list',
        [
          ['assign', '({ context, item }) => { context.list.push(item); return { list: [...context.list, item] }; }'],
          ['emit', 'round'],
        ],
      ]);
      expect(names(grown.effects)).toEqual(['round', 'round']);
    });

    it('holds lists in lists, and conditions', () => {
      const { effects } = go({ rows: [[1, 2], [], [3]] }, [
        'forEach',
        '({ context }) => context.rows',
        [
          [
            'forEach',
            '({ item }) => item',
            [['when', '({ item }) => item !== 2', [['emit', 'out', '({ item, index }) => [item, index]']]]],
          ],
        ],
      ]);
      expect(effects.map((effect) => effect.type === 'emit' && effect.payload)).toEqual([
        [1, 0],
        [3, 0],
      ]);
    });

    it('counts a list that is absent as empty, and refuses what is none', () => {
      const each: ActionSketch = ['forEach', '({ context }) => context.list', [['emit', 'round']]];
      expect([names(go({}, each).effects), names(go({ list: null }, each).effects)]).toEqual([[], []]);
      const wrong = go({ list: 7 }, each, ['emit', 'after']);
      expect([names(wrong.effects), codes(wrong), places(wrong)]).toEqual([
        [],
        ['MR3343'],
        ['a.on.go[0].actions[0].over'],
      ]);
    });

    it('is ended by an error in a round, and so is its block', () => {
      const step = go(
        { list: [{ x: 1 }, {}, { x: 2 }] },
        [
          'forEach',
          '({ context }) => context.list',
          [
            ['emit', 'in'],
            ['emit', 'out', '({ item }) => item.x.toFixed()'],
          ],
        ],
        ['emit', 'after'],
      );
      expect([names(step.effects), places(step)]).toEqual([['in', 'out', 'in'], ['a.on.go[0].actions[0].actions[1]']]);
    });

    it('hides nothing: after it `item` is gone', () => {
      const step = go(
        { list: [1] },
        ['forEach', '({ context }) => context.list', []],
        ['emit', 'out', '(scope) => "item" in scope'],
      );
      expect(step.effects).toEqual([{ type: 'emit', event: 'out', payload: false }]);
    });
  });

  describe('send', () => {
    const sent = (context: object, ...actions: readonly ActionSketch[]): readonly Effect[] =>
      go(context, ...actions).effects;

    it('gives this instance an event from outside, now or later, each a delivery of its own', () => {
      expect(
        sent(
          { n: 5 },
          ['send', 'come'],
          ['send', 'come', '({ context }) => context.n', { delay: '2m' }],
          ['send', 'come', '({ event }) => event', { delay: '({ context }) => context.n * 10', id: 'later' }],
          ['send', 'come', undefined, { id: '({ context }) => `no.${context.n}`' }],
        ),
      ).toEqual([
        { type: 'schedule', delay: 0, event: { name: 'come', payload: undefined } },
        { type: 'schedule', delay: 120_000, event: { name: 'come', payload: 5 } },
        { type: 'schedule', id: 'later', delay: 50, event: { name: 'come', payload: { k: 4 } } },
        { type: 'schedule', id: 'no.5', delay: 0, event: { name: 'come', payload: undefined } },
      ]);
    });

    it('is not taken in the same macrostep, as a raised event is', () => {
      const machine = machineOf({
        events: ['go', 'come'],
        initial: 'a',
        states: { a: { on: { go: { actions: [['send', 'come']] }, come: 'b' } }, b: {} },
      });
      expect(drive(machine, {}, 'go', 'come').states).toEqual(['a', 'a', 'b']);
    });

    it('reaches others, under the name that the event has by itself', () => {
      expect(
        sent(
          { who: 'order/7' },
          ['send', 'come', '() => 1', { target: '#parent' }],
          ['send', 'come', '() => 2', { target: '({ context }) => context.who', delay: '1s', id: 'x' }],
          ['send', 'elsewhere', undefined, { target: '#check.stock' }],
        ),
      ).toEqual([
        { type: 'send', delay: 0, target: '#parent', event: { name: 'come', payload: 1 } },
        { type: 'send', id: 'x', delay: 1000, target: 'order/7', event: { name: 'come', payload: 2 } },
        { type: 'send', delay: 0, target: '#check.stock', event: { name: 'elsewhere', payload: undefined } },
      ]);
    });

    it.each([
      ['MR3341', { target: '({ context }) => context.missing' }],
      ['MR3341', { target: '() => "!order"' }],
      ['MR3341', { target: '() => "order/"' }],
      ['MR3341', { target: '() => "#"' }],
      ['MR3342', { id: '() => "after.a.0"' }],
      ['MR3342', { id: '() => ""' }],
      ['MR3342', { id: '({ context }) => context.missing' }],
      ['MR3002', { delay: '() => "soon"' }],
      ['MR3100', { delay: '() => -1' }],
    ])('fails with %s for %j', (code, options) => {
      const step = go({}, ['emit', 'before'], ['send', 'come', undefined, options], ['emit', 'after']);
      expect([codes(step), names(step.effects), places(step)]).toEqual([[code], ['before'], ['a.on.go[0].actions[1]']]);
    });

    it('can be taken back', () => {
      expect(sent({ n: 3 }, ['cancel', 'later'], ['cancel', '({ context }) => `no.${context.n}`'])).toEqual([
        { type: 'unschedule', id: 'later' },
        { type: 'unschedule', id: 'no.3' },
      ]);
      const wrong = go({}, ['cancel', '() => "after.a.0"']);
      expect([codes(wrong), wrong.effects]).toEqual([['MR3342'], []]);
    });

    it('hears what could not be reached as error.communication, which patterns cover', () => {
      const machine = machineOf({
        events: [],
        initial: 'a',
        states: {
          a: { on: { 'error.communication': 'b' } },
          b: { on: { 'error.*': 'c' } },
          c: { on: { '*': 'd' } },
          d: {},
        },
      });
      const lost = 'error.communication';
      expect(drive(machine, {}, lost, lost, lost).states).toEqual(['a', 'b', 'c', 'd']);
    });
  });

  describe('a context of a state', () => {
    const machine = machineOf({
      events: ['pay', 'again'],
      initial: 'owing',
      states: {
        owing: { on: { pay: { target: 'card', actions: [['assign', '({ event }) => ({ n: event.k })']] } } },
        paid: {
          context: '({ n }) => n > 3',
          entry: [['emit', '+paid']],
          after: { '1h': 'owing' },
          run: [{ id: 'w' }],
          states: {
            card: {
              context: '({ n }) => { if (n === 9) throw new Error("nine"); return n % 2 === 0; }',
              entry: [['emit', '+card']],
              on: { again: 'owing' },
            },
          },
        },
      },
    });

    it('is checked on entry, from the outside in', () => {
      const fine = drive(machine, { n: 0 }, ['pay', { k: 4 }]);
      expect([fine.errors, names(fine.effects), fine.snapshot.state]).toEqual([[], ['+paid', '+card'], ['card']]);
    });

    it('leaves out the entry actions when it does not fit, and nothing else', () => {
      const odd = drive(machine, { n: 0 }, ['pay', { k: 5 }]);
      expect([places(odd), names(odd.effects), odd.snapshot.state]).toEqual([['card.context'], ['+paid'], ['card']]);
      const little = drive(machine, { n: 0 }, ['pay', { k: 2 }]);
      expect([places(little), names(little.effects)]).toEqual([['paid.context'], ['+card']]);
      expect(little.effects.map(({ type }) => type)).toEqual(['schedule', 'emit', 'run']);
      expect(little.errors[0]?.message).toBe("The context does not fit state 'paid': n: does not fit.");
    });

    it('counts a schema that throws as one that does not fit, and checks again when it is entered again', () => {
      expect(places(drive(machine, { n: 0 }, ['pay', { k: 9 }]))).toEqual(['card.context']);
      const twice = drive(machine, { n: 0 }, ['pay', { k: 5 }], 'again', ['pay', { k: 6 }]);
      expect([places(twice), names(twice.effects)]).toEqual([[], ['+paid', '+card']]);
    });
  });
});
