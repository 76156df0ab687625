/** A crossing: cars have their way until somebody wants to cross. It runs in a browser page, without a server. */
import { event, machine, system } from 'millrace';
import { z } from 'zod';

export default system('crossing', { version: '1.0.0', description: 'Traffic lights with a button' });

const At = z.object({ street: z.string() });

/** Somebody wants to cross. */
export const pressed = event('pressed', { payload: At });
export const nightFell = event('nightFell', { payload: At });
export const dayBroke = event('dayBroke', { payload: At });

/** Two lights and a button that agree on who may go. At night only the amber light flashes. */
export const crossing = machine('crossing', {
  key: 'street',
  context: z.object({ crossings: z.int().default(0) }),
  events: { pressed, nightFell, dayBroke },
  creates: ['pressed'],
}).states('day', {
  day: {
    parallel: true,
    on: { nightFell: 'night' },
    states: {
      cars: {
        initial: 'carsGo',
        states: {
          // A green that has just begun stays for a while.
          carsGo: { after: { '6s': 'carsMayStop' } },
          carsMayStop: { always: { target: 'carsSlow', guard: ({ in: isIn }) => isIn('called') } },
          carsSlow: { after: { '2s': 'carsStop' } },
          carsStop: { always: { target: 'carsReady', guard: ({ in: isIn }) => isIn('walkersOver') } },
          carsReady: { after: { '2s': 'carsGo' } },
        },
      },
      walkers: {
        initial: 'walkersWait',
        states: {
          walkersWait: { always: { target: 'walkersSafe', guard: ({ in: isIn }) => isIn('carsStop') } },
          walkersSafe: { after: { '1s': 'walkersGo' } },
          walkersGo: {
            entry: { assign: ({ context }) => ({ crossings: context.crossings + 1 }) },
            after: { '5s': 'walkersHurry' },
          },
          walkersHurry: { after: { '3s': 'walkersOver' } },
          walkersOver: { always: { target: 'walkersWait', guard: ({ in: isIn }) => isIn('carsGo') } },
        },
      },
      button: {
        initial: 'quiet',
        states: {
          quiet: { on: { pressed: { target: 'called', guard: ({ in: isIn }) => !isIn('walkersGo') } } },
          called: { always: { target: 'quiet', guard: ({ in: isIn }) => isIn('walkersGo') } },
        },
      },
    },
  },
  night: {
    initial: 'amber',
    on: { dayBroke: 'day' },
    states: {
      amber: { after: { '700ms': 'dark' } },
      dark: { after: { '700ms': 'amber' } },
    },
  },
});
