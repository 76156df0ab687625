import { expect, it } from 'vitest';
import { at, body, flow, map, step, system, waitFor } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { waitTimeout } from './rule.ts';

const { timeout: _, ...endless } = waitFor('paid', 'paid');

it('is content when the wait or its flow ends', () => {
  expect(
    messages(
      waitTimeout,
      system({ flows: [flow('a', [waitFor('paid', 'paid')]), flow('b', [endless], { timeout: '1d' })] }),
    ),
  ).toEqual([]);
});

it('reports a wait for ever, in any body', () => {
  expect(messages(waitTimeout, system({ flows: [flow('a', [map('m', endless)])] }))).toEqual([
    "Step 'm/paid' of flow 'a' waits for the event 'paid' for ever.",
  ]);
});

it('is content when it can lose a race', () => {
  const bodies = [
    { name: 'word', body: body(endless) },
    { name: 'time', body: body(step('late', 'wait')) },
  ];
  const model = system({ flows: [flow('a', [{ kind: 'race', id: 'r', bodies, location: at(1) }])] });
  expect(messages(waitTimeout, model)).toEqual([]);
});

it('reports an approval too', () => {
  const model = system({ flows: [flow('a', [{ kind: 'approve', id: 'ok', location: at(1) }])] });
  expect(messages(waitTimeout, model)).toEqual(["Step 'ok' of flow 'a' waits for a decision for ever."]);
});
