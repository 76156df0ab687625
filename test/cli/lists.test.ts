import { mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { openSqlite, type RunRow } from '../../src/store/index.ts';
import { project, stackTrace } from './dsl.ts';

const run = (id: string, more: Partial<RunRow> = {}): RunRow => ({
  id,
  kind: 'flow',
  target: 'greet',
  hash: 'h',
  registered: false,
  status: 'completed',
  input: '{"name":"Ada"}',
  output: '{"greeting":"Hello"}',
  error: null,
  errors: null,
  metadata: null,
  parent: null,
  parentPath: null,
  machine: null,
  instance: null,
  ref: null,
  since: 0,
  version: null,
  renamed: null,
  priority: 0,
  forked: null,
  created: 1_000,
  updated: 2_500,
  ended: 2_500,
  ...more,
});

/** A database with three runs and two instances. */
function fill(file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const store = openSqlite(file);
  store.transaction((tx) => {
    tx.runs.insert(run('greet-1'));
    const error = JSON.stringify({
      name: 'E',
      message: 'out of ink',
      code: 'MR3100',
      retryable: true,
      fault: 'user-code',
    });
    tx.runs.insert(run('greet-2', { status: 'failed', output: null, error, created: 2_000 }));
    tx.runs.insert(
      run('other-1', {
        target: 'other',
        status: 'waiting',
        output: null,
        ended: null,
        created: 3_000,
        parent: 'greet-1',
      }),
    );
    const line = { run: 'greet-1', path: 'signed', attempt: 1, place: '30:4', at: 1_500 };
    tx.journal.append({ ...line, seq: 1, kind: 'started', name: 'signGuestBook', data: '{"name":"Ada"}' });
    tx.journal.append({ ...line, seq: 2, kind: 'completed', name: null, data: '{"page":1}' });
    for (const [id, state] of [
      ['Ada', 'inside'],
      ['Grace', 'outside'],
    ] as const) {
      const snapshot = JSON.stringify({ state: [state], context: { visits: 1 }, status: 'active' });
      const link = { parentMachine: null, parentInstance: null, parentRef: null, input: null, armed: false };
      const made = { version: null, migrated: null };
      tx.instances.put({
        machine: 'visitor',
        id,
        status: 'active',
        snapshot,
        hash: 'h',
        seq: 1,
        ...link,
        ...made,
        created: 1,
        updated: 2,
      });
    }
    const history = {
      machine: 'visitor',
      instance: 'Ada',
      seq: 1,
      at: 5,
      event: 'visitorArrived',
      payload: '{"name":"Ada"}',
      errors: null,
      kind: 'event' as const,
      more: null,
      armed: null,
      took: 0.25,
    };
    tx.instances.append({ ...history, before: null, after: '["inside"]', context: '{"visits":1}' });
  });
  store.close();
}

test('runs list and show, for people and for programs', async () => {
  using it = project();
  fill(join(it.root, '.millrace/hello.db'));
  const list = await it.dsl(['runs', 'list']);
  expect(list).toMatchObject({ code: 0, stderr: '' });
  expect(list.stdout.split('\n').map((line) => line.split(/ {2,}/)[0])).toEqual([
    'RUN',
    'other-1',
    'greet-2',
    'greet-1',
    '',
  ]);
  expect(list.stdout).toContain('MR3100 out of ink');
  const ids = async (...args: string[]): Promise<string[]> =>
    (JSON.parse((await it.dsl(['runs', 'list', '--json', ...args])).stdout) as { runs: { id: string }[] }).runs.map(
      ({ id }) => id,
    );
  expect(await ids()).toEqual(['other-1', 'greet-2', 'greet-1']);
  expect(await ids('--status', 'failed', 'waiting')).toEqual(['other-1', 'greet-2']);
  expect(await ids('--flow', 'greet', '--limit', '1')).toEqual(['greet-2']);
  const show = await it.dsl(['runs', 'show', 'greet-1']);
  expect(show.stdout).toMatch(/greet greet-1 completed[\s\S]*started +signed +signGuestBook[\s\S]*completed +signed/);
  expect(JSON.parse((await it.dsl(['runs', 'show', 'greet-1', '--json'])).stdout)).toMatchObject({
    id: 'greet-1',
    flow: 'greet',
    status: 'completed',
    input: { name: 'Ada' },
    output: { greeting: 'Hello' },
    durationMs: 1_500,
    children: ['other-1'],
    journal: [
      { seq: 1, kind: 'started', path: 'signed', data: { name: 'Ada' } },
      { seq: 2, kind: 'completed', data: { page: 1 } },
    ],
  });
});

test('instances list and show', async () => {
  using it = project();
  fill(join(it.root, 'some.db'));
  const list = await it.dsl(['instances', 'list', '--db', 'some.db', '--state', 'inside', '--json']);
  expect(JSON.parse(list.stdout)).toMatchObject({
    instances: [{ machine: 'visitor', id: 'Ada', state: ['inside'], context: { visits: 1 } }],
  });
  expect((await it.dsl(['instances', 'list', '--db', 'some.db'])).stdout).toMatch(/visitor +Ada +inside +active/);
  expect((await it.dsl(['instances', 'show', 'Ada', '--db', 'some.db'])).stdout).toMatch(/visitorArrived +· → inside/);
  expect(JSON.parse((await it.dsl(['instances', 'show', 'Ada', '--db', 'some.db', '--json'])).stdout)).toMatchObject({
    id: 'Ada',
    history: [{ event: 'visitorArrived', before: null, after: ['inside'], payload: { name: 'Ada' } }],
  });
});

test('what is not there is said, with what is', async () => {
  using it = project();
  expect(await it.dsl(['runs', 'list'])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error MR2012: /) });
  fill(join(it.root, '.millrace/a.db'));
  expect((await it.dsl(['runs', 'show', 'greet-3'])).stderr).toMatch(
    /^error MR2013: .*\n {2}hint: Did you mean greet-/,
  );
  expect((await it.dsl(['instances', 'show', 'Adda'])).stderr).toMatch(/^error MR2014: .*\n {2}hint: Did you mean Ada/);
  expect((await it.dsl(['runs', 'list', '--status', 'fialed'])).stderr).toMatch(
    /^error MR2003: .*\n {2}hint: Did you mean failed/,
  );
  fill(join(it.root, '.millrace/b.db'));
  expect((await it.dsl(['runs', 'list'])).stderr).toMatch(/^error MR2012: .*a\.db.*b\.db/);
});

