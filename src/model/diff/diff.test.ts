import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashSystem } from 'millrace/model';
import { anySystem } from '../fixtures/arbitrary.ts';
import {
  assign,
  at,
  branch,
  call,
  event,
  final,
  flow,
  go,
  lambda,
  machine,
  map,
  on,
  parallel,
  returns,
  schema,
  state,
  step,
  system,
  task,
  waitFor,
} from '../fixtures/nodes.ts';
import type { FlowNode, StepNode } from '../nodes/flow.ts';
import type { MachineNode, StateNode } from '../nodes/machine.ts';
import type { SystemModel } from '../nodes/system.ts';
import type { SchemaRelation } from './change.ts';
import { diffSystems, type SystemDiff } from './diff.ts';

/** What breaks, as `audience path`, and what does not, as the path. */
const told = ({ breaking, compatible }: SystemDiff): readonly string[] => [
  ...breaking.flatMap(({ path, breaks }) => breaks.map(({ audience }) => `${audience} ${path}`)),
  ...compatible.map(({ path }) => path),
];
const diff = (before: SystemModel, after: SystemModel, relation: SchemaRelation = 'unknown'): readonly string[] =>
  told(diffSystems(before, after, { compareSchemas: () => relation }));
const flows = (
  before: readonly StepNode[],
  after: readonly StepNode[],
  more: Partial<FlowNode> = {},
): readonly string[] => diff(system({ flows: [flow('pay', before)] }), system({ flows: [flow('pay', after, more)] }));
const machines = (
  before: readonly StateNode[],
  after: readonly StateNode[],
  more: Partial<MachineNode> = {},
): readonly string[] =>
  diff(system({ machines: [machine('order', before)] }), system({ machines: [machine('order', after, more)] }));

describe('definitions', () => {
  it('says nothing of what only moved', () => {
    const before = system({ events: [event('a'), event('b')] });
    const after = system({ events: [event('b', { location: at(9) }), event('a', { location: at(4) })] });
    expect(diff(before, after)).toEqual([]);
  });

  it('tells where the change stands', () => {
    const [change] = diffSystems(system({ tasks: [task('t')] }), system({ tasks: [] })).breaking;
    expect(change).toMatchObject({ kind: 'removed', message: "Task 't' was removed.", before: at(1) });
  });

  it('classifies what comes, goes and changes', () => {
    expect(diff(system(), system({ tasks: [task('t')] }))).toEqual(['tasks.t']);
    expect(diff(system({ tasks: [task('t')] }), system())).toEqual(['callers tasks.t']);
    expect(diff(system({ flows: [flow('f', [])] }), system())).toEqual(['callers flows.f', 'runs flows.f']);
    expect(diff(system({ tasks: [task('t')] }), system({ tasks: [task('t', { timeout: '5s' })] }))).toEqual([
      'tasks.t.timeout',
    ]);
    expect(diff(system({ name: 'a' }), system({ name: 'b' }))).toEqual(['callers name']);
  });

  it('classifies a schema by its direction', () => {
    const narrow = task('t', { input: schema('z.string().min(1)'), output: schema('z.string().min(1)') });
    const change = (relation: SchemaRelation): readonly string[] =>
      diff(system({ tasks: [task('t')] }), system({ tasks: [narrow] }), relation);
    expect(change('equal')).toEqual(['tasks.t.input', 'tasks.t.output']);
    expect(change('wider')).toEqual(['callers tasks.t.output', 'tasks.t.input']);
    expect(change('drops')).toEqual(['callers tasks.t.output', 'tasks.t.input']);
    expect(change('narrower')).toEqual(['callers tasks.t.input', 'runs tasks.t.input', 'runs tasks.t.output']);
    expect(change('unknown')).toEqual([
      'callers tasks.t.input',
      'runs tasks.t.input',
      'callers tasks.t.output',
      'runs tasks.t.output',
    ]);
  });

  it('sees a change of a declaration that a schema reaches', () => {
    const Money = (text: string) =>
      ({ kind: 'local', name: 'Money', text, typeOnly: false, uses: [], location: at(1) }) as const;
    const given = { events: [event('paid', { payload: schema('Money', ['Money']) })] };
    expect(
      diff(
        system({ ...given, locals: [Money('const Money = z.int();')] }),
        system({ ...given, locals: [Money('const Money = z.number();')] }),
      ),
    ).toEqual(['callers events.paid.payload', 'runs events.paid.payload']);
  });
});

