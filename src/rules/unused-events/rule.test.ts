import { expect, it } from 'vitest';
import { call, event, flow, go, machine, on, state, system, waitFor } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { unusedEvents } from './rule.ts';

const events = [event('paid')];
const here = event('paid').location;

it('is content with an event that starts a flow, is waited for, heard by a machine, or emitted', () => {
  const hearing = machine('m', [state('a', { on: [on('money', go('a'))] })], {
    events: [{ alias: 'money', name: 'paid' }],
  });
  const telling = flow('f', [{ kind: 'emit', id: 'tell', call: call('event', 'paid'), location: here }]);
  for (const more of [
    { flows: [flow('f', [], { on: 'paid' })] },
    { flows: [flow('f', [waitFor('w', 'paid')])] },
    { flows: [telling] },
    { machines: [hearing] },
  ])
    expect(messages(unusedEvents, system({ events, ...more }))).toEqual([]);
});

it('warns of one that nothing mentions', () => {
  const other = flow('f', [waitFor('w', 'shipped')]);
  expect(messages(unusedEvents, system({ events, flows: [other] }))).toEqual([
    "Nothing in the system emits event 'paid' or waits for it.",
  ]);
});

it('says nothing when a part of the source could not be read', () => {
  expect(messages(unusedEvents, system({ events }), { partial: true })).toEqual([]);
});
