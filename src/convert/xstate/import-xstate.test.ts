import fc from 'fast-check';
import { interpretMachine } from 'millrace/machine';
import type { MachineNode } from 'millrace/model';
import { expect, test } from 'vitest';
import { createActor, createMachine } from 'xstate';
import { systemOf } from '../../../test/support/compile-machine.ts';
import { randomMachine } from '../../../test/support/random-machine.ts';
import { enliven, sketchMachine, type MachineSketch, type StateSketch } from '../../../test/support/sketch.ts';
import { modelOf } from '../../source/fixtures/read-text.ts';
import { printSystem } from '../../source/print/print-system.ts';
import { difference } from '../../source/print/same.ts';
import { exportXstate } from './export-xstate.ts';
import { leaves } from './fixtures/run-module.ts';
import { importXstate } from './import-xstate.ts';

const light = `{
  "id": "order",
  "version": "2.1.0",
  "description": "The life of an order.",
  "context": { "count": 0, "items": [], "who": null, "at": { "x": 1 } },
  "initial": "idle",
  "states": {
    "idle": {
      "tags": "quiet",
      "on": {
        "*": "idle",
        "ADD ITEM": { "target": "busy", "guard": "is valid", "actions": [{ "type": "setCount", "params": { "n": 1 } }] },
        "user.login": [{ "guard": { "type": "isRole", "params": { "role": "it's" } }, "target": "#busy.work" }, "busy"]
      }
    },
    "busy": {
      "id": "busy",
      "initial": "work",
      "entry": ["start", { "type": "xstate.raise", "params": { "event": { "type": "GO", "n": 1 } } }],
      "after": { "1000": "late", "slow": [{ "target": "late", "guard": "is valid" }, "idle"] },
      "states": {
        "work": {
          "invoke": { "src": "doWork", "input": { "a": 1 }, "onDone": { "target": "ok", "actions": "store" }, "onError": "#order.late" },
          "on": { "GO": { "target": "work", "reenter": true }, "STAY": "work", "NO": {} }
        },
        "ok": { "type": "final" },
        "back": { "type": "history", "history": "deep", "target": "work" }
      },
      "onDone": "done"
    },
    "late": {
      "always": { "guard": { "type": "stateIn", "params": { "stateValue": "#busy" } }, "target": "busy.back" },
      "meta": { "color": "red" }
    },
    "done": { "type": "final", "output": { "ok": true } }
  }
}`;

test('a configuration becomes a system that can be written and read', async () => {
  const { model, machine, diagnostics } = importXstate(light, { file: 'order.json' });
  expect(machine).toBe('order');
  expect(diagnostics.map(({ code, severity, line, column }) => `${severity} ${code} ${line}:${column}`)).toEqual([
    'info MR1755 12:50',
    'info MR1755 12:74',
    'info MR1755 13:35',
    'info MR1755 20:34',
    'info MR1755 19:17',
    'info MR1755 23:23',
    'info MR1755 23:100',
  ]);
  const { text = '', diagnostics: problems } = printSystem(model as NonNullable<typeof model>);
  expect(problems).toEqual([]);
  expect(difference(await modelOf(text), model as NonNullable<typeof model>)).toBeUndefined();
  expect(text).toContain(`/** Fill in: true or false. */
function isValid(..._: readonly unknown[]): never {
  throw new Error("The guard 'is valid' is not filled in.");
}`);
  expect(text.slice(text.indexOf('/** The life'))).toBe(`/** The life of an order. */
export const order = machine('order', {
  key: 'id',
  context: z.object({
    count: z.number().default(0),
    items: z.array(z.any()).default([]),
    who: z.any().default(null),
    at: z.object({ x: z.number() }).default({ x: 1 }),
  }),
  events: { 'ADD ITEM': ADD_ITEM, 'user.login': userLogin, GO, STAY, NO },
  tasks: { doWork },
  metadata: { meta: { late: { color: 'red' } } },
}).states('idle', {
  idle: {
    tags: ['quiet'],
    on: {
      'ADD ITEM': { target: 'busy', guard: isValid, assign: (scope) => setCount(scope, { n: 1 }) },
      'user.login': [{ target: 'work', guard: (scope) => isRole(scope, { role: 'it\\'s' }) }, 'busy'],
      '*': { target: 'idle', internal: true },
    },
  },
  busy: {
    initial: 'work',
    entry: { assign: start, raise: ({ instanceId }) => GO({ id: instanceId, n: 1 }) },
    after: [
      { delay: '1s', target: 'late' },
      { delay: slow, target: 'late', guard: isValid },
      { delay: slow, target: 'idle' },
    ],
    onDone: 'done',
    states: {
      work: {
        run: { task: 'doWork', input: () => ({ a: 1 }), onDone: { target: 'ok', assign: store }, onError: 'late' },
        on: { GO: 'work', STAY: { target: 'work', internal: true }, NO: {} },
      },
      ok: { final: true },
      back: { history: 'deep', initial: 'work' },
    },
  },
  late: { always: { target: 'back', guard: ({ in: isIn }) => isIn('busy') } },
  done: { final: true, output: () => ({ ok: true }) },
});
`);
});

