import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { taskContract, type EvidencePack, type Host, type TaskPolicy } from 'millrace/flow';
import { openSqlite, type Store } from 'millrace/store';
import type { TaskImplementation } from 'millrace/tasks';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { open } from '../fixtures/noting-tasks.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-evidence-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const path = (name: string): string => join(folder, name);

type Scope = { readonly input: string; readonly output: string };
const proven = (name: string, evidence: EvidencePack<Scope>, policy: TaskPolicy = {}) =>
  taskContract(name, { input: z.string(), output: z.string(), policy, evidence, source: 'test.dsl.ts:1:1' });
const file: EvidencePack<Scope> = { claims: [{ kind: 'fileExists', options: { path: ({ output }) => output } }] };

/** A task that writes a file and gives its path, and notes that it ran. */
const writes = (contract: ReturnType<typeof proven>, ran: string[]): TaskImplementation =>
  code(contract, (name: string, { idempotencyKey }) => {
    ran.push(`${name} ${idempotencyKey.slice(0, 8)}`);
    writeFileSync(path(name), name);
    return path(name);
  });
const names = (ran: readonly string[]): string[] => ran.map((line) => line.split(' ')[0] ?? '');
const die = (runtime: ReturnType<typeof open>, store: Store): void => {
  runtime.abandon();
  store.transaction((tx) => tx.owner.release());
};

