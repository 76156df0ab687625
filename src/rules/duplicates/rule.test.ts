import { expect, it } from 'vitest';
import { at, event, flow, machine, state, system, task } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { duplicates } from './rule.ts';

it('is content when all names differ', () => {
  const model = system({
    events: [event('paid')],
    tasks: [task('pay')],
    flows: [flow('payment', [])],
    machines: [machine('order', [state('a')])],
  });
  expect(messages(duplicates, model)).toEqual([]);
});

it('reports one name of two kinds, with both places', () => {
  const model = system({ events: [event('pay', { location: at(3) })], tasks: [task('pay', { location: at(8) })] });
  expect(found(duplicates, model)).toMatchObject([
    {
      message: "'pay' is the name of an event and of a task.",
      location: { line: 8 },
      related: [{ location: { line: 3 } }],
    },
  ]);
});

it('reports names that become one identifier', () => {
  const model = system({ tasks: [task('mail.sent'), task('mail-sent')], events: [event('mailSent')] });
  expect(messages(duplicates, model)).toEqual([
    "'mail.sent' and 'mailSent' are both 'mailSent' in generated code.",
    "'mail-sent' and 'mailSent' are both 'mailSent' in generated code.",
  ]);
});
