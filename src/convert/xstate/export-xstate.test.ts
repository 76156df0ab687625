import { join } from 'node:path';
import fc from 'fast-check';
import { interpretMachine } from 'millrace/machine';
import type { MachineNode, SystemModel } from 'millrace/model';
import { readSystem } from 'millrace/source';
import { expect, test } from 'vitest';
import { createActor, createMachine, fromPromise } from 'xstate';
import { systemOf } from '../../../test/support/compile-machine.ts';
import { randomMachine } from '../../../test/support/random-machine.ts';
import {
  enliven,
  sketchMachine,
  type ActionSketch,
  type MachineSketch,
  type StateSketch,
} from '../../../test/support/sketch.ts';
import { root } from '../../../test/support/type-check.ts';
import { exportXstate } from './export-xstate.ts';
import { leaves, runModule } from './fixtures/run-module.ts';

const scope = { instanceId: 'i', now: 1000 };
const files = [
  'dsl-examples/orders/orders.dsl.ts',
  'dsl-examples/review/review.dsl.ts',
  'templates/init/hello/hello.dsl.ts',
  'test/language/everything.dsl.ts',
  'test/machine/fixtures/everything.dsl.ts',
];

async function machinesOf(file: string): Promise<readonly [MachineNode, SystemModel][]> {
  const { system } = await readSystem(join(root, file));
  return Object.values(system?.machines ?? {}).map((machine) => [machine, system as SystemModel]);
}

test.each(files)('XState takes every machine of %s, as configuration and as module', async (file) => {
  for (const [machine, model] of await machinesOf(file)) {
    const { config } = exportXstate(machine, model);
    expect(JSON.parse(JSON.stringify(config))).toEqual(config);
    const made = createMachine(config as never);
    expect(Object.keys(made.states)).toEqual(machine.states.map(({ name }) => name));
    expect(() => runModule(machine, model)).not.toThrow();
  }
});

test('XState takes random machines', () => {
  fc.assert(
    fc.property(randomMachine({ regions: true }), (sketch) => {
      const machine = sketchMachine('random', sketch);
      createMachine(exportXstate(machine, systemOf(machine)).config as never);
      runModule(machine, systemOf(machine));
    }),
    { numRuns: 100 },
  );
});

const aliases: readonly string[] = ['a', 'b', 'c', 'p', 'p.x', 'p.y', 'unheard'];

const isChild = (states: object, name: unknown): boolean => typeof name === 'string' && Object.hasOwn(states, name);

/** What both mean alike: nothing throws, nothing takes time, a state starts in a child, `in` is not asked. */
function common(sketch: MachineSketch): MachineSketch {
  const text = JSON.stringify(sketch)
    .replaceAll('context.missing.deep', 'context.n')
    .replaceAll('() => { throw new Error(\\"guard\\") }', '() => false')
    // There a payload is always an object.
    .replaceAll(/\(\{ context, (\w+) \}\) => context\.n === \1/g, '() => false')
    // Numbers stay small: the clocks of the two differ.
    .replaceAll('context.n < now', 'context.n < 9')
    .replaceAll(/\(\{ in: isIn, context: \{ n \} \}\) => isIn\(.*?\) \|\| n > 3/g, '({ context: { n } }) => n > 3');
  const parsed = JSON.parse(text, (key, value: unknown) =>
    ['entry', 'exit', 'actions'].includes(key) ? (value as readonly ActionSketch[]).filter(isPlain) : value,
  ) as MachineSketch;
  const state = ({ after: _after, run: _run, context: _context, initial, ...rest }: StateSketch): StateSketch => {
    const states = Object.fromEntries(Object.entries(rest.states ?? {}).map(([name, inner]) => [name, state(inner)]));
    const on = Object.entries(rest.on ?? {}).filter(([event]) => !event.startsWith('error.'));
    const starts = rest.history !== undefined || isChild(states, initial);
    return { ...rest, ...(starts && initial !== undefined ? { initial } : {}), on: Object.fromEntries(on), states };
  };
  const states = Object.fromEntries(Object.entries(parsed.states).map(([name, inner]) => [name, state(inner)]));
  const [first = ''] = Object.keys(states);
  return { ...parsed, events: aliases, initial: isChild(states, parsed.initial) ? parsed.initial : first, states };
}

/** What is sent arrives later there, and a choice is made before what stands in front of it has happened. */
const isPlain = ([kind]: ActionSketch): boolean => kind === 'assign' || kind === 'emit' || kind === 'raise';

