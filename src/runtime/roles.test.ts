import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { Client, ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, at, bind } from './fixtures/bind.ts';
import { door } from './fixtures/door.ts';

const kid = anyFlow('kid', async (_host, input) => input);
const system = bind({
  flows: [
    anyFlow('echo', async (_host, input) => input),
    kid,
    anyFlow('parent', (host) => host.child('kid', () => ({ contract: kid.contract, input: 1 }) as never, at)),
  ],
  events: [anyEvent('heard'), anyEvent('opened'), anyEvent('closed'), anyEvent('passed')],
  machines: [door('door', () => undefined)],
});
let folder: string;
let owner: ReactiveSystemRuntime;
let client: Client;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'roles-'));
  const db = join(folder, 'a.db');
  owner = new ReactiveSystemRuntime(system, { db, logger: silentLogger });
  client = new Client(system, { db });
});
afterEach(async () => {
  await client.close();
  await owner.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.each(['owner', 'client'] as const)('the %s', (role) => {
  const millrace = () => (role === 'owner' ? owner : client);
  const odd: Readonly<Record<string, unknown>> = {
    NaN: { a: Number.NaN },
    Map: new Map([[1, 2]]),
    function: { a: () => 1 },
    hole: [1, undefined],
    bigint: 5n,
    date: new Date(Number.NaN),
  };
  it.each(Object.keys(odd))('refuses a value that JSON would change: %s', async (name) => {
    const value = odd[name];
    await expect(millrace().start('echo', value)).rejects.toMatchObject({ code: 'MR3206' });
    await expect(millrace().executeFlow('echo', value)).rejects.toMatchObject({ code: 'MR3206' });
    await expect(millrace().start('echo', 1, { metadata: { value } })).rejects.toMatchObject({ code: 'MR3206' });
    await expect(millrace().sendEvent('heard', value)).rejects.toMatchObject({ code: 'MR3302' });
    await expect(millrace().create('door', { id: 'a', context: { value } })).rejects.toMatchObject({ code: 'MR3307' });
    expect(owner.reader.events()).toEqual([]);
    expect(owner.list()).toEqual([]);
  });

  it('takes what JSON has', async () => {
    const value = { a: [1, null, 'x'], at: new Date(0), nothing: undefined };
    expect(await millrace().executeFlow('echo', value, { metadata: { a: 1 } })).toMatchObject({
      output: { a: [1, null, 'x'], at: '1970-01-01T00:00:00.000Z' },
    });
    expect(await millrace().executeFlow('echo')).toMatchObject({ success: true, output: undefined });
  });

  it.each(['P/kid', 'door:a:2.0', 'P~2'])(
    'refuses the id %s, which a run that Millrace starts could have',
    async (id) => {
      await expect(millrace().start('echo', 1, { id })).rejects.toMatchObject({ code: 'MR3218' });
      expect(await millrace().executeFlow('parent', 1, { id: 'P' })).toMatchObject({ success: true, output: 1 });
    },
  );
});

it.each([
  ['send', '{}'],
  ['send', 'null'],
  ['send', '{broken'],
  ['start', '{"kind":"flow"}'],
  ['start', '{"kind":"flow","target":"echo","id":7}'],
  ['start', '{"kind":"flow","target":"echo","idempotencyKey":{}}'],
  ['cancel', '{"runId":[]}'],
  ['create', '[]'],
  ['constructor', '{}'],
])('answers a malformed request once: %s %s', async (kind, request) => {
  const store = openSqlite(join(folder, 'a.db'));
  const id = store.transaction((tx) => tx.inbox.insert({ kind, request, at: 0 }));
  await expect.poll(() => store.tables.inbox.get(id)?.answer).toEqual(expect.any(String));
  expect(JSON.parse(store.tables.inbox.get(id)?.answer ?? '')).toMatchObject({
    error: { code: 'MR3404', fault: 'input', retryable: false },
  });
  expect(store.tables.inbox.pending()).toEqual([]);
  store.close();
});
