/** The same machines for XState. */
import { assign, setup } from 'xstate';
import type { MeterContext } from './by-hand.ts';

// What both versions of XState understand.
export const lamp = {
  initial: 'off',
  states: { off: { on: { toggled: 'on' } }, on: { on: { toggled: 'off' } } },
} as const;
export const light = {
  initial: 'dark',
  states: {
    dark: { on: { toggled: 'bright', reset: 'dark' } },
    bright: { on: { toggled: 'dark', reset: 'dark' } },
  },
} as const;
export const fan = {
  initial: 'still',
  states: { still: { on: { toggled: 'turning', ticked: 'turning' } }, turning: { on: { toggled: 'still' } } },
} as const;

export const xstateLamp = setup({ types: { events: {} as { readonly type: 'toggled' } } }).createMachine(lamp);

type MeterEvent = { readonly type: 'ticked'; readonly by: number } | { readonly type: 'reset' };

export const xstateMeter = setup({ types: { context: {} as MeterContext, events: {} as MeterEvent } }).createMachine({
  context: { total: 0, rounds: 0 },
  initial: 'running',
  states: {
    running: {
      initial: 'low',
      on: {
        reset: {
          target: 'running',
          reenter: true,
          actions: assign({ total: 0, rounds: ({ context }) => context.rounds + 1 }),
        },
      },
      states: {
        low: {
          initial: 'cold',
          on: {
            ticked: [
              { target: 'high', guard: ({ context }) => context.total >= 20, actions: assign({ total: 0 }) },
              { actions: assign({ total: ({ context, event }) => context.total + event.by }) },
            ],
          },
          states: {
            cold: {
              on: {
                ticked: {
                  target: 'warm',
                  guard: ({ context, event }) => context.total + event.by > 10,
                  actions: assign({ total: ({ context, event }) => context.total + event.by }),
                },
              },
            },
            warm: {},
          },
        },
        high: { on: { ticked: { target: 'low', actions: assign({ rounds: ({ context }) => context.rounds + 1 }) } } },
      },
    },
  },
});

export const xstateDesk = setup({
  types: { context: {} as MeterContext, events: {} as MeterEvent | { readonly type: 'toggled' } },
}).createMachine({
  context: { total: 0, rounds: 0 },
  type: 'parallel',
  states: {
    light,
    fan,
    meter: {
      initial: 'low',
      states: {
        low: {
          on: {
            ticked: { target: 'up', actions: assign({ total: ({ context, event }) => context.total + event.by }) },
          },
        },
        up: { on: { ticked: 'low' } },
      },
    },
  },
});