test('what the root does, a state around the others does', () => {
  const { model, diagnostics } = importXstate({
    id: 'lamp',
    initial: 'off',
    on: { RESET: '.off' },
    states: { off: { on: { TOGGLE: 'on' } }, on: { on: { END: 'end' } }, end: { type: 'final' } },
  });
  expect(diagnostics).toEqual([]);
  const ours = interpretMachine(enliven(model?.machines['lamp'] as MachineNode));
  const scope = { instanceId: 'i', now: 0 };
  const send = (from: ReturnType<typeof ours.start>, name: string) =>
    ours.send(from.snapshot, { name, payload: {} }, scope);
  const on = send(ours.start({}, scope), 'TOGGLE');
  expect(on.snapshot.state).toEqual(['on']);
  expect(send(on, 'RESET').snapshot.state).toEqual(['off']);
  expect(send(on, 'END').snapshot).toMatchObject({ state: ['lampDone'], status: 'done' });
});

const wrong: readonly (readonly [string, string, readonly string[]])[] = [
  ['nothing', '', ['MR1750 1:1']],
  ['no JSON', '<scxml/>', ['MR1750 1:1']],
  ['a comma too many', '{\n "id": "a",\n}', ['MR1750 3:1']],
  ['half a text', '{"id": "a', ['MR1750 1:8']],
  ['something behind', '{} {}', ['MR1750 1:4']],
  ['a list', '[]', ['MR1751 1:1']],
  ['no states', '{ "id": "a" }', ['MR1751 1:1']],
  ['states that are none', '{ "states": [] }', ['MR1751 1:13']],
  ['a state that is none', '{ "states": { "a": 1 } }', ['MR1751 1:20']],
  ['an unknown target', '{ "states": { "a": { "on": { "E": "b" } } } }', ['MR1753 1:35']],
  ['an unknown id', '{ "states": { "a": { "on": { "E": { "target": ["#x"] } } } } }', ['MR1753 1:48']],
  ['an unknown initial', '{ "initial": "x", "states": { "a": {} } }', ['MR1753 1:14']],
  [
    'an unknown history target',
    '{ "initial": "a", "states": { "a": {}, "h": { "type": "history", "target": "x" } } }',
    ['MR1753 1:76'],
  ],
  ['XState 4', '{ "initial": "a", "states": { "a": { "on": { "E": { "cond": "g" } } } } }', ['MR1752 1:53']],
  ['a number for a target', '{ "initial": "a", "states": { "a": { "on": { "E": 7 } } } }', ['MR1751 1:51']],
  ['an unknown type', '{ "initial": "a", "states": { "a": { "type": "parralel" } } }', ['MR1751 1:46']],
  ['an id twice', '{ "initial": "a", "states": { "a": { "id": "i" }, "b": { "id": "i" } } }', ['MR1751 1:58']],
  ['work without a source', '{ "initial": "a", "states": { "a": { "invoke": {} } } }', ['MR1751 1:48']],
  [
    'a final state with states',
    '{ "initial": "a", "states": { "a": { "type": "final", "states": { "b": {} } } } }',
    ['MR1751 1:31'],
  ],
  [
    'a delay that is none',
    '{ "initial": "a", "states": { "a": { "entry": { "type": "xstate.raise", "params": { "event": { "type": "E" }, "delay": -1 } } } } }',
    ['MR1751 1:120'],
  ],
];

