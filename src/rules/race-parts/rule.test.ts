import { expect, it } from 'vitest';
import { at, body, flow, parallel, step, system } from '../../model/fixtures/nodes.ts';
import type { StepNode } from '../../model/index.ts';
import { found } from '../fixtures/found.ts';
import { raceParts } from './rule.ts';

const race = (...names: readonly string[]): StepNode => ({
  kind: 'race',
  id: 'r',
  bodies: names.map((name) => ({ name, body: body(step('s', 't')) })),
  location: at(7),
});
const check = (...steps: readonly StepNode[]) => found(raceParts, system({ flows: [flow('f', steps)] }));

it('is content with two parts', () => {
  expect(check(race('a', 'b'))).toEqual([]);
  expect(check(parallel('p', {}))).toEqual([]);
});

it('refuses a race without parts, wherever it stands', () => {
  expect(check(parallel('p', { x: [race()] }))).toMatchObject([
    {
      message: "Nobody can win the race 'p/x/r' of flow 'f': it has no parts.",
      location: { line: 7 },
      path: 'flows.f.body.p/x/r',
    },
  ]);
});

it('warns of a race with one', () => {
  expect(check(race('a'))).toMatchObject([
    { severity: 'warning', message: "Only 'a' takes part in the race 'r' of flow 'f'." },
  ]);
});
