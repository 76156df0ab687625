import { expect, it, vi } from 'vitest';
import { machineKinds } from '../../test/support/machine-kinds.ts';
import { createActor, isActive, select } from './index.ts';

const [, compile] = machineKinds[1]!;
const machine = compile('player', {
  events: ['tick', 'next', 'play'],
  initial: 'idle',
  states: {
    idle: { on: { play: 'slow' } },
    playing: {
      on: {
        tick: { actions: [['assign', '({ context }) => ({ second: context.second + 1 })']] },
        next: { actions: [['assign', '({ event }) => ({ track: event })']] },
      },
      states: { slow: {}, fast: {} },
    },
  },
});
interface Context {
  readonly track: { readonly title: string };
  readonly second: number;
}

it('gives a part that changes only when it does', () => {
  const actor = createActor(machine, { track: { title: 'a' }, second: 0 });
  actor.send({ name: 'play' });
  const heard = vi.fn();
  const track = select(actor, ({ context }) => (context as Context).track);
  const stop = track.subscribe(heard);
  const first = track.getSnapshot();
  actor.send({ name: 'tick' });
  expect(track.getSnapshot()).toBe(first);
  actor.send({ name: 'next', payload: { title: 'b' } });
  expect(heard.mock.calls).toEqual([[{ title: 'b' }]]);
  stop();
  actor.send({ name: 'next', payload: { title: 'c' } });
  expect(heard).toHaveBeenCalledTimes(1);
  expect(track.getSnapshot()).toEqual({ title: 'c' });
});

it('keeps its identity as long as the values count as the same', () => {
  const actor = createActor(machine, { track: { title: 'a' }, second: 0 });
  actor.send({ name: 'play' });
  const heard = vi.fn();
  const track = select(
    actor,
    ({ context }) => ({ ...(context as Context).track }),
    (one, other) => one.title === other.title,
  );
  track.subscribe(heard);
  const first = track.getSnapshot();
  actor.send({ name: 'tick' });
  expect(track.getSnapshot()).toBe(first);
  expect(heard).not.toHaveBeenCalled();
});

it('tells whether a state is active, also one with states below it', () => {
  const actor = createActor(machine, {});
  const active = () =>
    ['idle', 'playing', 'slow', 'fast', 'nowhere'].filter((name) => isActive(machine, actor.getSnapshot(), name));
  expect(active()).toEqual(['idle']);
  actor.send({ name: 'play' });
  expect(active()).toEqual(['playing', 'slow']);
});

it('starts from a snapshot', () => {
  const snapshot = { state: ['slow'], context: { second: 3 }, status: 'active' } as const;
  const actor = createActor(machine, {}, { snapshot });
  expect(actor.getSnapshot()).toBe(snapshot);
  actor.send({ name: 'tick' });
  expect(actor.getSnapshot()).toEqual({ ...snapshot, context: { second: 4 } });
});
