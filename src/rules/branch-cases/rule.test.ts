import { expect, it } from 'vitest';
import { branch, flow, system } from '../../model/fixtures/nodes.ts';
import { messages } from '../fixtures/found.ts';
import { branchCases } from './rule.ts';

const of = (...cases: readonly string[]): readonly string[] =>
  messages(
    branchCases,
    system({ flows: [flow('f', [branch('b', Object.fromEntries(cases.map((name) => [name, []])))])] }),
  );

it.each([
  ["Branch 'b' of flow 'f' has no case 'false'.", ['true']],
  ["Branch 'b' of flow 'f' has no case 'true'.", ['false']],
  ["Branch 'b' of flow 'f' has no cases.", []],
])('%s', (message, cases) => {
  expect(of(...cases)).toEqual([message]);
});

it.each([[['true', 'false']], [['low', 'high']], [['low']]])('is content with %j', (cases) => {
  expect(of(...cases)).toEqual([]);
});
