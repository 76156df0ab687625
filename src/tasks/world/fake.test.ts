import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../core/index.ts';
import { taskContract, type TaskNeeds } from '../../flow/index.ts';
import { implement, runAttempt, silentLogger, type AttemptRequest, type TaskContext } from '../index.ts';
import { fakeWorld } from './fake.ts';
import type { Fakes } from './world.ts';

function trying(needs: TaskNeeds | undefined, fakes: Fakes = {}) {
  const world = fakeWorld(fakes);
  const job = taskContract('job', {
    input: z.unknown(),
    output: z.unknown(),
    policy: {},
    source: 'a.dsl.ts:1:1',
    ...(needs && { needs }),
  });
  const run = async (work: (context: TaskContext) => unknown, more: Partial<AttemptRequest> = {}): Promise<unknown> => {
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
      world,
      ...more,
    });
    if (outcome.ok) return outcome.value;
    const { code, retryable, message } = outcome.error;
    return { code, retryable, message };
  };
  return { world, run };
}

it('refuses what is not declared, and says what to write', async () => {
  const { run } = trying({ net: ['api.test', '*.cdn.test', 'localhost:8080'], fs: ['out/**/*.txt'], env: ['A'] });
  const refused = async (work: (context: TaskContext) => unknown, write: string) => {
    expect(await run(work)).toEqual({
      code: 'MR3150',
      retryable: false,
      message: expect.stringContaining(`Write needs: { ${write} } in its declaration.`) as string,
    });
  };
  await refused(({ fetch }) => fetch('https://evil.test/'), "net: ['evil.test']");
  await refused(({ fetch }) => fetch('https://api.test:8443/x'), "net: ['api.test:8443']");
  await refused(({ fetch }) => fetch('https://xapi.test/'), "net: ['xapi.test']");
  await refused(({ fetch }) => fetch('https://cdn.test/'), "net: ['cdn.test']");
  await refused(({ fetch }) => fetch('http://localhost/'), "net: ['localhost']");
  await refused(({ fs }) => fs.readText('out/a.json'), "fs: ['out/a.json']");
  await refused(({ fs }) => fs.readText('out/../secret.txt'), "fs: ['secret.txt']");
  await refused(({ fs }) => fs.readText('out/../../../etc/passwd'), "fs: ['/etc/passwd']");
  await refused(({ fs }) => fs.write('/etc/passwd', ''), "fs: ['/etc/passwd']");
  await refused(({ fs }) => fs.list('other'), "fs: ['other']");
  await refused(({ fs }) => fs.remove('a.txt'), "fs: ['a.txt']");
  await refused(({ env }) => env('B'), "env: ['B']");
  await refused(({ resource }) => resource('db').name, 'resources: [db]');
  expect(await run(({ fetch }) => fetch('ftp://api.test/'))).toMatchObject({ code: 'MR3153' });
  expect(await run(({ fetch }) => fetch('/relative'))).toMatchObject({ code: 'MR3153' });
  expect(await trying(undefined).run(({ fs }) => fs.exists('a'))).toMatchObject({ code: 'MR3150' });
  expect(await trying({ net: ['https://a.test/x'] }).run(({ fetch }) => fetch('https://a.test/x'))).toMatchObject({
    code: 'MR3151',
  });
});