describe('flows', () => {
  const [a, b, c] = [step('a', 't'), step('b', 't'), step('c', 't')] as const;
  it.each<[string, readonly StepNode[], readonly StepNode[], readonly string[]]>([
    ['a step at the end', [a], [a, b], ['flows.pay.body.b']],
    ['a step at the end, before what is returned', [a, returns('1')], [a, b, returns('1')], ['flows.pay.body.b']],
    ['a step before another', [b], [a, b], ['runs flows.pay.body.a']],
    ['a step taken away', [a, b], [b], ['runs flows.pay.body.a']],
    ['steps that change places', [a, b, c], [b, a, c], ['runs flows.pay.body']],
    ['another task', [a], [step('a', 'other')], ['runs flows.pay.body.a.call']],
    ['another constant', [a], [{ ...a, call: { ...a.call, lambda: lambda('other()') } }], ['flows.pay.body.a.call']],
    ['another input', [a], [{ ...a, call: call('task', 't', 'scope.input') }], ['runs flows.pay.body.a.call']],
    [
      'another policy',
      [a],
      [{ ...a, timeout: '5s', retry: { attempts: 2 } }],
      ['flows.pay.body.a.timeout', 'flows.pay.body.a.retry'],
    ],
    ['another undo', [a], [{ ...a, undo: call('task', 'u') }], ['flows.pay.body.a.undo']],
    ['another kind', [a], [waitFor('a', 'paid')], ['runs flows.pay.body.a']],
    ['another event', [waitFor('w', 'paid')], [waitFor('w', 'sent')], ['runs flows.pay.body.w.event']],
    ['a longer wait', [waitFor('w', 'paid')], [waitFor('w', 'paid', { timeout: '9d' })], ['flows.pay.body.w.timeout']],
    ['another result', [returns('1')], [returns('2')], ['flows.pay.body.~returns.value']],
    ['a step deep inside that something follows', [map('m', a), c], [map('m', a, b), c], ['runs flows.pay.body.m/b']],
    ['a step deep inside at the end', [map('m', a)], [map('m', a, b)], ['flows.pay.body.m/b']],
    ['a case', [branch('w', { x: [a] })], [branch('w', { x: [a], y: [b] })], ['flows.pay.body.w/y']],
    ['a case taken away', [branch('w', { x: [a], y: [b] })], [branch('w', { x: [a] })], ['runs flows.pay.body.w/y']],
    ['a part', [parallel('w', { x: [a] })], [parallel('w', { x: [a], y: [b] })], ['runs flows.pay.body.w/y']],
  ])('classifies %s', (_, before, after, expected) => expect(flows(before, after)).toEqual(expected));

  it('classifies what starts it', () => {
    expect(flows([a], [a], { on: 'paid' })).toEqual(['flows.pay.on']);
    expect(diff(system({ flows: [flow('pay', [], { on: 'paid' })] }), system({ flows: [flow('pay', [])] }))).toEqual([
      'callers flows.pay.on',
    ]);
  });
});

