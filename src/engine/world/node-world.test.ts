import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../core/index.ts';
import { taskContract, type TaskNeeds } from '../../flow/index.ts';
import { implement, runAttempt, silentLogger, type AttemptRequest, type TaskContext } from '../../tasks/index.ts';
import { nodeFiles } from './files.ts';
import { nodeWorld, type NodeWorldOptions } from './node-world.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'millrace-world-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function trying(needs: TaskNeeds, options: NodeWorldOptions = {}, more: Partial<AttemptRequest> = {}) {
  const job = taskContract('job', {
    input: z.unknown(),
    output: z.unknown(),
    policy: {},
    needs,
    source: 'a.dsl.ts:1:1',
  });
  return async (work: (context: TaskContext) => unknown): Promise<unknown> => {
    const outcome = await runAttempt({
      contract: job,
      implementation: implement(job, (_, context) => work(context)),
      input: 1,
      attempt: 1,
      runId: 'r',
      step: 's',
      idempotencyKey: 'key',
      clock: systemClock(),
      logger: silentLogger,
      world: nodeWorld(options),
      ...more,
    });
    return outcome.ok ? outcome.value : outcome.error.code;
  };
}

async function serve(answer: (url: string) => { readonly status: number; readonly headers?: Record<string, string> }) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? '-'}`);
    if (request.url === '/never') return;
    const { status, headers = {} } = answer(request.url ?? '');
    response.writeHead(status, headers).end(`at ${request.url}`);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

it('reads and writes what is declared, whole', async () => {
  const root = folder();
  writeFileSync(join(root, 'in.txt'), 'in');
  const run = trying({ fs: ['in.txt', 'out/**'] }, { root });
  expect(
    await run(async ({ fs }) => {
      await fs.write('out/a/b.txt', await fs.readText('in.txt'));
      await fs.write('out/a/b.txt', new Uint8Array([111, 107]));
      await fs.write('out/gone', '');
      await fs.remove('out/gone');
      await fs.remove('out/gone');
      return [
        await fs.readText('out/a/b.txt'),
        await fs.list('.'),
        await fs.list('out/none'),
        await fs.exists('out/a'),
      ];
    }),
  ).toEqual(['ok', ['in.txt', 'out/a/b.txt'], [], false]);
  expect(readdirSync(join(root, 'out/a'))).toEqual(['b.txt']);
  expect(await run(({ fs }) => fs.readText('out/none'))).toBe('MR3155');
  expect(await run(({ fs }) => fs.readText('out/a'))).toBe('MR3155');
  expect(await run(({ fs }) => fs.write('out/a/b.txt/c', ''))).toMatch(/^E/);
});

it('lets neither .. nor a symbolic link lead out', async () => {
  const [root, secret] = [folder(), folder()];
  writeFileSync(join(secret, 'key'), 'secret');
  mkdirSync(join(root, 'out/in'), { recursive: true });
  writeFileSync(join(root, 'out/in/real.txt'), 'real');
  symlinkSync(secret, join(root, 'out/folder'));
  symlinkSync(join(secret, 'key'), join(root, 'out/file'));
  symlinkSync(join(secret, 'new'), join(root, 'out/dangling'));
  symlinkSync(join(root, 'out/in'), join(root, 'out/inside'));
  symlinkSync(join(root, 'out'), join(root, 'way'));
  const run = trying({ fs: ['out/**'] }, { root });
  const paths = [
    'out/folder/key',
    'out/file',
    `out/../../${secret.slice(1)}/key`,
    join(secret, 'key'),
    '../key',
    'way/in/real.txt',
  ];
  for (const path of paths) {
    expect([path, await run(({ fs }) => fs.readText(path))]).toEqual([path, 'MR3150']);
    expect([path, await run(({ fs }) => fs.exists(path))]).toEqual([path, 'MR3150']);
    expect([path, await run(({ fs }) => fs.write(path, 'evil'))]).toEqual([path, 'MR3150']);
    expect([path, await run(({ fs }) => fs.remove(path))]).toEqual([path, 'MR3150']);
  }
  expect(await run(({ fs }) => fs.write('out/folder/new/deep', 'evil'))).toBe('MR3150');
  // Written to where there is a link to nothing: the link is replaced, what it points to is not made.
  await run(({ fs }) => fs.write('out/dangling/deep', 'evil'));
  await run(({ fs }) => fs.write('out/dangling', 'x'));
  expect(readdirSync(secret)).toEqual(['key']);
  expect(readFileSync(join(secret, 'key'), 'utf8')).toBe('secret');
  expect(await run(({ fs }) => fs.list('out/folder'))).toBe('MR3150');
  expect(await run(({ fs }) => fs.list('out'))).toEqual(['out/dangling', 'out/in/real.txt']);
  const entered = await nodeFiles(() => root).below(root, (at) => at.endsWith('/out'));
  expect(entered).toEqual([join(root, 'out/dangling')]);
  execFileSync('/bin/sh', ['-c', 'mkfifo "$0"', join(root, 'out/pipe')]);
  expect(await run(({ fs }) => fs.readText('out/pipe'))).toBe('MR3155');
  expect(await run(({ fs }) => fs.readText('out/inside/real.txt'))).toBe('real');
});

it('asks declared hosts at declared ports only, and redirects are asked for, too', async () => {
  const other = await serve(() => ({ status: 200 }));
  const { port, asked } = await serve((url) =>
    url === '/out'
      ? { status: 302, headers: { location: `http://127.0.0.1:${other.port}/stolen` } }
      : url === '/in'
        ? { status: 307, headers: { location: '/end' } }
        : { status: 200 },
  );
  const at = `http://127.0.0.1:${port}`;
  const run = trying({ net: [`127.0.0.1:${port}`] });
  expect(await run(async ({ fetch }) => (await fetch(`${at}/in`, { method: 'POST', body: 'x' })).text())).toBe(
    'at /end',
  );
  expect(await run(({ fetch }) => fetch(`${at}/out`))).toBe('MR3150');
  expect(await run(({ fetch }) => fetch(`http://127.0.0.1:${other.port}/`))).toBe('MR3150');
  expect(other.asked).toEqual([]);
  expect(asked).toEqual(['POST /in -', 'POST /end -', 'GET /out -']);
  const both = trying({ net: [`127.0.0.1:${port}`, `127.0.0.1:${other.port}`] });
  const headers = { authorization: 'secret' };
  expect(await both(async ({ fetch }) => (await fetch(`${at}/out`, { headers })).text())).toBe('at /stolen');
  expect(other.asked).toEqual(['GET /stolen -']);
});

