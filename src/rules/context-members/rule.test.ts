import { expect, it } from 'vitest';
import { at, system, task } from '../../model/fixtures/nodes.ts';
import type { ContextNode } from '../../model/index.ts';
import { messages } from '../fixtures/found.ts';
import { contextMembers } from './rule.ts';

const context = (name: string, members: readonly string[], dependencies: readonly string[] = []): ContextNode => ({
  kind: 'context',
  name,
  members,
  dependencies,
  location: at(1),
});
const check = (...contexts: readonly ContextNode[]) =>
  messages(contextMembers, system({ tasks: [task('charge'), task('ship')], contexts }));

it('is content when all names are known', () => {
  expect(check(context('billing', ['charge']), context('shipping', ['ship'], ['billing']))).toEqual([]);
});

it('reports members and dependencies that there are not', () => {
  expect(check(context('billing', ['chrge'], ['shiping', 'billing']))).toEqual([
    "Context 'billing' has the member 'chrge', but the system has no definition of that name.",
    "Context 'billing' depends on 'shiping', but there is no such context.",
    "Context 'billing' depends on itself.",
  ]);
});

it('reports a member of two contexts, and one listed twice', () => {
  expect(check(context('a', ['charge', 'charge']), context('b', ['charge']))).toEqual([
    "Context 'a' lists 'charge' twice.",
    "'charge' is a member of the contexts 'a' and 'b'.",
  ]);
});
