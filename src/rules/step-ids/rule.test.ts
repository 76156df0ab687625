import { expect, it } from 'vitest';
import { at, body, branch, call, flow, map, parallel, returns, step, system } from '../../model/fixtures/nodes.ts';
import { found, messages } from '../fixtures/found.ts';
import { stepIds } from './rule.ts';

const check = (...steps: Parameters<typeof flow>[1]) => messages(stepIds, system({ flows: [flow('fulfil', steps)] }));

it('lets different bodies use the same id', () => {
  expect(check(branch('kind', { a: [step('work', 'x')], b: [step('work', 'x'), returns('1')] }))).toEqual([]);
});

it('reports two steps of one body, at both places', () => {
  const model = system({
    flows: [flow('fulfil', [step('a', 'x', { location: at(3) }), step('a', 'x', { location: at(5) })])],
  });
  expect(found(stepIds, model)).toMatchObject([
    {
      message: "Flow 'fulfil' has two steps 'a'.",
      path: 'flows.fulfil.body.a',
      location: { line: 5 },
      related: [{ location: { line: 3 } }],
    },
  ]);
});

it('looks into bodies', () => {
  expect(check(parallel('all', { one: [map('held', step('a', 'x'), step('a', 'x'))] }))).toEqual([
    "Flow 'fulfil' has two steps 'a' in 'all/one/held'.",
  ]);
});

it('reports parts, cases and nodes of one name', () => {
  const twice = [
    { name: 'p', body: body() },
    { name: 'p', body: body() },
  ];
  const node = { name: 'n', needs: [], call: call('task', 'x'), location: at(1) };
  expect(
    check(
      { ...parallel('a', {}), bodies: twice },
      { ...branch('b', {}), cases: twice },
      { kind: 'race', id: 'c', bodies: twice, location: at(1) },
      { kind: 'graph', id: 'd', nodes: [node, node], location: at(1) },
    ),
  ).toEqual([
    "Flow 'fulfil' has two parts 'p' in 'a'.",
    "Flow 'fulfil' has two cases 'p' in 'b'.",
    "Flow 'fulfil' has two parts 'p' in 'c'.",
    "Flow 'fulfil' has two nodes 'n' in 'd'.",
  ]);
});
