import { expect, test } from 'vitest';
import { modelFile } from '../../model/format/model-file.ts';
import { basics, modelOf } from '../fixtures/read-text.ts';
import { readJson } from './read-json.ts';

const model = await modelOf(basics);
const read = (value: object, format = modelFile) =>
  readJson('/a.json', 'a.json', JSON.stringify(value, null, 1), format);
// A format 0 as there might have been one: tasks were called jobs.
const file = {
  ...modelFile,
  steps: [{ from: 0, upgrade: ({ jobs, ...rest }: Readonly<Record<string, unknown>>) => ({ ...rest, tasks: jobs }) }],
};
const { tasks: jobs, ...rest } = model;

test('a model of an older format is read as one of the present format, with a notice at its place', () => {
  const { system, diagnostics } = read({ ...rest, jobs, schemaVersion: 0 }, file);
  expect(system).toEqual(model);
  expect(diagnostics).toMatchObject([{ code: 'MR1843', severity: 'info', file: 'a.json', line: 3, column: 19 }]);
});

test('what is wrong with an older one is told where it stands', () => {
  expect(read({ ...rest, jobs, schemaVersion: 0, version: 'two' }, file).diagnostics).toMatchObject([
    { code: 'MR1843' },
    { code: 'MR1010', line: 5, column: 13 },
  ]);
});

test.each([
  [2, 'A newer version of Millrace wrote it: use that one.'],
  [0, 'Write it anew from the source.'],
  ['one', "A format is a whole number: 'schemaVersion' was changed by hand."],
])('format %j is refused', (schemaVersion, hint) => {
  const { system, diagnostics } = read({ ...model, schemaVersion });
  expect(system).toBeUndefined();
  expect(diagnostics).toMatchObject([{ code: 'MR1215', severity: 'error', line: 3, column: 19, hint }]);
});

test('a member that would be left out is refused', () => {
  const { system, diagnostics } = read({ ...model, metadata: JSON.parse('{ "team": 1, "__proto__": 2 }') as object });
  expect(system).toBeUndefined();
  expect(diagnostics).toMatchObject([
    { code: 'MR1010', message: expect.stringMatching(/'metadata\.__proto__'.*no member can have this name/) },
  ]);
});
