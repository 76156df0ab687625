import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openMemory } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { anyEvent, anyFlow, anyTask, at, bind, code } from '../../runtime/fixtures/bind.ts';
import { door } from '../../runtime/fixtures/door.ts';
import { checkDatabase } from './index.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-check-'));
  await fill(join(folder, 'good.db'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A database with something of every kind, most of it waiting. */
async function fill(db: string): Promise<void> {
  const work = anyTask('work');
  const told = anyEvent('told');
  const inner = anyFlow('inner', (host) => host.sleep('nap', '1h', at));
  const system = bind({
    events: [told, anyEvent('opened'), anyEvent('closed'), anyEvent('passed')],
    tasks: [code(work, (input) => input)],
    flows: [
      inner,
      anyFlow('done', (host) => host.step('one', () => work(1), at)),
      anyFlow('calls', (host) => host.child('inner', () => ({ contract: inner.contract, input: 1 }), at)),
      anyFlow('waits', async (host) => {
        await host.receive('first', told, { ...at, match: () => ({ n: 1 }) });
        await host.receive('second', told, { ...at, match: () => ({ n: 2 }), timeout: '1h' });
      }),
    ],
    machines: [
      door('door', (_, event) =>
        event.name === 'open'
          ? { to: 'open', effects: [{ type: 'schedule', id: 't', delay: 1e6, event: { name: 'tick' } }] }
          : undefined,
      ),
    ],
  });
  const runtime = new ReactiveSystemRuntime(system, { db, logger: silentLogger });
  await runtime.executeFlow('done', 1, { id: 'done' });
  for (const flow of ['calls', 'waits']) await runtime.start(flow, 1, { id: flow });
  await runtime.sendEvent('told', { n: 1 });
  await runtime.sendEvent('opened', { id: 'A' });
  await runtime.idle();
  await runtime.close();
}

it('finds nothing where all is well', () => {
  expect(checkDatabase(join(folder, 'good.db'))).toEqual([]);
});

it.each([
  ['journal', 'run done', `DELETE FROM journal WHERE run = 'done' AND seq = 1`],
  ['journal', 'run done', `INSERT INTO journal VALUES ('done', 3, 1, 'completed', 'one', 'work', 1, '', '1')`],
  ['journal', 'run done', `UPDATE journal SET path = 'two' WHERE run = 'done' AND seq = 1`],
  ['run', 'run done', `UPDATE runs SET ended = NULL WHERE id = 'done'`],
  ['run', 'run done', `UPDATE runs SET status = 'failed' WHERE id = 'done'`],
  ['json', 'run done', `UPDATE runs SET output = '{"half' WHERE id = 'done'`],
  ['json', 'run done line 2', `UPDATE journal SET data = '{"half' WHERE run = 'done' AND seq = 2`],
  ['child', 'run calls', `DELETE FROM runs WHERE parent = 'calls'`],
  ['child', 'run calls/inner', `UPDATE runs SET status = 'completed', output = '1', ended = 1 WHERE id = 'calls'`],
  ['child', 'run calls/inner', `DELETE FROM journal WHERE run = 'calls'`],
  ['child', 'run calls/inner', `UPDATE runs SET status = 'completed', ended = 1 WHERE id = 'calls/inner'`],
  ['timer', 'run calls/inner', `DELETE FROM timers WHERE kind = 'sleep'`],
  ['timer', 'run waits', `DELETE FROM waits WHERE run = 'waits'`],
  ['wait', 'run waits', `DELETE FROM waits WHERE run = 'waits'`],
  ['timer', 'run gone', `UPDATE timers SET target = 'gone' WHERE kind = 'sleep'`],
  ['timer', 'instance door B', `UPDATE timers SET part = 'B' WHERE kind = 'machine'`],
  ['event', 'run waits', `DELETE FROM consumed`],
  ['event', 'cursor', `UPDATE meta SET value = '9' WHERE name = 'cursor'`],
  ['event', /^event evt/, `UPDATE events SET result = NULL WHERE seq = 1`],
  ['instance', 'instance door A', `DELETE FROM instance_history WHERE seq = 2`],
  ['instance', 'instance door A', `UPDATE instances SET status = 'done'`],
  ['json', 'instance door A', `UPDATE instances SET snapshot = '{'`],
  ['json', 'request 1', `INSERT INTO inbox (kind, request, at) VALUES ('start', '{', 1)`],
  ['file', 'journal of run lost', `INSERT INTO journal VALUES ('lost', 1, 1, 'started', 'one', 'work', 1, '', '1')`],
  ['file', 'history of instance door A', `DELETE FROM instances`],
])('finds a broken %s: %s', (rule, where, sql) => {
  const file = join(folder, 'bad.db');
  rmSync(file, { force: true });
  const db = new DatabaseSync(join(folder, 'good.db'));
  db.exec(`VACUUM INTO '${file}'`);
  db.close();
  const bad = new DatabaseSync(file);
  bad.exec(sql);
  bad.close();
  const found = checkDatabase(file).filter((violation) => violation.rule === rule);
  expect(found.map(({ at: place }) => place)).toContainEqual(
    typeof where === 'string' ? where : expect.stringMatching(where),
  );
});

it('finds money that is set aside for no call, and calls that have set none aside', () => {
  const store = openMemory();
  const row = { currency: 'USD', spent: 1, reserved: 5 };
  store.transaction((tx) => {
    tx.budgets.put({ ...row, account: 'total' });
    tx.budgets.put({ ...row, account: 'run a', spent: -1 });
    for (const [id, accounts] of [
      ['c', '["total"]'],
      ['d', '["run b"]'],
      ['e', '["total","run a"]'],
      ['f', 'x'],
    ] as const)
      tx.budgets.reserve({ id, accounts, micros: 5, currency: 'USD', at: 1, holder: 'h' });
  });
  expect(checkDatabase(store).map(({ rule, at, message }) => `${rule} ${at}: ${message}`)).toEqual([
    "json reservation f: 'accounts' is not JSON: x",
    'budget run a: -1 millionths are spent',
    'budget total: 5 millionths are set aside, and 10 by calls that are under way',
    'budget run b: calls that are under way count towards it, and it is not there',
  ]);
  store.transaction((tx) => {
    for (const id of ['c', 'd', 'f']) tx.budgets.release(id);
    tx.budgets.put({ ...row, account: 'run a' });
  });
  expect(checkDatabase(store)).toEqual([]);
});