test.each(wrong)('%s is an error with its place', (_what, text, expected) => {
  const { model, diagnostics } = importXstate(text);
  expect(model).toBeUndefined();
  expect(
    diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ code, line, column }) => `${code} ${line}:${column}`),
  ).toEqual(expected);
});

test('guards are put together by and, or and not', async () => {
  const guard = {
    type: 'and',
    guards: [
      'isOpen',
      { type: 'or', guards: [{ type: 'not', guards: [{ type: 'isRole', params: { role: 'x' } }] }, 'isOld'] },
      { type: 'stateIn', params: '#b' },
    ],
  };
  const config = (given: unknown): object => ({
    initial: 'a',
    states: { a: { on: { E: { target: 'b', guard: given } } }, b: { id: 'b' } },
  });
  const { model, diagnostics } = importXstate(config(guard));
  expect(diagnostics.map(({ code, message }) => `${code} ${message.slice(0, 20)}`)).toEqual([
    "MR1755 The guard 'isOpen' i",
    "MR1755 The guard 'isRole' i",
    "MR1755 The guard 'isOld' is",
  ]);
  const test = model?.machines['machine']?.states[0]?.on[0]?.transitions[0]?.guard;
  expect(test?.text).toBe(
    "(scope) => isOpen(scope) && (!isRole(scope, { role: 'x' }) || isOld(scope)) && scope.in('b')",
  );
  expect(test?.uses).toEqual(['isOld', 'isOpen', 'isRole']);
  expect(difference(await modelOf(printSystem(model!).text as string), model!)).toBeUndefined();
  const told = (given: unknown) =>
    importXstate(config(given)).diagnostics.map(({ code, message }) => `${code} ${message}`);
  expect(told({ type: 'not', guards: ['x', 'y'] })).toContain('MR1751 Expected one guard here.');
  expect(told({ type: 'and', guards: 'x' })).toContain('MR1751 Expected a list of guards here.');
  expect(told(7)).toEqual(['MR1751 Expected a name or an object with a `type` (a guard) here.']);
  expect(told({ type: 'and' })).toEqual([expect.stringMatching(/^MR1755 The guard 'and' is only named here/)]);
});

test('nesting without end is an error, not a crash', () => {
  const deep = `${'{"states":{"a":'.repeat(20_000)}{}${'}}'.repeat(20_000)}`;
  expect(importXstate(deep).diagnostics.map(({ code }) => code)).toEqual(['MR1756']);
  const circle: Record<string, unknown> = {};
  circle['states'] = circle;
  expect(importXstate(circle).diagnostics.map(({ code }) => code)).toEqual(['MR1750']);
});