const bad: Readonly<Record<string, (file: string) => void>> = {
  'not SQLite': (file) => writeFileSync(file, 'Dear diary,\n'.repeat(1000)),
  truncated: (file) => {
    fill(file);
    truncateSync(file, 5000);
  },
  'of another program': (file) => {
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE t (x)');
    db.close();
  },
  'of a newer Millrace': (file) => {
    fill(file);
    const db = new DatabaseSync(file);
    db.exec('PRAGMA user_version = 999; PRAGMA journal_mode = DELETE');
    db.close();
  },
  'a folder': (file) => {
    mkdirSync(file);
  },
  missing: () => {},
  empty: (file) => writeFileSync(file, ''),
};

test.each(Object.entries(bad))('a database that is %s is refused and left as it was', async (_name, make) => {
  using it = project();
  const file = join(it.root, 'x.db');
  make(file);
  const look = (): unknown => {
    try {
      return readFileSync(file).toString('latin1');
    } catch (thrown) {
      return (thrown as NodeJS.ErrnoException).code;
    }
  };
  const before = look();
  for (const args of [
    ['runs', 'list'],
    ['instances', 'list'],
    ['runs', 'show', 'x'],
  ]) {
    const done = await it.dsl([...args, '--db', 'x.db']);
    expect(done).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/^error MR3\d{3}: /) });
    expect(done.stderr).not.toMatch(stackTrace);
    const json = await it.dsl([...args, '--db', 'x.db', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, error: { code: expect.stringMatching(/^MR3/) } });
  }
  expect(look()).toBe(before);
  // Beside it SQLite may leave the (empty) files of its log.
  expect(readdirSync(it.root).filter((name) => /^x\.db(?!-wal|-shm)/.test(name)).length).toBe(
    before === 'ENOENT' ? 0 : 1,
  );
});
