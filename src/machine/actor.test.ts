import { describe, expect, it, vi } from 'vitest';
import { compiled } from '../../test/support/compile-machine.ts';
import { enliven, sketchMachine, type MachineSketch } from '../../test/support/sketch.ts';
import { createActor, interpretMachine, type Effect, type MachineModule } from './index.ts';

const sketch: MachineSketch = {
  events: ['add', 'loop', 'break', 'end'],
  initial: 'counting',
  states: {
    counting: {
      on: {
        add: {
          actions: [
            ['assign', '({ context, event }) => ({ n: context.n + event })'],
            ['emit', 'added', '({ now }) => now'],
          ],
        },
        break: { actions: [['assign', '({ event }) => ({ n: event.x.y })']] },
        loop: {
          target: 'round',
          actions: [
            ['assign', '() => ({ n: -1 })'],
            ['emit', 'added', '() => 0'],
          ],
        },
        end: 'over',
      },
    },
    round: { always: 'about' },
    about: { always: 'round' },
    over: { type: 'final', output: '({ context }) => context.n' },
  },
};
const node = sketchMachine('counter', sketch);
const kinds: readonly (readonly [string, MachineModule<unknown>])[] = [
  ['compiled', compiled(node)],
  ['interpreted', interpretMachine(enliven(node))],
];

it('keeps the registers of every region', () => {
  const regions = compiled(
    sketchMachine('pair', {
      events: ['turn', 'loop'],
      initial: 'both',
      states: {
        both: {
          type: 'parallel',
          states: {
            left: {
              states: {
                l1: { on: { turn: 'l2' } },
                l2: { on: { turn: 'l1', loop: 'l3' } },
                l3: { always: 'l4' },
                l4: { always: 'l3' },
              },
            },
            right: { states: { r1: { on: { turn: 'r2' } }, r2: {} } },
          },
        },
      },
    }),
  );
  const actor = createActor(regions, {});
  actor.send({ name: 'turn', payload: undefined });
  expect(actor.getSnapshot().state).toEqual(['l2', 'r2']);
  expect(() => actor.send({ name: 'loop', payload: undefined })).toThrow(expect.objectContaining({ code: 'MR3331' }));
  actor.send({ name: 'turn', payload: undefined });
  expect(actor.getSnapshot().state).toEqual(['l1', 'r2']);
});

it('takes the ends of timers and work from the caller, and refuses what only the machine can tell', () => {
  const waiting = compiled(
    sketchMachine('waiting', {
      initial: 'on',
      states: {
        on: { initial: 'a', after: { '5s': 'late' }, onDone: 'off', on: { '*': 'off' }, states: { a: {} } },
        late: {},
        off: {},
      },
    }),
  );
  const actor = createActor(waiting, {});
  for (const name of ['done.state.on', 'error.execution']) {
    expect(() => actor.send({ name, payload: undefined })).toThrow(expect.objectContaining({ code: 'MR3386' }));
  }
  expect(actor.getSnapshot().state).toEqual(['a']);
  actor.send({ name: 'after.on.0', payload: undefined });
  expect(actor.getSnapshot().state).toEqual(['late']);
});

describe.each(kinds)('%s', (_, machine) => {
  const send = (name: string, payload?: unknown) => ({ name, payload });

  it('takes events, tells subscribers, hands out effects, and never changes a snapshot', () => {
    const effects: Effect[] = [];
    let now = 5;
    const actor = createActor(machine, { n: 0 }, { now: () => now++, onEffects: (list) => effects.push(...list) });
    const first = actor.getSnapshot();
    const seen = vi.fn();
    const stop = actor.subscribe(seen);
    actor.send(send('add', 2));
    actor.send(send('nobody'));
    stop();
    actor.send(send('add', 3));
    expect(first).toEqual({ state: ['counting'], context: { n: 0 }, status: 'active' });
    expect(actor.getSnapshot().context).toEqual({ n: 5 });
    expect(seen.mock.calls).toEqual([[{ state: ['counting'], context: { n: 2 }, status: 'active' }]]);
    expect(effects).toEqual([
      { type: 'emit', event: 'added', payload: 6 },
      { type: 'emit', event: 'added', payload: 8 },
    ]);
  });

  it('puts an event that a subscriber sends behind the one under way', () => {
    const actor = createActor(machine, { n: 0 });
    const totals: unknown[] = [];
    actor.subscribe(({ context }) => {
      if ((context as { n: number }).n < 3) actor.send(send('add', 1));
      totals.push(context);
    });
    actor.send(send('add', 1));
    expect(totals).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  });

  it('stays as it was when an event does not come to rest or throws, and goes on', () => {
    const effects: Effect[] = [];
    const actor = createActor(machine, { n: 1 }, { onEffects: (list) => effects.push(...list) });
    expect(() => actor.send(send('loop'))).toThrow(expect.objectContaining({ code: 'MR3331' }));
    actor.send(send('break', {}));
    expect(actor.getSnapshot()).toEqual({ state: ['counting'], context: { n: 1 }, status: 'active' });
    expect(effects).toEqual([]);
    actor.send(send('add', 1));
    expect(actor.getSnapshot().context).toEqual({ n: 2 });
    expect(effects).toHaveLength(1);
  });

  it('takes what waits behind an event that throws', () => {
    const actor = createActor(machine, { n: 0 });
    const stop = actor.subscribe(() => {
      stop();
      actor.send(send('loop'));
      actor.send(send('add', 5));
    });
    expect(() => actor.send(send('add', 1))).toThrow(expect.objectContaining({ code: 'MR3331' }));
    expect(actor.getSnapshot().context).toEqual({ n: 6 });
  });

  it('takes nothing any more when it is done', () => {
    const actor = createActor(machine, { n: 4 });
    actor.send(send('end'));
    actor.send(send('add', 1));
    expect(actor.getSnapshot()).toEqual({ state: ['over'], context: { n: 4 }, status: 'done', output: 4 });
  });

  it('is where the event led when whoever hears of it throws; the others still hear of it', () => {
    const seen: unknown[] = [];
    const actor = createActor(
      machine,
      { n: 0 },
      {
        onEffects: () => {
          throw new Error('effects');
        },
      },
    );
    actor.subscribe(() => {
      throw new Error('listener');
    });
    actor.subscribe(({ context }) => seen.push(context));
    expect(() => actor.send(send('add', 2))).toThrow('effects');
    expect(actor.getSnapshot().context).toEqual({ n: 2 });
    // One that does not come to rest leads back to where it was, not further.
    expect(() => actor.send(send('loop'))).toThrow(expect.objectContaining({ code: 'MR3331' }));
    expect(actor.getSnapshot()).toMatchObject({ state: ['counting'], context: { n: 2 } });
    expect(() => actor.send(send('add', 3))).toThrow('effects');
    expect(() => actor.send(send('end'))).toThrow('listener');
    expect(seen).toEqual([{ n: 2 }, { n: 5 }, { n: 5 }]);
    expect(actor.getSnapshot()).toMatchObject({ status: 'done', output: 5 });
  });
});
