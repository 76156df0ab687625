import { expect, test } from 'vitest';
import { system, task } from '../fixtures/nodes.ts';
import { modelFile } from '../format/model-file.ts';
import { hashSystem } from '../hash/hash.ts';
import { parseSnapshot, parseSnapshotFile, printSnapshot, snapshotFile } from './snapshot.ts';

const model = system({ tasks: [task('charge')] });
const history = [{ from: '0.9.0', to: '1.0.0', at: '2026-01-01T00:00:00.000Z' }];
const now = JSON.parse(printSnapshot(model, history)) as Readonly<Record<string, unknown>>;

// Older formats as there might have been: the history was called past, and tasks were called jobs.
const { history: past, ...rest } = now;
const { tasks: jobs, ...others } = model;
const oldSnapshots = {
  ...snapshotFile,
  steps: [{ from: 0, upgrade: ({ past: was, ...more }: typeof now) => ({ ...more, history: was }) }],
};
const oldModels = {
  ...modelFile,
  steps: [{ from: 0, upgrade: ({ jobs: was, ...more }: typeof now) => ({ ...more, tasks: was }) }],
};

test('a snapshot is read back', () => {
  expect(parseSnapshot(now, 's.json')).toEqual({
    snapshot: { format: 1, system: 's', ...now, model },
    diagnostics: [],
  });
});

test('one of an older format is brought up, and still held against its hash', () => {
  const old = { ...rest, past, format: 0 };
  expect(parseSnapshotFile(old, 's.json', oldSnapshots, modelFile)).toEqual(parseSnapshot(now, 's.json'));
  expect(parseSnapshotFile({ ...old, hash: 'x' }, 's.json', oldSnapshots, modelFile)).toMatchObject({
    diagnostics: [{ code: 'MR1811' }],
  });
});

test('one that holds a model of an older format has the hash of what it says now', () => {
  const old = { ...now, hash: 'of the old text', model: { ...others, jobs, schemaVersion: 0 } };
  expect(parseSnapshotFile(old, 's.json', snapshotFile, oldModels)).toMatchObject({
    snapshot: { hash: hashSystem(model), model },
    diagnostics: [{ code: 'MR1843', severity: 'info' }],
  });
});

test.each([
  [{ ...now, format: 2 }, "'s.json': This is a snapshot of format 2; this version of Millrace reads format 1."],
  [
    { ...now, format: 0 },
    "'s.json': This is a snapshot of format 0, from which no step leads on; this version of Millrace reads format 1.",
  ],
])('another format is refused', (json, message) => {
  expect(parseSnapshot(json, 's.json')).toMatchObject({ diagnostics: [{ code: 'MR1810', message }] });
});