describe('machines', () => {
  const idle = state('idle');
  const run = {
    kind: 'run',
    id: 'w',
    target: { kind: 'task', name: 't' },
    onDone: [],
    onError: [],
    location: at(1),
  } as const;
  it.each<[string, readonly StateNode[], readonly StateNode[], readonly string[]]>([
    ['a state', [idle], [idle, final('over')], ['machines.order.states.over']],
    ['a state taken away', [idle, state('x')], [idle], ['instances machines.order.states.x']],
    ['a state that becomes final', [idle], [final('idle')], ['instances machines.order.states.idle.type']],
    [
      'a state that moves',
      [state('a', { states: [idle] }), state('b', { states: [state('c')] })],
      [state('a', { states: [state('n')], initial: ['n'] }), state('b', { states: [state('c'), idle] })],
      ['instances machines.order.states.idle', 'machines.order.states.a.initial', 'machines.order.states.n'],
    ],
    [
      'a region',
      [state('p', { type: 'parallel', states: [state('l')] })],
      [state('p', { type: 'parallel', states: [state('l'), state('r')] })],
      ['instances machines.order.states.r'],
    ],
    [
      'an event in a state',
      [idle],
      [state('idle', { on: [on('paid', go('idle'))] })],
      ['machines.order.states.idle.on.paid'],
    ],
    [
      'an event taken away',
      [state('idle', { on: [on('paid', go('idle'))] })],
      [idle],
      ['callers machines.order.states.idle.on.paid'],
    ],
    [
      'another guard',
      [state('idle', { on: [on('paid', go('idle'))] })],
      [state('idle', { on: [on('paid', go('idle', { guard: lambda('true') }))] })],
      ['machines.order.states.idle.on.paid'],
    ],
    [
      'a timer taken away',
      [state('idle', { after: [{ delay: '1s', transitions: [go('idle')], location: at(1) }] })],
      [idle],
      ['instances machines.order.states.idle.after'],
    ],
    [
      'another delay',
      [state('idle', { after: [{ delay: '1s', transitions: [go('idle')], location: at(1) }] })],
      [state('idle', { after: [{ delay: '2s', transitions: [go('idle')], location: at(1) }] })],
      ['machines.order.states.idle.after'],
    ],
    ['work', [idle], [state('idle', { run: [run] })], ['instances machines.order.states.idle.run.w']],
    ['work taken away', [state('idle', { run: [run] })], [idle], ['instances machines.order.states.idle.run.w']],
    [
      'other work',
      [state('idle', { run: [run] })],
      [state('idle', { run: [{ ...run, target: { kind: 'task', name: 'u' } }] })],
      ['instances machines.order.states.idle.run.w.target'],
    ],
    ['an entry action', [idle], [state('idle', { entry: [assign('{}')] })], ['machines.order.states.idle.entry']],
  ])('classifies %s', (_, before, after, expected) => expect(machines(before, after)).toEqual(expected));

  it('classifies its face', () => {
    expect(machines([idle], [idle], { key: 'id' })).toEqual([
      'callers machines.order.key',
      'instances machines.order.key',
    ]);
    expect(machines([idle], [idle], { context: schema('z.object({ n: z.int() })') })).toEqual([
      'instances machines.order.context',
    ]);
    const kept = [idle, { context: schema('z.object({ b: z.int() })') }] as const;
    const drops = diff(
      system({ machines: [machine('order', [idle])] }),
      system({ machines: [machine('order', [kept[0]], kept[1])] }),
      'drops',
    );
    expect(drops).toEqual(['instances machines.order.context']);
    const listening = (events: MachineNode['events'], creates: readonly string[] = []) =>
      system({ machines: [machine('order', [idle], { events, creates })] });
    expect(diff(listening([{ alias: 'a', name: 'a' }], ['a']), listening([{ alias: 'a', name: 'a' }]))).toEqual([
      'callers machines.order.creates',
    ]);
    expect(diff(listening([{ alias: 'a', name: 'a' }]), listening([]))).toEqual(['callers machines.order.events.a']);
    expect(diff(listening([{ alias: 'a', name: 'a' }]), listening([{ alias: 'b', name: 'a' }]))).toEqual([
      'instances machines.order.events.a',
    ]);
  });
});

const maps = ['contexts', 'events', 'tasks', 'agents', 'resources', 'flows', 'machines'] as const;

it('finds every change that the hash sees, and no other', () => {
  let changed = 0;
  fc.assert(
    fc.property(anySystem, anySystem, fc.constantFrom(...maps), (model, other, kind) => {
      const [name, node] = Object.entries(model[kind])[0] ?? [];
      const [, donor] = Object.entries(other[kind])[0] ?? [];
      if (name === undefined || node === undefined || donor === undefined) return;
      for (const [field, value] of Object.entries(donor)) {
        if (field === 'kind' || field === 'name' || field === 'location') continue;
        const next = {
          ...model,
          locals: { ...model.locals, ...other.locals },
          [kind]: { ...model[kind], [name]: { ...node, [field]: value } },
        } as SystemModel;
        const base = { ...model, locals: next.locals } as SystemModel;
        const { breaking, compatible } = diffSystems(base, next);
        const isSame = hashSystem(base) === hashSystem(next);
        changed += isSame ? 0 : 1;
        expect([field, breaking.length + compatible.length === 0]).toEqual([field, isSame]);
      }
    }),
    { numRuns: 100 },
  );
  expect(changed).toBeGreaterThan(100);
});

it('is empty for a system and itself', () => {
  fc.assert(
    fc.property(anySystem, (model) => {
      expect(diffSystems(model, structuredClone(model))).toEqual({ breaking: [], compatible: [] });
    }),
    { numRuns: 50 },
  );
});