test('what has no equivalent is left out, with a warning', () => {
  const { model, diagnostics } = importXstate({
    initial: 'a',
    colour: 1,
    states: {
      a: {
        on: { 'xstate.done.actor.x': 'b', E: { target: 'b', meta: {} } },
        entry: [{ type: 'xstate.log' }, function log() {}],
        invoke: { src: 'x', systemId: 's' },
      },
      b: { initial: { target: 'a', actions: 'x' }, states: { a: {} } },
    },
  });
  expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`).toSorted()).toEqual([
    'info MR1755',
    'info MR1755',
    'info MR1759',
    'warning MR1752',
    'warning MR1754',
    'warning MR1754',
    'warning MR1754',
    'warning MR1754',
    'warning MR1754',
  ]);
  expect(Object.keys(model?.locals ?? {})).toEqual(['log']);
  expect(model?.machines['machine']?.states[1]).toMatchObject({ initial: ['b_a'], states: [{ name: 'b_a' }] });
});

/** Only states and events: what a configuration says without any code. */
function bare(sketch: MachineSketch): MachineSketch {
  const state = ({ type, initial, on, onDone, states = {} }: StateSketch): StateSketch => {
    const inner = Object.fromEntries(Object.entries(states).map(([name, each]) => [name, state(each)]));
    const go = (each: StateSketch['onDone']) =>
      (typeof each === 'string' ? [{ target: each }] : [each ?? []].flat()).map(({ target, internal }) => ({
        ...(target === undefined ? {} : { target }),
        ...(internal === undefined ? {} : { internal }),
      }));
    const events = Object.entries(on ?? {}).filter(([event]) => !event.startsWith('error.'));
    return {
      ...(type === undefined ? {} : { type }),
      ...(typeof initial === 'string' && Object.hasOwn(inner, initial) ? { initial } : {}),
      on: Object.fromEntries(events.map(([event, each]) => [event, go(each)])),
      ...(onDone === undefined ? {} : { onDone: go(onDone) }),
      states: inner,
    };
  };
  const states = Object.fromEntries(Object.entries(sketch.states).map(([name, each]) => [name, state(each)]));
  const [first = ''] = Object.keys(states);
  return {
    initial: typeof sketch.initial === 'string' && Object.hasOwn(states, sketch.initial) ? sketch.initial : first,
    states,
    events: aliases,
  };
}

const aliases: readonly string[] = ['a', 'b', 'c', 'p', 'p.x', 'p.y'];
const scope = { instanceId: 'i', now: 1000 };

test('XState and what was imported go through the same states', () => {
  let moved = 0;
  const events = fc.array(fc.constantFrom(...aliases), { maxLength: 10 });
  fc.assert(
    fc.property(randomMachine({ regions: false }), events, (sketch, sent) => {
      const made = sketchMachine('random', bare(sketch));
      const { config } = exportXstate(made, systemOf(made));
      const { model, diagnostics } = importXstate(JSON.stringify(config));
      expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
      const ours = interpretMachine(enliven(model?.machines['random'] as MachineNode));
      const trace: string[] = [];
      const theirs: string[] = [];
      try {
        let step = ours.start({}, scope);
        trace.push(String(step.snapshot.state));
        for (const name of sent)
          trace.push(String((step = ours.send(step.snapshot, { name, payload: {} }, scope)).snapshot.state));
      } catch {
        return fc.pre(false); // It does not come to rest.
      }
      // Only now: without rest it would not come back.
      const actor = createActor(createMachine(config as never)).start();
      theirs.push(String(leaves(actor.getSnapshot().value)));
      for (const type of sent) {
        if (actor.getSnapshot().status === 'active') actor.send({ type });
        theirs.push(String(leaves(actor.getSnapshot().value)));
      }
      expect(trace).toEqual(theirs);
      moved += new Set(trace).size;
    }),
    { numRuns: 200 },
  );
  expect(moved).toBeGreaterThan(300);
});

test('damaged and strange configurations are refused with a code, or read', async () => {
  const keys = [
    'states',
    'on',
    'initial',
    'type',
    'target',
    'after',
    'invoke',
    'entry',
    'always',
    'id',
    'history',
    'guard',
    'a',
    '__proto__',
  ];
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'medium', maxDepth: 6 },
      fc.constantFrom<unknown>(
        'a',
        '.a',
        '#a',
        'parallel',
        'final',
        'history',
        'deep',
        '*',
        "it's",
        '1',
        '',
        7,
        null,
        true,
      ),
      fc.dictionary(fc.constantFrom(...keys), tie('any'), { maxKeys: 4 }),
      fc.array(tie('any'), { maxLength: 3 }),
    ),
  })).any;
  const damaged = fc
    .tuple(fc.nat(light.length), fc.nat(60), fc.constantFrom('', '"', '{', '}', '[1]', '"x": 1,'))
    .map(([at, length, text]) => light.slice(0, at) + text + light.slice(at + length));
  let read = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        damaged,
        fc.dictionary(fc.constantFrom('x', 'y'), value).map((states) => ({ states })),
      ),
      async (input) => {
        const { model, diagnostics } = importXstate(input);
        for (const { code, line, column, message } of diagnostics) {
          expect([/^MR17[56]\d$/.test(code), line > 0, column > 0, message.length > 10]).toEqual([
            true,
            true,
            true,
            true,
          ]);
        }
        expect(model === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'));
        if (model === undefined) return;
        const { text, diagnostics: problems } = printSystem(model);
        expect(problems).toEqual([]);
        expect(difference(await modelOf(text as string), model)).toBeUndefined();
        read += 1;
      },
    ),
    { numRuns: 400 },
  );
  expect(read).toBeGreaterThan(10);
});
