import { expect, it } from 'vitest';
import {
  at,
  body,
  branch,
  call,
  child,
  flow,
  lambda,
  map,
  parallel,
  step,
  system,
} from '../../model/fixtures/nodes.ts';
import { found } from '../fixtures/found.ts';
import { recursion } from './rule.ts';

const check = (...flows: readonly ReturnType<typeof flow>[]) =>
  found(recursion, system({ flows })).map(({ severity, message }) => `${severity}: ${message}`);

it('is content with children that end', () => {
  expect(
    check(flow('a', [child('x', 'b'), child('y', 'b')]), flow('b', [child('x', 'c')]), flow('c', [step('x', 'task')])),
  ).toEqual([]);
});

it('refuses a flow that always starts itself', () => {
  expect(check(flow('a', [child('x', 'a')]))).toEqual(["error: Flow 'a' starts itself and never stops: 'a' → 'a'."]);
});

it('refuses a circle, once', () => {
  const flows = [
    flow('a', [child('x', 'b')]),
    flow('b', [parallel('p', { q: [child('x', 'c')] })]),
    flow('c', [child('x', 'a')]),
  ];
  expect(check(...flows)).toEqual(["error: Flow 'a' starts itself and never stops: 'a' → 'b' → 'c' → 'a'."]);
});

it.each([
  ['a branch', [branch('k', { more: [child('x', 'a')], end: [] })]],
  ['a map', [map('m', child('x', 'a'))]],
  ['an undo', [step('s', 'task', { undo: call('flow', 'a') })]],
  ['a handler', [{ kind: 'attempt' as const, id: 't', body: body(), handler: body(child('x', 'a')), location: at(1) }]],
] as const)('only warns when it starts itself in %s', (_what, steps) => {
  expect(check(flow('a', steps))).toEqual(["warning: Flow 'a' may start itself: 'a' → 'a'."]);
});

it('points at the call that closes the circle', () => {
  const again = { ...child('y', 'a'), call: call('flow', 'a', '', at(7)) };
  const [finding] = found(recursion, system({ flows: [flow('b', []), flow('a', [child('x', 'b'), again])] }));
  expect(finding).toMatchObject({ path: 'flows.a', location: { line: 7 }, context: { ids: ['a'] } });
});

it('only warns when its failure starts it again', () => {
  expect(check(flow('a', [step('x', 'task')], { onFailure: call('flow', 'a') }))).toEqual([
    "warning: Flow 'a' may start itself: 'a' → 'a'.",
  ]);
});

it('counts a repeat and the body of an attempt as certain', () => {
  const again = {
    kind: 'repeat' as const,
    id: 'r',
    body: body(child('x', 'a')),
    until: lambda('true'),
    max: 3,
    location: at(1),
  };
  const attempt = { kind: 'attempt' as const, id: 't', body: body(child('x', 'a')), handler: body(), location: at(1) };
  expect(check(flow('a', [again]))[0]).toMatch(/^error/);
  expect(check(flow('a', [attempt]))[0]).toMatch(/^error/);
});
