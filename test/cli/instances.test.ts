import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { InstanceDocument, MachineMetrics } from 'millrace/runtime';
import { initialised, stackTrace, type Project } from './dsl.ts';

const ada = JSON.stringify({ name: 'Ada' });

/** A project in which Ada has come and gone. */
async function visited(): Promise<Project> {
  const it = await initialised('hello');
  for (const event of ['visitorArrived', 'visitorLeft'])
    expect(await it.dsl(['send', 'hello.dsl.ts', event, '--payload', ada])).toMatchObject({ code: 0 });
  return it;
}

async function json<T = Record<string, unknown>>(it: Project, ...args: string[]): Promise<T> {
  const done = await it.dsl(['instances', ...args, '--json']);
  expect(done).toMatchObject({ code: 0 });
  return JSON.parse(done.stdout) as T;
}

test('history and metrics, for people and for programs', async () => {
  using it = await visited();
  const all = await json<{ historySize: number; history: { seq: number; event: string; durationMs: number }[] }>(
    it,
    'history',
    'Ada',
  );
  expect(all).toMatchObject({ machine: 'visitor', id: 'Ada', historySize: 4 });
  expect(all.history.map(({ seq, event }) => [seq, event])).toEqual([
    [4, 'visitorLeft'],
    [3, 'done.run.greeted.greet'],
    [2, 'visitorArrived'],
    [1, ''],
  ]);
  expect(all.history.every(({ durationMs }) => durationMs > 0)).toBe(true);
  const page = await json<typeof all>(it, 'history', 'Ada', '--tail', '2', '--before', '4');
  expect(page.history.map(({ seq }) => seq)).toEqual([3, 2]);
  const shown = await it.dsl(['instances', 'history', 'Ada', '--tail', '1']);
  expect(shown.stdout).toMatch(/^4 .* visitorLeft +inside → outside +\d+\.\d ms/);
  const metrics = await json<MachineMetrics>(it, 'metrics', 'visitor', '--id', 'Ada');
  expect(metrics).toMatchObject({ instance: 'Ada', entries: 4, errorRate: 0, timeInState: { outside: { count: 2 } } });
  expect((await it.dsl(['instances', 'metrics', 'visitor'])).stdout).toMatch(
    /visitor +1 active, 0 done[\s\S]*a step +4 [\s\S]*in greeted +1 /,
  );
  const list = await json<{ instances: unknown[] }>(it, 'list', '--state', 'outside', '--limit', '1');
  expect(list.instances).toMatchObject([
    { id: 'Ada', historySize: 4, lastTransition: { seq: 4, event: 'visitorLeft', before: ['inside'] } },
  ]);
  expect(await json(it, 'list', '--offset', '1')).toEqual({ instances: [] });
});

test('rollback, export and restore drive the database where nobody does', async () => {
  using it = await visited();
  expect(await json(it, 'rollback', 'hello.dsl.ts', 'Ada')).toMatchObject({
    to: 3,
    sequence: 5,
    state: ['inside'],
    driven: true,
  });
  const back = await it.dsl(['instances', 'rollback', 'hello.dsl.ts', 'Ada', '--to', '1']);
  expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('is back at entry 1: outside') });
  await json(it, 'rollback', 'hello.dsl.ts', 'Ada', '--to', '3');

  const one = await it.dsl(['instances', 'export', 'Ada']);
  const document = JSON.parse(one.stdout) as InstanceDocument;
  expect(document).toMatchObject({
    format: 'millrace.instance',
    machine: 'visitor',
    timers: [{ id: 'after.inside.0' }],
  });
  writeFileSync(join(it.root, 'ada.json'), one.stdout);
  const restored = await json(it, 'restore', 'hello.dsl.ts', '--document', '@ada.json', '--id', 'Grace');
  expect(restored).toEqual({ ok: true, restored: [{ machine: 'visitor', id: 'Grace' }], skipped: {}, driven: true });
  expect((await it.dsl(['instances', 'show', 'Grace'])).stdout).toContain('visitor Grace inside (active)');

  const all = await it.dsl(['instances', 'export', '--machine', 'visitor', '--status', 'active']);
  expect(Object.keys(JSON.parse(all.stdout) as object)).toEqual(['visitor/Ada', 'visitor/Grace']);
  const again = await it.dsl(['instances', 'restore', 'hello.dsl.ts', '--document', '-', '--json'], {
    stdin: all.stdout,
  });
  expect(again.code).toBe(1);
  expect(JSON.parse(again.stdout)).toMatchObject({
    ok: false,
    restored: [],
    skipped: { 'visitor/Ada': { code: 'MR3305' }, 'visitor/Grace': { code: 'MR3305' } },
  });
  const elsewhere = ['instances', 'restore', 'hello.dsl.ts', '--document', '-', '--db', 'other.db', '--timers', 'left'];
  expect(await it.dsl(elsewhere, { stdin: all.stdout })).toMatchObject({ code: 0, stdout: '2 restored.\n' });
  expect(await json(it, 'list', '--db', 'other.db', '--state', 'inside')).toMatchObject({ instances: [{}, {}] });
});

test('remove takes an instance away', async () => {
  using it = await visited();
  const refused = await it.dsl(['instances', 'remove', 'hello.dsl.ts', 'Ada']);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/error MR3360: /) });
  const removed = await json(it, 'remove', 'hello.dsl.ts', 'Ada', '--force');
  expect(removed).toEqual({ machine: 'visitor', id: 'Ada', removed: true, driven: true });
  expect(await json(it, 'list')).toEqual({ instances: [] });
});

