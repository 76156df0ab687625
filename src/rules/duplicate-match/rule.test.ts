import { expect, it } from 'vitest';
import { at, flow, lambda, system, waitFor } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { duplicateMatch } from './rule.ts';

const match = (...fields: readonly string[]) =>
  fields.map((field, index) => ({ field, value: { ...lambda('1'), location: at(index + 1) } }));

it('is content with different fields', () => {
  expect(
    messages(duplicateMatch, system({ flows: [flow('a', [waitFor('paid', 'paid', { match: match('id', 'shop') })])] })),
  ).toEqual([]);
});

it('reports the second of a field', () => {
  const model = system({ flows: [flow('a', [waitFor('paid', 'paid', { match: match('id', 'shop', 'id') })])] });
  expect(found(duplicateMatch, model)).toMatchObject([
    {
      message: "Step 'paid' of flow 'a' matches the field 'id' twice.",
      location: { line: 3 },
      path: 'flows.a.body.paid.match.id',
    },
  ]);
});
