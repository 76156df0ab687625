/** The same machines for robot3, which is flat: the states of the hierarchy are written out, and regions it has none. */
import { createMachine, guard, interpret, reduce, state, transition } from 'robot3';
import type { MeterContext } from './by-hand.ts';

type Ticked = { readonly type: string; readonly by: number };

/** A service as far as it is measured. */
export interface RobotService {
  readonly machine: { readonly current: string };
  send(event: { readonly type: string }): void;
}

export const robotLamp = (onChange: () => void): RobotService =>
  interpret(
    createMachine({ off: state(transition('toggled', 'on')), on: state(transition('toggled', 'off')) }),
    onChange,
  ) as never;

export function robotMeter(onChange: () => void): RobotService {
  const plus = reduce((context: MeterContext, { by }: Ticked) => ({ ...context, total: context.total + by }));
  const isFull = guard((context: MeterContext) => context.total >= 20);
  const empty = reduce((context: MeterContext) => ({ ...context, total: 0 }));
  const round = reduce((context: MeterContext) => ({ ...context, rounds: context.rounds + 1 }));
  const anew = reduce((context: MeterContext) => ({ total: 0, rounds: context.rounds + 1 }));
  const isWarm = guard((context: MeterContext, { by }: Ticked) => context.total + by > 10);
  const reset = transition('reset', 'cold', anew);
  const machine = createMachine(
    {
      cold: state(
        transition('ticked', 'warm', isWarm, plus),
        transition('ticked', 'high', isFull, empty),
        transition('ticked', 'cold', plus),
        reset,
      ),
      warm: state(transition('ticked', 'high', isFull, empty), transition('ticked', 'warm', plus), reset),
      high: state(transition('ticked', 'cold', round), reset),
    },
    () => ({ total: 0, rounds: 0 }),
  );
  return interpret(machine, onChange) as never;
}
