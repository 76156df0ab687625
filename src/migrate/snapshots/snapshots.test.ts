import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { printSnapshot } from '../../model/index.ts';
import { system, task } from '../../model/fixtures/nodes.ts';
import { keptVersions, newestSnapshot, readSnapshot, snapshotPath } from './snapshots.ts';

let folder = '';
let entry = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'snapshots-'));
  entry = join(folder, 'shop.dsl.ts');
});
afterEach(() => rmSync(folder, { recursive: true }));

const keep = (version: string, text: string): void => {
  const path = snapshotPath(entry, version);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
const shop = (version: string, name = 'shop') => system({ name, version, tasks: [task('charge')] });
const history = [{ from: '0.9.0', to: '1.0.0', at: '2026-01-01T00:00:00.000Z', description: 'the first' }];
const read = (version: string) => readSnapshot({ version, path: snapshotPath(entry, version) }, folder, 'shop');

test('what was written is read, and the newest is found', () => {
  const model = shop('1.0.0');
  for (const version of ['1.0.0', '1.10.0', '1.9.0', '2.0.0-beta.1', '2.0.0+build.7'])
    keep(version, printSnapshot(shop(version), history));
  for (const other of ['latest', 'v1.0.0', '1.0']) keep(other, '{');
  expect(keptVersions(entry).map(({ version }) => version)).toEqual([
    '1.0.0',
    '1.9.0',
    '1.10.0',
    '2.0.0-beta.1',
    '2.0.0+build.7',
  ]);
  expect(read('1.0.0').snapshot).toMatchObject({ format: 1, system: 'shop', version: '1.0.0', model, history });
  expect(newestSnapshot(entry, folder, 'shop', '1.99.0').snapshot?.version).toBe('1.10.0');
  expect(newestSnapshot(entry, folder, 'shop', '0.1.0')).toEqual({ diagnostics: [] });
});

test('equal systems give equal bytes', () => {
  const model = shop('1.0.0');
  const shuffled = Object.fromEntries(Object.entries(model).toReversed()) as typeof model;
  expect(printSnapshot(shuffled, [])).toBe(printSnapshot(model, []));
});

test.each<[string, string, (text: string) => string, RegExp]>([
  ['a changed model', 'MR1811', (text) => text.replaceAll('charge', 'refund'), /was changed after it was written/],
  ['a changed version', 'MR1811', (text) => text.replace('"version":"1.0.0"}', '"version":"3.0.0"}'), /was changed/],
  ['another format', 'MR1810', (text) => text.replace('"format":1', '"format":2'), /of format 2/],
  ['a bare model', 'MR1810', (text) => JSON.stringify((JSON.parse(text) as { model: unknown }).model), /no snapshot/],
  ['a history that is none', 'MR1810', (text) => text.replace('"history":[', '"history":[7,'), /no list/],
  ['a model that is none', 'MR1200', (text) => text.replace('"kind":"task"', '"kind":"tusk"'), /In 'snapshots.*tasks/],
  ['no JSON', 'MR1812', (text) => text.slice(0, 40), /cannot be read/],
  ['another system', 'MR1812', () => printSnapshot(shop('1.0.0', 'bank'), []), /of system 'bank'/],
  ['another version', 'MR1812', () => printSnapshot(shop('1.0.1'), []), /holds version 1.0.1/],
])('%s is refused with %s', (_, code, change, message) => {
  const text = printSnapshot(shop('1.0.0'), history);
  keep('1.0.0', change(text));
  expect(readFileSync(snapshotPath(entry, '1.0.0'), 'utf8')).not.toBe(text);
  const { snapshot, diagnostics } = read('1.0.0');
  expect(snapshot).toBeUndefined();
  expect(diagnostics).toMatchObject([{ code, message: expect.stringMatching(message) }]);
});

test('a snapshot that is not there', () => {
  expect(read('7.0.0').diagnostics).toMatchObject([{ code: 'MR1812', file: 'snapshots/7.0.0.json' }]);
});
