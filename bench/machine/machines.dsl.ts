/** The machines that are measured. */
import { event, machine, system } from 'millrace';
import { z } from 'zod';

export default system('machines', { version: '1.0.0' });

export const toggled = event('toggled', { payload: z.object({ id: z.string() }) });
export const ticked = event('ticked', { payload: z.object({ id: z.string(), by: z.number() }) });
export const reset = event('reset', { payload: z.object({ id: z.string() }) });

/** The smallest machine there is. */
export const lamp = machine('lamp', {
  key: 'id',
  context: z.object({}),
  events: { toggled },
  creates: ['toggled'],
}).states('off', {
  off: { on: { toggled: 'on' } },
  on: { on: { toggled: 'off' } },
});

/** Three levels, guards, and a context that changes with every event. */
export const meter = machine('meter', {
  key: 'id',
  context: z.object({ total: z.number(), rounds: z.number() }),
  events: { ticked, reset },
  creates: ['ticked'],
}).states('running', {
  running: {
    initial: 'low',
    on: { reset: { target: 'running', assign: ({ context }) => ({ total: 0, rounds: context.rounds + 1 }) } },
    states: {
      low: {
        initial: 'cold',
        on: {
          ticked: [
            { target: 'high', guard: ({ context }) => context.total >= 20, assign: () => ({ total: 0 }) },
            { assign: ({ context, event }) => ({ total: context.total + event.by }) },
          ],
        },
        states: {
          cold: {
            on: {
              ticked: {
                target: 'warm',
                guard: ({ context, event }) => context.total + event.by > 10,
                assign: ({ context, event }) => ({ total: context.total + event.by }),
              },
            },
          },
          warm: {},
        },
      },
      high: {
        on: { ticked: { target: 'low', assign: ({ context }) => ({ rounds: context.rounds + 1 }) } },
      },
    },
  },
});

/** Three regions; each event moves one, two or all of them. */
export const desk = machine('desk', {
  key: 'id',
  context: z.object({ total: z.number(), rounds: z.number() }),
  events: { toggled, ticked, reset },
  creates: ['toggled'],
}).states('working', {
  working: {
    parallel: true,
    states: {
      light: {
        states: {
          dark: { on: { toggled: 'bright', reset: 'dark' } },
          bright: { on: { toggled: 'dark', reset: 'dark' } },
        },
      },
      fan: {
        states: { still: { on: { toggled: 'turning', ticked: 'turning' } }, turning: { on: { toggled: 'still' } } },
      },
      meter: {
        states: {
          low: {
            on: { ticked: { target: 'up', assign: ({ context, event }) => ({ total: context.total + event.by }) } },
          },
          up: { on: { ticked: 'low' } },
        },
      },
    },
  },
});

/** Seven regions with three leaves each: 2187 configurations. */
export const panel = machine('panel', {
  key: 'id',
  context: z.object({}),
  events: { toggled, ticked, reset },
  creates: ['toggled'],
}).states('lights', {
  lights: {
    parallel: true,
    states: {
      hall: {
        states: {
          hallOff: { on: { toggled: 'hallLow' } },
          hallLow: { on: { toggled: 'hallHigh', reset: 'hallOff' } },
          hallHigh: { on: { toggled: 'hallOff', reset: 'hallOff', ticked: 'hallLow' } },
        },
      },
      stairs: {
        states: {
          stairsOff: { on: { toggled: 'stairsLow' } },
          stairsLow: { on: { toggled: 'stairsHigh', reset: 'stairsOff' } },
          stairsHigh: { on: { toggled: 'stairsOff', reset: 'stairsOff', ticked: 'stairsLow' } },
        },
      },
      kitchen: {
        states: {
          kitchenOff: { on: { toggled: 'kitchenLow' } },
          kitchenLow: { on: { toggled: 'kitchenHigh', reset: 'kitchenOff' } },
          kitchenHigh: { on: { toggled: 'kitchenOff', reset: 'kitchenOff', ticked: 'kitchenLow' } },
        },
      },
      bath: {
        states: {
          bathOff: { on: { toggled: 'bathLow' } },
          bathLow: { on: { toggled: 'bathHigh', reset: 'bathOff' } },
          bathHigh: { on: { toggled: 'bathOff', reset: 'bathOff', ticked: 'bathLow' } },
        },
      },
      bed: {
        states: {
          bedOff: { on: { toggled: 'bedLow' } },
          bedLow: { on: { toggled: 'bedHigh', reset: 'bedOff' } },
          bedHigh: { on: { toggled: 'bedOff', reset: 'bedOff', ticked: 'bedLow' } },
        },
      },
      study: {
        states: {
          studyOff: { on: { toggled: 'studyLow' } },
          studyLow: { on: { toggled: 'studyHigh', reset: 'studyOff' } },
          studyHigh: { on: { toggled: 'studyOff', reset: 'studyOff', ticked: 'studyLow' } },
        },
      },
      porch: {
        states: {
          porchOff: { on: { toggled: 'porchLow' } },
          porchLow: { on: { toggled: 'porchHigh', reset: 'porchOff' } },
          porchHigh: { on: { toggled: 'porchOff', reset: 'porchOff', ticked: 'porchLow' } },
        },
      },
    },
  },
});