test('a running owner does what is asked for', async () => {
  using it = await visited();
  const worker = `import { ReactiveSystemRuntime } from 'millrace/runtime';
import hello from './generated/hello/index.ts';
const runtime = new ReactiveSystemRuntime(hello, { db: '.millrace/hello.db' });
await runtime.idle();
console.error('drives');
process.once('SIGTERM', () => void runtime.close());
await new Promise(() => setInterval(() => {}, 1000));
`;
  writeFileSync(join(it.root, 'worker.ts'), worker);
  const owner = spawn(process.execPath, ['worker.ts'], { cwd: it.root, stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    await new Promise((resolve) => owner.stderr.once('data', resolve));
    expect(await json(it, 'rollback', 'hello.dsl.ts', 'Ada')).toMatchObject({ state: ['inside'], driven: false });
    const document = await it.dsl(['instances', 'export', 'Ada']);
    writeFileSync(join(it.root, 'ada.json'), document.stdout);
    const options = ['--document', '@ada.json', '--force'];
    expect(await json(it, 'restore', 'hello.dsl.ts', ...options)).toMatchObject({ ok: true, driven: false });
    expect(await json(it, 'show', 'Ada')).toMatchObject({ state: ['inside'], historySize: 5 });
  } finally {
    owner.kill('SIGKILL');
  }
});

const wrong: readonly (readonly [args: readonly string[], code: number, says: RegExp])[] = [
  [['rollback', 'hello.dsl.ts', 'Ada', '--to', '99'], 1, /error MR3353: .*entries 1 to 4/],
  [['rollback', 'hello.dsl.ts', 'Ada', '--to', 'x'], 2, /error MR2003: --to should be a whole number/],
  [['rollback', 'hello.dsl.ts', 'Adda'], 2, /error MR2014: [\s\S]*Did you mean Ada\?/],
  [['rollback', 'hello.dsl.ts', 'Ada', '--db', 'none.db'], 2, /error MR2014: .*no database/],
  [['history', 'Adda'], 2, /error MR2014: /],
  [['history', 'Ada', '--tail', '-1'], 2, /error MR2003: /],
  [['metrics', 'nothing'], 2, /error MR2014: /],
  [['metrics', 'visitor', '--id', 'Adda'], 2, /error MR2014: /],
  [['export', 'Adda'], 2, /error MR2014: /],
  [['restore', 'hello.dsl.ts', '--document', '{"format":"x"}'], 1, /error MR3354: /],
  [['restore', 'hello.dsl.ts', '--document', '@package.json'], 1, /error MR3354: /],
  [['restore', 'hello.dsl.ts', '--document', '{"a":{}}', '--id', 'x'], 2, /error MR2003: --id/],
  [['restore', 'hello.dsl.ts', '--document', '[]'], 1, /error MR3354: /],
  [['restore', 'hello.dsl.ts', '--document', 'no'], 1, /error MR2009: /],
  [['restore', 'hello.dsl.ts'], 2, /--document/],
];

test('errors speak of flags, documents and names that there are', async () => {
  using it = await visited();
  writeFileSync(join(it.root, 'ada.json'), (await it.dsl(['instances', 'export', 'Ada'])).stdout);
  for (const [args, code, says] of [
    [['restore', 'hello.dsl.ts', '--document', '@ada.json'], 1, /error MR3305: .* or give --force to replace it/],
    [['remove', 'hello.dsl.ts', 'Ada'], 1, /error MR3360: .* Give --force to remove/],
    [['restore', 'hello.dsl.ts', '--document', '@package.json'], 1, /^error MR3354: .* no document of an instance/],
    [['rollback', 'hello.dsl.ts'], 2, /`dsl instances rollback --help`/],
    [['metrics', 'visitr'], 2, /Did you mean visitor\?/],
    [['metrics', 'visitor', '--id', 'Adda'], 2, /Did you mean Ada\?/],
    [['list', '--state', 'outsid'], 0, /No instance matches\. Did you mean --state outside\?/],
    [['list', '--machine', 'visitr'], 0, /No instance matches\. Did you mean --machine visitor\?/],
  ] as const) {
    const done = await it.dsl(['instances', ...args]);
    expect([args, done.code, done.stderr]).toEqual([args, code, expect.stringMatching(says)]);
    expect(done.stderr).not.toMatch(/\{ \w+: true \}/);
  }
  for (const command of ['graph', 'inspect']) {
    const done = await it.dsl([command, 'package.json']);
    expect(done.code).toBe(1);
    expect(`${done.stdout}${done.stderr}`.match(/error MR\d+/g)).toEqual(['error MR1010']);
  }
});

test('what is wrong is said, and nothing is done', async () => {
  using it = await visited();
  for (const [args, code, says] of wrong) {
    const done = await it.dsl(['instances', ...args]);
    expect([args, done.code]).toEqual([args, code]);
    expect(`${done.stdout}${done.stderr}`).toMatch(says);
    expect(done.stderr).not.toMatch(stackTrace);
  }
  expect(await json(it, 'list')).toMatchObject({ instances: [{ id: 'Ada', historySize: 4, state: ['outside'] }] });
});
