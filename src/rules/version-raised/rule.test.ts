import { expect, it } from 'vitest';
import { event, schema, system, task } from '../../model/fixtures/nodes.ts';
import type { SchemaRelation } from '../../model/index.ts';
import { found, messages } from '../fixtures/found.ts';
import { versionRaised } from './rule.ts';

const kept = (version: string, relation: SchemaRelation = 'unknown') => ({
  model: system({ version, tasks: [task('charge')] }),
  file: `snapshots/${version}.json`,
  compareSchemas: () => relation,
});
const changed = (version: string) =>
  system({ version, tasks: [task('charge', { input: schema('z.int()') })], events: [event('new')] });

it.each([
  ['1.0.0', '1.0.0'],
  ['1.0.0', '1.9.0'],
  ['0.4.0', '0.4.9'],
])('warns when %s became %s and something breaks', (before, after) => {
  expect(found(versionRaised, changed(after), { kept: kept(before) })).toMatchObject([
    {
      message: expect.stringMatching(/is too little after .*The schema of the input of task 'charge'/),
      context: { ids: ['tasks.charge.input'] },
    },
  ]);
});

it.each([
  ['1.0.0', '2.0.0'],
  ['0.4.0', '0.5.0'],
])('is content when %s became %s', (before, after) => {
  expect(messages(versionRaised, changed(after), { kept: kept(before) })).toEqual([]);
});

it('says nothing of what breaks nobody, of what could not be read, and where nothing is kept', () => {
  expect(messages(versionRaised, changed('1.0.0'), { kept: kept('1.0.0', 'wider') })).toEqual([]);
  expect(messages(versionRaised, changed('1.0.0'), { kept: kept('1.0.0'), partial: true })).toEqual([]);
  expect(messages(versionRaised, changed('1.0.0'))).toEqual([]);
});
