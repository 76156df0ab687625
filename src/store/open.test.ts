import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from './index.ts';
import { steps } from './sqlite/schema.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-open-'));
  file = join(folder, 'test.db');
});
afterEach(() => {
  chmodSync(folder, 0o755);
  rmSync(folder, { recursive: true, force: true });
});

/** Opening must fail with `code`, and the file stay as it is. */
function refuses(code: string, options: { readonly readOnly?: boolean } = {}): void {
  const before = readFileSync(file);
  expect(() => openSqlite(file, options)).toThrow(expect.objectContaining({ name: 'StoreError', code }));
  expect(readFileSync(file).equals(before)).toBe(true);
}

function ours(): void {
  const store = openSqlite(file);
  store.transaction((tx) => tx.meta.set('a', '1'));
  store.close();
}

describe('a file that is not ours is refused and left as it is', () => {
  it('when it is no database', () => {
    writeFileSync(file, 'once upon a time '.repeat(1000));
    refuses('MR3003');
    refuses('MR3003', { readOnly: true });
  });

  it('when it belongs to another program', () => {
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE theirs (x); INSERT INTO theirs VALUES (1)');
    db.close();
    refuses('MR3003');
    refuses('MR3003', { readOnly: true });
  });

  it('when it is of a newer schema', () => {
    ours();
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${steps.length + 1}`);
    db.close();
    refuses('MR3004');
  });

  it('when its header is damaged', () => {
    ours();
    const bytes = readFileSync(file);
    bytes.fill(0xff, 0, 64);
    writeFileSync(file, bytes);
    refuses('MR3003');
  });
});

it('says that a page is damaged when it comes upon it', () => {
  ours();
  const bytes = readFileSync(file);
  bytes.fill(0xff, 4096);
  writeFileSync(file, bytes);
  expect(() => {
    const store = openSqlite(file);
    store.transaction((tx) => tx.meta.set('a', '2'));
  }).toThrow(expect.objectContaining({ code: 'MR3009' }));
});

it('refuses folders, missing folders and, for reading, missing files', () => {
  const code = (path: string, options = {}): unknown => {
    try {
      openSqlite(path, options).close();
      return 'opened';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  mkdirSync(join(folder, 'sub'));
  expect(code(join(folder, 'sub'))).toBe('MR3008');
  expect(code(join(folder, 'no', 'such.db'))).toBe('MR3008');
  expect(code(file, { readOnly: true })).toBe('MR3008');
  writeFileSync(file, '');
  expect(code(file)).toBe('opened');
  expect(code(file, { readOnly: true })).toBe('opened');
});

it('reads beside a writer, and cannot write', () => {
  ours();
  const writer = openSqlite(file);
  const reader = openSqlite(file, { readOnly: true });
  writer.transaction((tx) => tx.meta.set('a', '7'));
  expect(reader.tables.meta.get('a')).toBe('7');
  expect(() => reader.transaction((tx) => tx.meta.set('a', '8'))).toThrow(expect.objectContaining({ code: 'MR3007' }));
  reader.close();
  writer.close();
});

it('says that it is locked', { timeout: 20_000 }, () => {
  ours();
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  const store = openSqlite(file);
  expect(() => store.transaction(() => {})).toThrow(expect.objectContaining({ code: 'MR3001', retryable: true }));
  other.exec('ROLLBACK');
  store.transaction((tx) => tx.meta.set('a', '3'));
  store.close();
  other.close();
});

describe('a file of an older schema', () => {
  function older(): void {
    const db = new DatabaseSync(file);
    db.exec(steps[0] ?? '');
    db.exec('PRAGMA application_id = 0x4d696c6c; PRAGMA user_version = 1');
    db.exec(`INSERT INTO timers VALUES ('machine m i 1 after.a.0', 7, 'machine', 'machine m', 'i 1', '{}'), ('r', 9, 'run', 'r', '', NULL);
      INSERT INTO instances VALUES ('m', 'i', 'active', '{"state":["a"]}', 'h', 1, NULL, NULL, NULL, 1, 2);
      INSERT INTO runs VALUES ('r', 'flow', 'f', 'h', 0, 'waiting', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 1, 2, NULL);
      INSERT INTO instance_history VALUES ('m', 'i', 1, 2, '', NULL, NULL, '["a"]', '{}', NULL)`);
    db.close();
  }

  it.each([false, true])('is brought up to date, and nothing in it is lost (read only: %s)', (readOnly) => {
    older();
    const store = openSqlite(file, { readOnly });
    const { timers, instances } = store.tables;
    expect(timers.of('machine m', 'i 1').map(({ name, due }) => [name, due])).toEqual([['after.a.0', 7]]);
    expect(timers.get('r')).toMatchObject({ name: null, due: 9 });
    expect(instances.get('m', 'i')).toMatchObject({ status: 'active', armed: true, input: null });
    expect(instances.get('m', 'i')).toMatchObject({ version: null, migrated: null });
    expect(store.tables.runs.alive('waiting', '', 9)).toMatchObject([{ id: 'r', version: null, renamed: null }]);
    expect(store.tables.migrations.list()).toEqual([]);
    expect(instances.history('m', 'i', {})).toMatchObject([{ kind: 'event', more: null, armed: null, took: null }]);
    store.close();
    const db = new DatabaseSync(file, { readOnly: true });
    expect(db.prepare('PRAGMA user_version').get()).toEqual({ user_version: steps.length });
    db.close();
  });
});