function compare(machine: MachineNode, events: readonly string[]): number {
  const context = { n: 1 };
  const ours = interpretMachine(enliven(machine));
  let step = ours.start(context, scope);
  const trace = [step.snapshot.state];
  for (const name of events)
    trace.push((step = ours.send(step.snapshot, { name, payload: { k: 1 } }, scope)).snapshot.state);
  const model = systemOf({ ...machine, context: { ...machine.context, text: '({ parse: () => ({ n: 1 }) })' } });
  const actor = createActor(
    runModule(Object.values(model.machines)[0] as MachineNode, model).provide({
      actors: { out: fromPromise(() => Promise.resolve()) },
    }),
  );
  actor.start();
  const theirs = [leaves(actor.getSnapshot().value)];
  for (const type of events) {
    if (actor.getSnapshot().status === 'active') actor.send({ type, k: 1 });
    theirs.push(leaves(actor.getSnapshot().value));
  }
  expect(theirs).toEqual(trace);
  return new Set(trace.map(String)).size;
}

/** Does it come to rest each time, without anything thrown? There the two differ. */
function isCalm(machine: MachineNode, events: readonly string[]): boolean {
  const ours = interpretMachine(enliven(machine));
  try {
    let step = ours.start({ n: 1 }, scope);
    const thrown = [...step.errors];
    for (const name of events) {
      step = ours.send(step.snapshot, { name, payload: { k: 1 } }, scope);
      thrown.push(...step.errors);
    }
    return thrown.length === 0;
  } catch {
    return false;
  }
}

test('without regions, both go through the same states', () => {
  let moved = 0;
  const events = fc.array(fc.constantFrom(...aliases), { maxLength: 10 });
  fc.assert(
    fc.property(randomMachine({ regions: false }), events, (sketch, sent) => {
      const machine = sketchMachine('random', common(sketch));
      fc.pre(isCalm(machine, sent));
      moved += compare(machine, sent);
    }),
    { numRuns: 300 },
  );
  expect(moved).toBeGreaterThan(350);
});

const player: MachineSketch = {
  events: aliases,
  initial: 'idle',
  states: {
    idle: { on: { a: 'playing', b: { target: ['muted', 'paused'] }, c: 'last' } },
    playing: {
      type: 'parallel',
      onDone: 'idle',
      states: {
        sound: {
          states: { loud: { on: { a: 'muted', p: 'quiet' } }, muted: { on: { a: 'loud' } }, quiet: { type: 'final' } },
        },
        picture: {
          initial: 'moving',
          on: { c: 'idle' },
          states: {
            moving: { on: { b: 'paused', 'p.*': 'over' } },
            paused: { on: { b: 'moving' }, always: { target: 'over', guard: '({ context }) => context.n > 3' } },
            over: { type: 'final' },
          },
        },
        last: { type: 'history', history: 'deep', initial: ['loud', 'paused'] },
      },
    },
  },
};

test('with regions, too, as long as they keep to themselves', () => {
  let moved = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'p', 'p.x'), { maxLength: 12 }), (sent) => {
      moved += compare(sketchMachine('player', player), sent);
    }),
    { numRuns: 200 },
  );
  expect(moved).toBeGreaterThan(500);
});

test('where XState departs from the Recommendation: a state around regions is not asked for each of them', () => {
  const sketch: MachineSketch = {
    events: aliases,
    initial: 'both',
    states: {
      both: {
        type: 'parallel',
        on: { a: 'over' },
        states: { one: { on: { a: {} } }, two: {} },
      },
      over: {},
    },
  };
  const machine = sketchMachine('regions', sketch);
  const ours = interpretMachine(enliven(machine));
  const step = ours.send(ours.start({ n: 1 }, scope).snapshot, { name: 'a', payload: {} }, scope);
  const actor = createActor(createMachine(exportXstate(machine, systemOf(machine)).config as never)).start();
  actor.send({ type: 'a' });
  expect([step.snapshot.state, leaves(actor.getSnapshot().value)]).toEqual([['over'], ['one', 'two']]);
  const told = exportXstate(machine, systemOf(machine)).diagnostics;
  expect(told.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    "MR1746: When one region of 'both' handles 'a', XState does not ask the states around the others.",
  ]);
  expect(exportXstate(sketchMachine('player', player), systemOf(machine)).diagnostics).toEqual([]);
});

test('what cannot be said there is reported with its place', async () => {
  const { system } = await readSystem(join(root, 'test/language/everything.dsl.ts'));
  const { diagnostics } = exportXstate(system?.machines['order'] as MachineNode, system as SystemModel);
  expect(diagnostics.map(({ code, line, message }) => `${code} ${line > 200} ${message}`)).toEqual([
    "MR1745 true XState has no event 'error.execution'; the transition is left out.",
    "MR1745 true XState has no event 'error.communication'; the transition is left out.",
    "MR1745 true XState has no event 'error.*'; the transition is left out.",
    "MR1746 true There '*' would take the ends of timers and work, too: 'idle' lists the declared events instead.",
    "MR1745 true XState has no context of a state: that of 'leaf' is left out.",
  ]);
});