describe('at commit', () => {
  const retried = { retry: { attempts: 3, delay: '1ms' } } as const;

  it('a result whose evidence does not hold is a failed attempt, and a proven one says so', async () => {
    const job = proven(
      'job',
      {
        claims: [
          ...file.claims,
          {
            kind: 'fileSha256',
            name: 'content',
            options: { path: ({ output }) => output, sha256: createHash('sha256').update('good').digest('hex') },
          },
        ],
      },
      retried,
    );
    const runtime = open({
      tasks: [
        code(job, (name: string, { attempt }) => {
          if (attempt > 1) writeFileSync(path(name), attempt === 2 ? 'bad' : 'good');
          return path(name);
        }),
      ],
      flows: [anyFlow('f', (host) => host.step('x', () => job('a'), at))],
    });
    const errors: unknown[] = [];
    runtime.on((event) => {
      if (event.type === 'step.retrying')
        errors.push([
          event.error.code,
          event.error.retryable,
          ((event.error.details ?? {})['evidence'] as { ok: boolean }[]).map(({ ok }) => ok),
        ]);
    });
    const { runId, success } = await runtime.executeFlow('f');
    expect(success).toBe(true);
    expect(errors).toEqual([
      ['MR3132', true, [false, false]],
      ['MR3132', true, [true, false]],
    ]);
    expect(runtime.reader.steps(runId)).toMatchObject([
      {
        path: 'x',
        status: 'completed',
        attempts: 3,
        evidence: { ok: true, summary: '2 of 2 hold', items: [{ ok: true }, { ok: true, claim: { name: 'content' } }] },
      },
    ]);
    await runtime.close();
  });

  it('fails the step for good when no attempt proves it, and at once when there is no claim', async () => {
    const never = proven('never', file, retried);
    const empty = proven('empty', { claims: [] }, retried);
    const ran: string[] = [];
    const runtime = open({
      tasks: [code(never, () => (ran.push('never'), path('nope'))), code(empty, () => (ran.push('empty'), 'x'))],
    });
    expect(await runtime.executeTask('never', 'a')).toMatchObject({
      success: false,
      retries: 2,
      error: { code: 'MR3132', name: 'EvidenceError' },
    });
    expect(await runtime.executeTask('empty', 'a')).toMatchObject({
      success: false,
      retries: 0,
      error: { code: 'MR3132', retryable: false },
    });
    expect(ran).toEqual(['never', 'never', 'never', 'empty']);
    await runtime.close();
  });

  it('takes some of several claims when that is the rule, and 137 is not 0', async () => {
    const exit = (actual: number): EvidencePack<Scope>['claims'][number] => ({ kind: 'exitCode', options: { actual } });
    const some = proven('some', { claims: [exit(0), exit(137)], atLeast: 1 });
    const none = proven('none', { claims: [exit(137), exit(1)], atLeast: 1 });
    const runtime = open({ tasks: [code(some, () => 'x'), code(none, () => 'x')] });
    expect(await runtime.executeTask('some', 'a')).toMatchObject({ success: true });
    expect(await runtime.executeTask('none', 'a')).toMatchObject({ success: false, error: { code: 'MR3132' } });
    await runtime.close();
  });

  it('looks for rows in a SQLite file or by code, and changes nothing', async () => {
    const books = new DatabaseSync(path('books.db'));
    books.exec(`CREATE TABLE paid (id TEXT, cents INTEGER, note TEXT); INSERT INTO paid VALUES ('A''1', 42, NULL)`);
    const row = (where: object, values?: object): EvidencePack<Scope> => ({
      claims: [
        {
          kind: 'row',
          options: {
            resource: 'books',
            table: 'paid',
            where: where as never,
            ...(values === undefined ? {} : { values: values as never }),
          },
        },
      ],
    });
    const found = proven('found', row({ id: "A'1" }, { cents: 42, note: null }));
    const other = proven('other', row({ id: "A'1" }, { cents: 43 }));
    // In some dialects a name in double quotes that is no column is a text: it must not be one here.
    const column = proven('column', row({ nope: 'nope' }));
    const table = proven('table', {
      claims: [{ kind: 'row', options: { resource: 'books', table: 'nope', where: { id: 'x' } } }],
    });
    const coded = proven('coded', {
      claims: [{ kind: 'row', options: { resource: 'code', table: 't', where: ({ input }) => ({ id: input }) } }],
    });
    const seen: unknown[] = [];
    const runtime = open(
      { tasks: [found, other, column, table, coded].map((contract) => code(contract, () => 'x')) },
      {
        resources: {
          books: { file: path('books.db') },
          code: { row: (of: string, where: object) => (seen.push([of, where]), Promise.resolve({ id: 'a' })) },
        },
      },
    );
    const ok = async (name: string) => (await runtime.executeTask(name, 'a')).success;
    expect([await ok('found'), await ok('other'), await ok('column'), await ok('table'), await ok('coded')]).toEqual([
      true,
      false,
      false,
      false,
      true,
    ]);
    expect(seen).toEqual([['t', { id: 'a' }]]);
    await runtime.close();
    books.close();
  });

  it('a resource that is not configured refutes nothing: coded, not tried again, nothing forgotten, nobody goes back', async () => {
    const books = new DatabaseSync(path('books.db'));
    books.exec(`CREATE TABLE paid (id TEXT); INSERT INTO paid VALUES ('a')`);
    books.close();
    const resources = { books: { row: () => ({ id: 'a' }) } };
    const options = { resource: 'books', table: 'paid', where: { id: 'a' } };
    const job = proven('job', { claims: [{ kind: 'row', options }] }, retried);
    let ran = 0;
    const store = openSqlite(':memory:');
    const gate = anyTask('gate');
    const parts = {
      tasks: [
        code(job, async (_: string, { checkpoint }) => {
          ran++;
          await checkpoint('half');
          return 'x';
        }),
        code(gate, () => new Promise(() => {})),
      ],
      flows: [
        anyFlow('f', async (host: Host) => {
          await host.step('one', () => job('a'), at);
          await host.step('gate', () => gate(), at);
        }),
      ],
    };
    const first = open(parts, { store, db: undefined });
    const { runId } = await first.start('f');
    const { error } = await first.result(runId);
    expect(error).toMatchObject({ code: 'MR3140', retryable: false, details: { resource: 'books' } });
    expect(store.tables.progress.get(runId, 'one')).toBeDefined();
    expect(ran).toBe(1);
    await first.close();

    const second = open(parts, { store, db: undefined, resources });
    await second.retry(runId);
    await expect.poll(() => second.reader.steps(runId).at(-1)?.path).toBe('gate');
    die(second, store);

    const third = open(parts, { store, db: undefined });
    await third.idle();
    expect(third.status(runId)).toMatchObject({ status: 'blocked', error: { code: 'MR3281' } });
    expect(store.tables.journal.of(runId).filter(({ kind }) => kind === 'verified')).toHaveLength(1);
    await third.close();
  });

  it('trusts nothing that a step has kept once its evidence fails: its tools run again, its state is gone', async () => {
    const job = proven('job', file, retried);
    let ran = 0;
    const states: unknown[] = [];
    const runtime = open({
      tasks: [
        code(job, async (name: string, { tool, state, checkpoint, attempt }) => {
          states.push(state);
          await tool('write', name, () => (ran++, attempt > 1 && writeFileSync(path(name), ''), null));
          await checkpoint(attempt);
          return path(name);
        }),
      ],
    });
    expect(await runtime.executeTask('job', 'a')).toMatchObject({ success: true, retries: 1 });
    expect(ran).toBe(2);
    expect(states).toEqual([undefined, undefined]);
    await runtime.close();
  });
});

