import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  assign,
  at,
  body,
  call,
  event,
  flow,
  go,
  lambda,
  machine,
  on,
  schema,
  state,
  system,
  task,
} from '../../model/fixtures/nodes.ts';
import type { ActionNode, StateNode, StepNode, SystemModel, TaskNode } from '../../model/index.ts';
import { explain } from '../explain.ts';
import { found } from '../fixtures/found.ts';
import { detect } from './detect.ts';
import { supported } from './rule.ts';
import { features, type Feature } from './table.ts';

const location = at(1);
const withTask = (more: Partial<TaskNode>): SystemModel => system({ tasks: [task('t', more)] });
const withStep = (step: StepNode): SystemModel => system({ flows: [flow('f', [step])] });
const withState = (more: Partial<StateNode>): SystemModel => system({ machines: [machine('m', [state('s', more)])] });
const withAction = (action: ActionNode): SystemModel => withState({ on: [on('x', go([], { actions: [action] }))] });
const run = (kind: 'task' | 'machine'): Partial<StateNode> => ({
  run: [{ kind: 'run', id: 'r', target: { kind, name: 'x' }, onDone: [], onError: [], location }],
});

/** The smallest system that uses each feature. */
const uses: Readonly<Record<Feature, SystemModel>> = {
  'step.graph': withStep({ kind: 'graph', id: 'g', nodes: [], location }),
  'step.race': withStep({ kind: 'race', id: 'r', bodies: [{ name: 'a', body: body() }], location }),
  'step.approve': withStep({ kind: 'approve', id: 'a', location }),
  'event.failed': system({ flows: [flow('f', [], { on: 'failed.t' })] }),
  'flow.schedule': system({ flows: [flow('f', [], { schedule: { cron: '0 0 * * *' } })] }),
  'flow.http': system({ flows: [flow('f', [], { http: 'POST /f' })] }),
  'task.model': withTask({ model: { agent: 'a', prompt: 'x' } }),
  'task.concurrency': withTask({ concurrency: 2 }),
  'task.rateLimit': withTask({ rateLimit: { limit: 1, per: '1s' } }),
  'task.priority': withTask({ priority: 0 }),
  'task.cache': withTask({ cache: { ttl: '1h' } }),
  'task.evidence': withTask({ evidence: [] }),
  'system.retention': system({ retention: {} }),
  'system.budget': system({ budget: {} }),
  'system.access': system({ access: {} }),
  agent: system({ agents: [{ kind: 'agent', name: 'a', location }] }),
  'resource.webhook': system({ resources: [{ kind: 'resource', name: 'r', type: 'webhook', location }] }),
  'machine.several': withState({ on: [on('x', go(['s', 's']))] }),
  'machine.wildcard': withState({ on: [on('*', go('s'))] }),
  'state.parallel': withState({ type: 'parallel' }),
  'state.history': withState({ type: 'history' }),
  'state.always': withState({ always: [go('s', { guard: lambda('true') })] }),
  'state.context': withState({ context: schema() }),
  'action.send': withAction({ kind: 'send', call: call('event', 'e'), location }),
  'action.cancel': withAction({ kind: 'cancel', id: 'x', location }),
  'action.forEach': withAction({ kind: 'forEach', over: lambda('[]'), actions: [], location }),
  'run.machine': withState(run('machine')),
  'run.task': withState(run('task')),
};

function detected(model: SystemModel): readonly Feature[] {
  const all: Feature[] = [];
  detect(model, (feature) => all.push(feature));
  return all;
}

const all = Object.entries(features) as [Feature, (typeof features)[Feature]][];
const switchedOn = all.filter(([, [isSupported]]) => isSupported);
const switchedOff = all.filter(([, [isSupported]]) => !isSupported);

it.each(all)('%s is found where it is used', (feature) => {
  expect(detected(uses[feature])).toEqual([feature]);
});

it.each(switchedOn)('%s is let through', (feature) => {
  expect(found(supported, uses[feature])).toEqual([]);
});

it.each(switchedOff)('%s is refused by name', (feature, [, what]) => {
  expect(found(supported, uses[feature])).toMatchObject([
    { message: `Not yet supported: ${what}.`, context: { actual: feature } },
  ]);
});

it('finds nothing in what has always worked', () => {
  const plain = system({
    events: [event('paid', { ttl: '1d' })],
    tasks: [
      task('charge', {
        retry: { attempts: 2 },
        timeout: '1s',
        needs: { net: ['api.example.com'] },
        errors: ['declined'],
        idempotent: true,
      }),
    ],
    flows: [flow('f', [], { on: 'paid', timeout: '1d', onFailure: call('task', 'charge') })],
    machines: [machine('m', [state('s', { entry: [assign('({})')], on: [on('paid', go('s'))] })])],
    resources: [{ kind: 'resource', name: 'db', type: 'database', location }],
  });
  expect(detected(plain)).toEqual([]);
});

it('sees a failure that is waited for, and one that a machine reacts to', () => {
  const waits = withStep({ kind: 'waitFor', id: 'w', event: 'failed.t', match: [], location });
  const reacts = system({ machines: [machine('m', [], { events: [{ alias: 'broken', name: 'failed.t' }] })] });
  expect([detected(waits), detected(reacts)]).toEqual([['event.failed'], ['event.failed']]);
});

it('sees several initial states as well as several targets', () => {
  expect(
    detected(system({ machines: [machine('m', [state('a', { initial: ['b', 'c'] })], { initial: ['a', 'b'] })] })),
  ).toEqual(['machine.several', 'machine.several']);
});

// When one of these fails: node tools/error-index.ts
const language = readFileSync(new URL('../../../docs/language.md', import.meta.url), 'utf8');

it('is what the page of MR1601 and that of the language list', () => {
  const refused = switchedOff.map(([, [, what]]) => what);
  const listed = (text: string): readonly (string | undefined)[] =>
    [...text.matchAll(/^- (.*)$/gm)].map(([, what]) => what);
  expect(listed(explain('MR1601') ?? '')).toEqual(refused);
  expect(listed(/^## Not yet supported$[^]*?^## /m.exec(language)?.[0] ?? '')).toEqual(refused);
});

it('is marked in the page of the language wherever that tells of it', () => {
  const marks = [...language.matchAll(/ \*\(not yet\)\*<!-- (\S+) -->| \/\/ not yet: (\S+)/g)];
  const marked = new Set(marks.map(([, inText, inCode]) => inText ?? inCode));
  expect([...marked].toSorted()).toEqual(switchedOff.map(([feature]) => feature).toSorted());
});

it('says of access who may do what without it', () => {
  const [refused] = found(supported, system({ access: { start: ['clerk'] } }));
  expect(refused).toMatchObject({ path: 'access', hint: expect.stringContaining('decide in your own server') });
});
