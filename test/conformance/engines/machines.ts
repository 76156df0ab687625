import { z } from 'zod';
import { interpretMachine } from 'millrace/machine';
import type { BoundMachine } from 'millrace/tasks';
import { enliven, sketchMachine, type MachineSketch } from '../../support/sketch.ts';

const machine = (name: string, sketch: MachineSketch): BoundMachine => ({
  module: interpretMachine({ ...enliven(sketchMachine(name, sketch)), hash: `hash of ${name}` }),
  context: z.looseObject({ seen: z.array(z.unknown()).default([]) }),
});
const noting = (what: string) =>
  ['assign', `({ context, event, output, error }) => ({ seen: [...context.seen, ${what}] })`] as const;

/** A piece of paper that is worked on: timers, work that is done, fails or is stopped, history, a context that must fit. */
const ticket: MachineSketch = {
  events: ['opened', 'told', 'worked', 'stopped'],
  creates: ['opened'],
  initial: 'fresh',
  states: {
    fresh: { on: { opened: 'open' } },
    open: {
      initial: 'first',
      on: {
        told: [
          { guard: `({ event }) => event.n === 'shelve'`, target: 'shelved' },
          { guard: `({ event }) => event.n === 'check'`, target: 'checked' },
          { guard: `({ event }) => event.n === 'end'`, target: 'ended' },
          { guard: `({ event }) => event.n === 'throw'`, actions: [['assign', `() => { throw new Error('thrown') }`]] },
          {
            guard: `({ event }) => event.n === 'launch'`,
            actions: [['start', 'aftermath', `({ instanceId }) => instanceId`]],
          },
          { actions: [noting('event.n')] },
        ],
        worked: { target: 'working', actions: [['assign', `({ event }) => ({ next: event.next })`]] },
      },
      states: {
        first: { on: { stopped: 'second' } },
        second: { after: { '1h': 'stale' } },
        was: { type: 'history', history: 'shallow', initial: 'first' },
      },
    },
    stale: { on: { told: 'was' }, entry: [['emit', 'short', `({ instanceId }) => ({ id: instanceId })`]] },
    shelved: { on: { told: 'was' } },
    checked: { context: `(context) => context.seen.length > 0`, on: { 'error.execution': 'unfit' } },
    unfit: {},
    working: {
      run: [
        {
          id: 'job',
          target: { kind: 'flow', name: 'working' },
          input: `({ context }) => context.next`,
          onDone: { target: 'done', actions: [noting('output')] },
          onError: { target: 'erred', actions: [noting('error.code')] },
        },
      ],
      after: { '3h': 'overdue' },
      on: { stopped: 'open' },
    },
    done: {
      run: [
        {
          id: 'tidy',
          target: { kind: 'task', name: 'job' },
          input: `() => 'tidied'`,
          onDone: { target: 'ended', actions: [noting('output')] },
        },
      ],
    },
    erred: {},
    overdue: {},
    ended: { type: 'final', output: `({ context }) => context.seen` },
  },
};

/** Sends to itself, at once and later, and takes some of it back. */
const teller: MachineSketch = {
  events: ['asked', 'told', 'brief', 'stopped'],
  creates: ['asked'],
  initial: 'on',
  states: {
    on: {
      on: {
        asked: {
          actions: [
            ['send', 'told', `({ instanceId }) => ({ id: instanceId })`],
            ['send', 'brief', `({ instanceId }) => ({ id: instanceId })`, { delay: '30m', id: 'x' }],
            ['send', 'brief', `({ instanceId }) => ({ id: instanceId })`, { delay: '10m' }],
            noting(`'asked'`),
          ],
        },
        told: { actions: [noting(`'told'`)] },
        brief: { actions: [noting(`'brief'`)] },
        stopped: { actions: [['cancel', 'x']] },
      },
    },
  },
};

/** Has another machine work for it, and hears of it. */
const keeper: MachineSketch = {
  events: ['hired', 'told', 'said', 'stopped'],
  creates: ['hired'],
  initial: 'free',
  states: {
    free: { on: { hired: 'keeping' } },
    keeping: {
      run: [
        {
          id: 'kid',
          target: { kind: 'machine', name: 'kid' },
          onDone: { target: 'over', actions: [noting('output')] },
        },
      ],
      on: {
        told: { actions: [['send', 'told', `({ event }) => event`, { target: '#kid' }]] },
        said: { actions: [noting('event.n')] },
        stopped: 'free',
      },
    },
    over: {},
  },
};
const kid: MachineSketch = {
  events: ['told', 'said'],
  initial: 'on',
  states: {
    on: {
      on: {
        told: [
          { guard: `({ event }) => event.n === 'end'`, target: 'off' },
          {
            actions: [
              ['send', 'said', `({ event }) => ({ id: 'none', n: 'heard ' + event.n })`, { target: '#parent' }],
            ],
          },
        ],
      },
    },
    off: { type: 'final', output: `() => 'kid ended'` },
  },
};

/** Machines of the cases, besides that of the simulation. */
export const machines: Readonly<Record<string, BoundMachine>> = Object.fromEntries(
  Object.entries({ ticket, teller, keeper, kid }).map(([name, sketch]) => [name, machine(name, sketch)]),
);