it('answers requests with what is written down: each exchange once, in order, the last one again', async () => {
  const { run, world } = trying(
    { net: ['api.test', '*.cdn.test'] },
    {
      fetch: [
        { url: 'https://api.test/a/*', status: 503 },
        { url: 'https://api.test/a/*', json: { n: 1 } },
        { method: 'POST', url: 'https://api.test/a/1', body: { x: 1, y: [2] }, status: 201, text: 'made' },
        { url: 'https://eu.cdn.test/*.png', status: 204, headers: { etag: 'e' } },
      ],
    },
  );
  expect(
    await run(async ({ fetch }) => {
      const first = await fetch('https://api.test/a/1');
      const second = await fetch('https://api.test/a/2');
      const third = await fetch(new Request('https://api.test/a/3'));
      const made = await fetch('https://api.test/a/1', { method: 'post', body: '{"y":[2],"x":1}' });
      const image = await fetch('https://eu.cdn.test/a.png');
      return [
        first.status,
        await second.json(),
        (await third.json()) as unknown,
        [made.status, await made.text(), made.url],
        [image.status, image.headers.get('etag'), image.body],
      ];
    }),
  ).toEqual([503, { n: 1 }, { n: 1 }, [201, 'made', 'https://api.test/a/1'], [204, 'e', null]]);
  expect(world.asked.map(({ method, url }) => `${method} ${url}`)).toHaveLength(5);
  expect(world.asked[3]).toEqual({ method: 'POST', url: 'https://api.test/a/1', body: '{"y":[2],"x":1}' });
  expect(await run(({ fetch }) => fetch('https://api.test/a/1', { method: 'POST', body: '{"x":2}' }))).toMatchObject({
    code: 'MR3152',
    message: expect.stringContaining('POST https://api.test/a/1') as string,
  });
});

it('follows a redirect only to what is declared, without the secrets of the first host', async () => {
  const to = (location: string, status = 302) => ({ status, headers: { location } });
  const { run, world } = trying(
    { net: ['a.test', 'b.test'] },
    {
      fetch: [
        { url: 'https://a.test/in', ...to('/there') },
        { url: 'https://a.test/there', text: 'here' },
        { url: 'https://a.test/out', ...to('https://evil.test/') },
        { url: 'https://a.test/other', ...to('https://b.test/') },
        { url: 'https://b.test/', text: 'b' },
        { method: 'POST', url: 'https://a.test/post', ...to('/there', 303) },
        { method: 'PUT', url: 'https://a.test/put', ...to('/put2', 307) },
        { method: 'PUT', url: 'https://a.test/put2', body: 'kept', text: 'put' },
        { url: 'https://a.test/round', ...to('/round') },
      ],
    },
  );
  expect(
    await run(async ({ fetch }) => {
      const answer = await fetch('https://a.test/in');
      return [await answer.text(), answer.redirected, answer.url];
    }),
  ).toEqual(['here', true, 'https://a.test/there']);
  expect(await run(({ fetch }) => fetch('https://a.test/out'))).toMatchObject({ code: 'MR3150' });
  expect(await run(async ({ fetch }) => (await fetch('https://a.test/out', { redirect: 'manual' })).status)).toBe(302);
  expect(await run(({ fetch }) => fetch('https://a.test/in', { redirect: 'error' }))).toMatchObject({ code: 'MR3100' });
  expect(
    await run(async ({ fetch }) => (await fetch('https://a.test/post', { method: 'POST', body: 'x' })).text()),
  ).toBe('here');
  expect(
    await run(async ({ fetch }) => (await fetch('https://a.test/put', { method: 'PUT', body: 'kept' })).text()),
  ).toBe('put');
  expect(await run(({ fetch }) => fetch('https://a.test/round'))).toMatchObject({
    message: expect.stringContaining('more than 20 redirects') as string,
  });
  expect(world.asked.filter(({ url }) => url.includes('evil'))).toEqual([]);
});

it('keeps files as they are left, and gives what is below a folder', async () => {
  const { run, world } = trying(
    { fs: ['out/**', 'in.txt'] },
    { files: { 'in.txt': 'ä', 'out/b/1.txt': 'b', 'x.txt': '' } },
  );
  expect(
    await run(async ({ fs }) => {
      await fs.write('out/a.txt', await fs.readText('./in.txt'));
      await fs.write('out/c.bin', new Uint8Array([104, 105]));
      await fs.remove('out/b/1.txt');
      await fs.remove('out/none');
      return [
        await fs.list('out'),
        await fs.list('.'),
        await fs.exists('out/b/1.txt'),
        (await fs.readBytes('in.txt')).length,
      ];
    }),
  ).toEqual([['out/a.txt', 'out/c.bin'], ['in.txt', 'out/a.txt', 'out/c.bin'], false, 2]);
  expect(world.files()).toEqual({ 'in.txt': 'ä', 'out/a.txt': 'ä', 'out/c.bin': 'hi', 'x.txt': '' });
  expect(await run(({ fs }) => fs.readText('out/none'))).toMatchObject({ code: 'MR3155', retryable: false });
});