describe('before a run goes on in another process', () => {
  const a = proven('a', file);
  const b = proven('b', file);
  const c = proven('c', file);
  const gate = anyTask('gate');
  const linear = anyFlow('f', async (host: Host) => {
    await host.step('one', () => a('one'), at);
    await host.step('two', () => b('two'), at);
    await host.step('three', () => c('three'), at);
    await host.step('gate', () => gate(), at);
  });

  async function resumed(gone: readonly string[], flow = linear, change?: (store: Store) => void) {
    const store = openSqlite(':memory:');
    const ran: string[] = [];
    let closed = true;
    const reached = Promise.withResolvers<void>();
    const parts = {
      tasks: [
        writes(a, ran),
        writes(b, ran),
        writes(c, ran),
        code(gate, (_: never, { signal }) => {
          if (!closed) return 'through';
          reached.resolve();
          return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('dead'))));
        }),
      ],
      flows: [flow],
    };
    const first = open(parts, { store, db: undefined });
    const { runId } = await first.start('f');
    await reached.promise;
    die(first, store);
    const before = ran.splice(0);
    for (const name of gone) rmSync(path(name));
    closed = false;
    change?.(store);
    const second = open(parts, { store, db: undefined });
    const result = await second.result(runId);
    const lines = store.tables.journal.of(runId);
    const steps = second.reader.steps(runId);
    await second.idle();
    await second.close();
    return { result, before, ran, lines, steps };
  }

  it('repeats nothing when the last checkpoint holds', async () => {
    const { result, ran, lines } = await resumed([]);
    expect(result).toMatchObject({ success: true });
    expect(ran).toEqual([]);
    expect(lines.some(({ kind }) => kind === 'rewound')).toBe(false);
  });

  it('trusts what lies before a checkpoint that holds', async () => {
    const { result, ran } = await resumed(['one']);
    expect(result).toMatchObject({ success: true });
    expect(ran).toEqual([]);
    expect(existsSync(path('one'))).toBe(false);
  });

  it('goes back to just before the last one when that does not hold, under another key', async () => {
    const { result, before, ran, steps, lines } = await resumed(['three']);
    expect(result).toMatchObject({ success: true });
    expect(names(ran)).toEqual(['three']);
    expect(before).not.toContain(ran[0]);
    expect(steps.map(({ path: step, status, evidence }) => [step, status, evidence?.ok])).toEqual([
      ['one', 'completed', true],
      ['two', 'completed', true],
      ['three', 'completed', true],
      ['gate', 'completed', undefined],
    ]);
    const told = lines
      .filter(({ kind }) => kind === 'verified' || kind === 'rewound')
      .map(({ kind, path: of, data }) => [kind, of, (JSON.parse(data ?? '') as { ok?: boolean }).ok]);
    expect(told).toEqual([
      ['verified', 'one/~evidence', true],
      ['verified', 'two/~evidence', true],
      ['verified', 'three/~evidence', true],
      ['verified', 'three/~evidence', false],
      ['rewound', 'three', undefined],
      ['verified', 'three/~evidence', true],
    ]);
  });

  it('falls back further as long as earlier evidence fails, too', async () => {
    expect(names((await resumed(['two', 'three'])).ran)).toEqual(['two', 'three']);
    expect(names((await resumed(['one', 'two', 'three'])).ran)).toEqual(['one', 'two', 'three']);
  });

  it('keeps what ran beside it', async () => {
    const parallel = anyFlow('f', async (host: Host) => {
      await host.all(
        'both',
        { left: (part) => part.step('x', () => a('one'), at), right: (part) => part.step('y', () => b('two'), at) },
        at,
      );
      await host.step('gate', () => gate(), at);
    });
    const { result, ran } = await resumed(['one'], parallel);
    expect(result).toMatchObject({ success: true });
    expect(names(ran)).toEqual(['one']);
    expect(names((await resumed(['two', 'one'], parallel)).ran).sort()).toEqual(['one', 'two']);
  });

  it('takes evidence that cannot be read for evidence that does not hold', async () => {
    const { result, ran } = await resumed([], linear, (store) =>
      store.transaction((tx) => {
        const line = tx.journal.of(tx.runs.list({})[0]?.id ?? '').findLast(({ kind }) => kind === 'verified');
        if (line !== undefined) tx.journal.put({ ...line, data: '{"ok":true}' });
      }),
    );
    expect(result).toMatchObject({ success: true });
    expect(names(ran)).toEqual(['three']);
  });

  it('is looked at for waiting runs when they wake, and a cancelled run is not taken back', async () => {
    const store = openSqlite(':memory:');
    const ran: string[] = [];
    const flow = anyFlow('f', async (host: Host) => {
      await host.step('one', () => a('one'), at);
      await host.sleep('nap', '1s', at);
    });
    const parts = { tasks: [writes(a, ran)], flows: [flow] };
    mkdirSync(path('x'));
    const first = open(parts, { store, db: undefined, clock: { factor: 20 } });
    const { runId } = await first.start('f');
    const { runId: cancelled } = await first.start('f');
    await first.idle();
    die(first, store);
    rmSync(path('one'));
    const second = open(parts, { store, db: undefined });
    await second.cancel(cancelled);
    expect(await second.result(cancelled)).toMatchObject({ status: 'cancelled' });
    expect(await second.result(runId)).toMatchObject({ success: true });
    expect(names(ran)).toEqual(['one', 'one', 'one']);
    expect(store.tables.journal.of(cancelled).some(({ kind }) => kind === 'rewound')).toBe(false);
    await second.close();
  });
});

it('a cached result whose evidence does not hold any more is made anew', async () => {
  const cached = proven('cached', file, { cache: { ttl: '1h' } });
  const ran: string[] = [];
  const runtime = open({ tasks: [writes(cached, ran)] });
  await runtime.executeTask('cached', 'a');
  await runtime.executeTask('cached', 'a');
  expect(names(ran)).toEqual(['a']);
  rmSync(path('a'));
  expect(await runtime.executeTask('cached', 'a')).toMatchObject({ success: true });
  expect(names(ran)).toEqual(['a', 'a']);
  await runtime.close();
});
