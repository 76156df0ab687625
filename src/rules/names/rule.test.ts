import { expect, it } from 'vitest';
import { branch, event, flow, parallel, returns, step, system, task } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { names } from './rule.ts';

it('takes names that can be written everywhere', () => {
  const model = system({
    tasks: [task('chargeCard'), task('mail.send-all'), task('_x1')],
    flows: [flow('fulfil', [branch('kind', { 'very high': [step('a b', 'chargeCard')], true: [] }), returns('1')])],
  });
  expect(messages(names, model)).toEqual([]);
});

it.each(['1st', 'a b', 'a/b', '', 'ä', '__proto__', 'failed.charge'])('refuses a task called %j', (name) => {
  // By hand: `__proto__` as a plain key would vanish.
  const model = { ...system(), tasks: Object.fromEntries([[name, task(name)]]) };
  expect(messages(names, model)).toEqual([expect.stringContaining(`'${name}' cannot be the name of a task`)]);
});

it('says why failed. is taken', () => {
  expect(messages(names, system({ events: [event('failed.x')] }))[0]).toContain(
    'belong to the failures of tasks and flows',
  );
});

it.each(['a/b', 'a[0]', '~undo', ' '])('refuses the step id %j, which paths cannot hold', (id) => {
  expect(messages(names, system({ flows: [flow('fulfil', [step(id, 'x')])] }))).toHaveLength(1);
});

it.each(['input', 'item', 'index', 'error', 'now', 'runId'])(
  'refuses the step id %j, which the scope already has',
  (id) => {
    expect(messages(names, system({ flows: [flow('fulfil', [step(id, 'x')])] }))[0]).toContain(
      'already has something of that name',
    );
  },
);

it('looks at the names of parts, however deep', () => {
  const model = system({ flows: [flow('fulfil', [parallel('a', { 'b/c': [parallel('d', { 'e]': [] })] })])] });
  expect(messages(names, model)).toHaveLength(2);
});
