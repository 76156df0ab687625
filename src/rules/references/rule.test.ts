import { expect, it } from 'vitest';
import {
  at,
  call,
  event,
  flow,
  go,
  machine,
  on,
  parallel,
  state,
  step,
  system,
  task,
  waitFor,
} from '../../model/fixtures/nodes.ts';
import { validateSystem } from '../validate.ts';

const issues = (model: Parameters<typeof validateSystem>[0]) =>
  validateSystem(model).issues.filter(({ code }) => code === 'MR1203');

it('is content when every name is declared', () => {
  const model = system({
    events: [event('paid')],
    tasks: [task('charge')],
    flows: [flow('fulfil', [step('payment', 'charge'), waitFor('paid', 'failed.charge')], { on: 'paid' })],
    machines: [
      machine('order', [state('open', { on: [on('paid', go('open'))] })], {
        events: [{ alias: 'paid', name: 'paid' }],
      }),
    ],
  });
  expect(issues(model)).toEqual([]);
});

it('names a task that is not declared, where it stands, and suggests the nearest', () => {
  const steps = [parallel('prepared', { stock: [step('hold', 'reserveStok', { location: at(7, 3) })] })];
  const [issue, ...others] = issues(
    system({ tasks: [task('reserveStock'), task('charge')], flows: [flow('fulfil', steps)] }),
  );
  expect(others).toEqual([]);
  expect(issue).toMatchObject({
    code: 'MR1203',
    rule: 'references',
    severity: 'error',
    path: 'flows.fulfil.body.prepared/stock/hold.call',
    line: 7,
    column: 3,
    message:
      "Step 'prepared/stock/hold' of flow 'fulfil' names 'reserveStok', but the system has no task of that name.",
    hint: "Did you mean 'reserveStock'? Known tasks: 'charge' and 'reserveStock'.",
    context: { actual: 'reserveStok', suggestion: 'reserveStock' },
  });
});

it('tells when a name is of another kind', () => {
  const [issue] = issues(system({ tasks: [task('charge')], flows: [flow('fulfil', [waitFor('done', 'charge')])] }));
  expect(issue?.message).toBe("Step 'done' of flow 'fulfil' names 'charge', but that is a task, not an event.");
});

it('looks at every place that names something', () => {
  const model = system({
    tasks: [
      task('write', { model: { agent: 'author', prompt: 'x', tools: ['search'] }, needs: { resources: ['mail'] } }),
    ],
    agents: [{ kind: 'agent', name: 'critic', tools: ['lookUp'], location: at(1) }],
    flows: [
      flow('fulfil', [step('a', 'write', { undo: call('task', 'unwrite') }), waitFor('b', 'failed.nothing')], {
        on: 'placed',
        onFailure: call('task', 'apologise'),
      }),
    ],
    machines: [
      machine('order', [state('open', { entry: [{ kind: 'emit', call: call('event', 'opened'), location: at(1) }] })], {
        events: [{ alias: 'paid', name: 'payed' }],
        flows: [{ alias: 'ship', name: 'shipIt' }],
        tasks: [{ alias: 'scan', name: 'scanIt' }],
        machines: [{ alias: 'other', name: 'otherMachine' }],
      }),
    ],
  });
  const actual = issues(model).map(({ context }) => context?.actual ?? '');
  expect(actual.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
    'apologise',
    'author',
    'lookUp',
    'mail',
    'nothing',
    'opened',
    'otherMachine',
    'payed',
    'placed',
    'scanIt',
    'search',
    'shipIt',
    'unwrite',
  ]);
});
