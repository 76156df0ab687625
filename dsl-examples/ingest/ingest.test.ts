import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import system from '../../generated/ingest/index.ts';
import { entryFile } from './library/library.ts';

let root: string;
let folder: string;
let index: string;
let runtime: ReactiveSystemRuntime;
const open = (): ReactiveSystemRuntime =>
  new ReactiveSystemRuntime(system, { db: join(root, 'ingest.db'), logger: silentLogger });

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'millrace-ingest-'));
  folder = join(root, 'documents');
  index = join(root, 'index');
  cpSync(fileURLToPath(new URL('./documents', import.meta.url)), folder, { recursive: true });
  runtime = open();
});
afterEach(async () => {
  await runtime.close();
  rmSync(root, { recursive: true, force: true });
});

const ingest = () => runtime.executeFlow('ingestFolder', { folder, index });
const readIndex = () =>
  JSON.parse(readFileSync(join(index, 'index.json'), 'utf8')) as {
    documents: { path: string; title: string }[];
    words: Record<string, { path: string; count: number }[]>;
  };

it('makes an index of real files, and leaves out what no reader knows', async () => {
  const { success, output } = await ingest();
  expect(success).toBe(true);
  expect(output).toMatchObject({ documents: 5, indexed: 5, unchanged: 0 });
  const { documents, words } = readIndex();
  expect(documents.map(({ path, title }) => `${path}: ${title}`)).toEqual([
    "handbook.md: The keeper's handbook",
    'letters/answer.txt: To the miller',
    'letters/miller.txt: To the keeper of the race',
    'stock/timber.csv: item, wood, length cm, pieces',
    'stock/tools.csv: tool, place, state',
  ]);
  expect(words['oak']).toEqual([
    { path: 'stock/timber.csv', count: 3 },
    { path: 'letters/answer.txt', count: 1 },
    { path: 'letters/miller.txt', count: 1 },
  ]);
  expect(words['squared']).toEqual([{ path: 'stock/timber.csv', count: 1 }]);
});

it('reads again only what has changed', async () => {
  await ingest();
  const before = statSync(entryFile(index, 'handbook.md')).mtimeMs;
  writeFileSync(join(folder, 'letters/answer.txt'), 'Elm it is.\n');
  expect((await ingest()).output).toMatchObject({ documents: 5, indexed: 1, unchanged: 4 });
  expect(statSync(entryFile(index, 'handbook.md')).mtimeMs).toBe(before);
  expect(readIndex().words['elm']).toEqual([{ path: 'letters/answer.txt', count: 1 }]);
  rmSync(join(folder, 'stock'), { recursive: true });
  expect((await ingest()).output).toMatchObject({ documents: 3, indexed: 0, unchanged: 3 });
});

it('names the row of a ragged table', async () => {
  writeFileSync(join(folder, 'stock/tools.csv'), 'tool,place\nmallet,mill\nadze\n');
  const { success, error } = await ingest();
  expect(success).toBe(false);
  expect(error?.message).toContain('stock/tools.csv: row 3 has 1 cells, the header has 2');
});

it('goes on in the next process with the first document that is not done', async () => {
  const { runId } = await runtime.start('ingestFolder', { folder, index }, { id: 'night' });
  // Ends when the first child run is over.
  await new Promise<void>((resolve) => {
    runtime.on((event) => {
      if (event.type === 'run.completed') resolve();
    });
  });
  const done = runtime.reader.runs({ target: 'ingestDocument', status: ['completed'] }).map(({ id }) => id);
  expect(done.length).toBeGreaterThan(0);
  expect(runtime.status(runId)?.status).not.toBe('completed');
  await runtime.close();
  runtime = open();
  const { success, output } = await runtime.result(runId);
  expect(success).toBe(true);
  expect(output).toMatchObject({ documents: 5, indexed: 5 });
  for (const id of done) for (const step of runtime.reader.steps(id)) expect(step.attempts).toBeLessThanOrEqual(1);
  expect(runtime.reader.runs({ target: 'ingestDocument' })).toHaveLength(6);
});

it('starts by itself when documents arrive', async () => {
  await runtime.sendEvent('documentsArrived', { folder, index });
  await runtime.idle();
  expect(runtime.list({ target: 'ingestFolder' })).toMatchObject([{ status: 'completed' }]);
  expect(runtime.reader.events({ name: 'folderIngested' })).toHaveLength(1);
});
