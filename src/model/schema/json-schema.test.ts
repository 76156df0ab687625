import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anySystem } from '../fixtures/arbitrary.ts';
import {
  branch,
  event,
  flow,
  go,
  machine,
  on,
  parallel,
  state,
  step,
  system,
  task,
  waitFor,
} from '../fixtures/nodes.ts';
import { systemJsonSchema } from './json-schema.ts';
import { parseSystem } from './parse.ts';

const validate = new Ajv2020({ strict: false }).compile(systemJsonSchema());
const plain = (model: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(model)) as Record<string, unknown>;

const example = system({
  events: [event('paid', { ttl: '7d' })],
  tasks: [task('charge', { retry: { attempts: 3, delay: '2s' } })],
  flows: [
    flow('fulfil', [
      step('a', 'charge'),
      branch('b', { x: [parallel('c', { d: [step('e', 'charge')] })] }),
      waitFor('f', 'paid'),
    ]),
  ],
  machines: [machine('order', [state('open', { states: [state('inner', { on: [on('paid', go('open'))] })] })])],
});

/** One change that makes the example no model. */
const corruptions: Readonly<Record<string, (model: Record<string, never>) => void>> = {
  'an unknown kind of step': (model) => Object.assign(model['flows']!['fulfil']['body']['steps'][0], { kind: 'stepp' }),
  'a step without its call': (model) =>
    delete (model['flows']!['fulfil']['body']['steps'][0] as { call?: unknown }).call,
  'an unknown member deep in a body': (model) =>
    Object.assign(model['flows']!['fulfil']['body']['steps'][1]['cases'][0]['body']['steps'][0], { extra: 1 }),
  'a wrong duration': (model) => Object.assign(model['events']!['paid'], { ttl: '7 days' }),
  'no attempt at all': (model) => Object.assign(model['tasks']!['charge']['retry'], { attempts: 0 }),
  'a state of no type': (model) =>
    Object.assign(model['machines']!['order']['states'][0]['states'][0], { type: 'odd' }),
  'a line 0': (model) => Object.assign(model['location']!, { line: 0 }),
  'a wrong version': (model) => Object.assign(model, { version: '1' }),
  'a missing map': (model) => delete (model as { tasks?: unknown }).tasks,
};

describe('systemJsonSchema', () => {
  it('is what docs/model.schema.json says', () => {
    const file = new URL('../../../docs/model.schema.json', import.meta.url);
    // When stale: node tools/model-schema.ts
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(systemJsonSchema());
  });

  it('accepts a model', () => {
    validate(plain(example));
    expect(validate.errors).toBeNull();
  });

  it('accepts every model that the types allow', () => {
    fc.assert(
      fc.property(anySystem, (model) => {
        expect(validate(plain(model))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it.each(Object.entries(corruptions))('refuses %s, as parsing does', (_name, corrupt) => {
    const model = plain(example);
    corrupt(model as Record<string, never>);
    expect(validate(model)).toBe(false);
    expect(parseSystem(model).system).toBeUndefined();
  });
});