it('ends a request with its attempt', async () => {
  const { port } = await serve(() => ({ status: 200 }));
  let ended: unknown;
  const run = trying({ net: [`127.0.0.1:${port}`] }, {}, { timeoutMs: 100 });
  expect(
    await run(async ({ fetch }) => {
      await fetch(`http://127.0.0.1:${port}/never`).catch((error: unknown) => {
        ended = error;
      });
    }),
  ).toBe('MR3103');
  await expect.poll(() => ended).toMatchObject({ code: 'MR3103' });
});

it('gives declared variables, and resources where the runtime says that they are', async () => {
  const root = folder();
  const file = join(root, 'books.db');
  const database = new DatabaseSync(file);
  database.exec("CREATE TABLE books (id INTEGER, title TEXT); INSERT INTO books VALUES (1, 'a'), (2, 'b')");
  database.close();
  const { port, asked } = await serve(() => ({ status: 200 }));
  const needs: TaskNeeds = {
    env: ['A', '__proto__'],
    resources: [
      { name: 'books', type: 'database' },
      { name: 'shop', type: 'http', env: ['TOKEN'], options: { baseUrl: 'https://shop.test/v1' } },
      { name: 'nowhere', type: 'database' },
    ],
  };
  const resources = { books: { file }, shop: { baseUrl: `http://127.0.0.1:${port}/v1/` } };
  const run = trying(needs, { root, resources, env: { A: '1', TOKEN: 't' } });
  expect(await run(({ env }) => [env('A'), env('__proto__') ?? null])).toEqual(['1', null]);
  expect(await run(({ env }) => env('TOKEN'))).toBe('MR3150');
  expect(
    await run(async ({ resource }) => {
      const shop = resource('shop');
      return (await shop.fetch('/items', { headers: { authorization: shop.env('TOKEN')! } })).text();
    }),
  ).toBe('at /v1/items');
  expect(asked).toEqual(['GET /v1/items t']);
  expect(await run(({ resource }) => resource('shop').fetch('../admin'))).toBe('MR3150');
  expect(
    await run(({ resource }) =>
      resource('shop')
        .fetch('//evil.test/')
        .then((answer) => answer.text()),
    ),
  ).toBe('at /v1/evil.test/');
  const rows = (sql: string, ...parameters: (string | number | null)[]) =>
    run(({ resource }) => resource('books').rows(sql, parameters));
  expect(await rows('SELECT title FROM books WHERE id > ? ORDER BY upper(title)', 1)).toEqual([{ title: 'b' }]);
  expect(
    await rows('WITH RECURSIVE n(x) AS (SELECT 1 UNION SELECT x + 1 FROM n WHERE x < 3) SELECT count(*) c FROM n'),
  ).toEqual([{ c: 3 }]);
  const other = join(root, 'other.db');
  for (const sql of [
    'DELETE FROM books',
    'DROP TABLE books',
    `ATTACH '${other}' AS o`,
    'PRAGMA journal_mode = wal',
    `VACUUM INTO '${other}'`,
  ])
    expect([sql, await rows(sql)]).toEqual([sql, 'ERR_SQLITE_ERROR']);
  expect(existsSync(other)).toBe(false);
  expect(await run(({ resource }) => resource('nowhere').rows('SELECT 1'))).toBe('MR3153');
});