it('gives declared resources: their secrets, paths below their address, and rows', async () => {
  const needs: TaskNeeds = {
    resources: [
      { name: 'shop', type: 'http', env: ['TOKEN'], options: { baseUrl: 'https://shop.test/v1', plan: 'a' } },
      { name: 'books', type: 'database' },
    ],
  };
  const { run, world } = trying(needs, {
    resources: {
      shop: {
        env: { TOKEN: 't' },
        fetch: [
          { url: '/items/*', json: [1] },
          { url: 'x', method: 'POST', status: 201 },
        ],
      },
      books: { rows: [{ sql: 'SELECT * FROM books WHERE id = ?', gives: [{ id: 1 }] }] },
    },
  });
  expect(
    await run(async ({ resource }) => {
      const shop = resource('shop');
      const items = await shop.fetch('items/7', { headers: { authorization: shop.env('TOKEN')! } });
      const made = await shop.fetch('/x', { method: 'POST' });
      const rows = await resource('books').rows('SELECT *\n  FROM books WHERE id = ?', [1]);
      return [shop.options['plan'], await items.json(), made.status, rows];
    }),
  ).toEqual(['a', [1], 201, [{ id: 1 }]]);
  expect(world.asked.map(({ url }) => url)).toEqual(['/items/7', '/x']);
  const code = async (work: (context: TaskContext) => unknown) => ((await run(work)) as { code: string }).code;
  expect(await code(({ resource }) => resource('shop').env('OTHER'))).toBe('MR3150');
  expect(await code(({ resource }) => resource('shop').fetch('https://evil.test/'))).toBe('MR3150');
  expect(await code(({ resource }) => resource('shop').fetch('none'))).toBe('MR3152');
  // Its host may be asked without it, too: then the exchanges of hosts answer.
  expect(await code(({ fetch }) => fetch('https://shop.test/v1/items/7'))).toBe('MR3152');
  expect(await code(({ fetch }) => fetch('https://shop.test:8443/v1/items/7'))).toBe('MR3150');
  expect(await code(({ resource }) => resource('shop').rows('SELECT 1'))).toBe('MR3153');
  expect(await code(({ resource }) => resource('books').fetch('/'))).toBe('MR3153');
  expect(await code(({ resource }) => resource('books').rows('DELETE FROM books'))).toBe('MR3152');
});

it('has its own time and ids; without it, ids come of the key and are the same in each attempt', async () => {
  const { run } = trying({}, { now: 5 });
  const two = ({ now, newId }: TaskContext) => [now(), newId(), newId()];
  expect(await run(two)).toEqual([5, '00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002']);
  const real = { world: undefined, idempotencyKey: '0123456789abcdef'.repeat(4) } as unknown as AttemptRequest;
  const [, first, second] = (await run(two, real)) as [number, string, string];
  expect(await run(two, { ...real, attempt: 2 })).toMatchObject([expect.any(Number), first, second]);
  expect(first).not.toBe(second);
  for (const id of [first, second]) expect(z.uuid().safeParse(id).success).toBe(true);
  expect(await run(({ fetch }) => fetch('https://a.test'), real)).toMatchObject({ code: 'MR3154', retryable: false });
});

it('needs nothing of Node: it can be bundled into a sandbox', async () => {
  const file = new URL('fake.ts', import.meta.url).pathname;
  const { metafile } = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
  });
  const imported = Object.values(metafile.outputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  expect(imported).toEqual([]);
});
