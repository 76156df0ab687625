/** The same machines for XState 6, whose transitions are functions. */
import { createActor, createMachine } from 'xstate-next';
import type { MeterContext } from './by-hand.ts';
import { fan, lamp, light } from './with-xstate.ts';

interface Seen {
  readonly context: MeterContext;
  readonly event: { readonly type: string; readonly by?: number };
}
const start: MeterContext = { total: 0, rounds: 0 };
const plus = ({ context, event }: Seen): MeterContext => ({ ...context, total: context.total + (event.by ?? 0) });

/** An actor as far as it is measured. */
export interface NextActor {
  start(): unknown;
  send(event: { readonly type: string }): void;
  subscribe(listener: () => void): unknown;
}

// Its types do not know functions that are not written in place.
const actorOf = (config: object): NextActor => createActor(createMachine(config as never) as never) as never;

export const nextLamp = (): NextActor => actorOf(lamp);

export const nextMeter = (): NextActor =>
  actorOf({
    context: start,
    initial: 'running',
    states: {
      running: {
        initial: 'low',
        on: {
          reset: ({ context }: Seen) => ({
            target: 'running',
            reenter: true,
            context: { total: 0, rounds: context.rounds + 1 },
          }),
        },
        states: {
          low: {
            initial: 'cold',
            on: {
              ticked: (seen: Seen) =>
                seen.context.total >= 20
                  ? { target: 'high', context: { ...seen.context, total: 0 } }
                  : { context: plus(seen) },
            },
            states: {
              cold: {
                on: {
                  ticked: (seen: Seen) => (plus(seen).total > 10 ? { target: 'warm', context: plus(seen) } : undefined),
                },
              },
              warm: {},
            },
          },
          high: {
            on: {
              ticked: ({ context }: Seen) => ({ target: 'low', context: { ...context, rounds: context.rounds + 1 } }),
            },
          },
        },
      },
    },
  });

export const nextDesk = (): NextActor =>
  actorOf({
    context: start,
    type: 'parallel',
    states: {
      light,
      fan,
      meter: {
        initial: 'low',
        states: {
          low: { on: { ticked: (seen: Seen) => ({ target: 'up', context: plus(seen) }) } },
          up: { on: { ticked: 'low' } },
        },
      },
    },
  });
