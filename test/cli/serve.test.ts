import { execSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { restateIsInstalled } from '../../src/restate/fixtures/installed.ts';
import { askSql } from '../../src/restate/server/admin.ts';
import { freePorts } from '../../src/restate/server/taken.ts';
import { project, type Project } from './dsl.ts';

const source = (version: string, second: string): string => `import { event, flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('shop', { version: '${version}' });

export const paid = event('paid', { payload: z.object({ id: z.string() }), ttl: '1h' });
export const pack = task('pack', { input: z.object({ ms: z.number() }), output: z.string(), timeout: '60s' });

export const order = flow('order', { input: z.object({ id: z.string(), ms: z.number() }), output: z.string() }, (f) => f
  .step('packed', ({ input }) => pack({ ms: input.ms }))
  .waitFor('payment', paid, { match: { id: ({ input }) => input.id }, timeout: '1h', onTimeout: 'fail' })
  .step('${second}', () => pack({ ms: 1 }))
  .returns(({ packed }) => packed));
`;

const files = {
  'shop.dsl.ts': source('1.0.0', 'sent'),
  'tasks/pack.ts': `import { setTimeout as wait } from 'node:timers/promises';
import { implement } from 'millrace/tasks';
import { pack } from '../generated/shop/contracts.ts';

export default implement(pack, async ({ ms }) => {
  await wait(ms);
  return 'packed once';
});
`,
};

interface Place {
  readonly it: Project;
  readonly admin: string;
  readonly ingress: string;
  readonly port: string;
  readonly addresses: readonly string[];
}

/** A project, and ports for what it starts. */
async function place(): Promise<Place & Disposable> {
  const it = project(files);
  const [admin, ingress, port] = await freePorts(3);
  const at = { admin: `http://127.0.0.1:${admin}`, ingress: `http://127.0.0.1:${ingress}` };
  const addresses = ['--admin', at.admin, '--ingress', at.ingress];
  return { it, ...at, port: String(port), addresses, [Symbol.dispose]: () => it[Symbol.dispose]() };
}

const post = (url: string, body: unknown, key?: string): Promise<Response> =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
    body: JSON.stringify(body),
  });

const begin = ({ ingress }: Place, run: string, ms: number): Promise<Response> =>
  post(`${ingress}/shop.flows.order/run/send`, { run, input: { id: run, ms }, at: Date.now() }, run);

const pay = ({ ingress }: Place, id: string): Promise<Response> =>
  post(`${ingress}/shop.events/send`, { event: 'paid', payload: { id } });

/** Waits until a step of a run is recorded. */
async function recorded({ admin }: Place, run: string, path: string): Promise<void> {
  const id = `(SELECT id FROM sys_invocation WHERE idempotency_key = '${run}')`;
  await expect
    .poll(() => askSql(admin, `SELECT name FROM sys_journal WHERE id IN ${id} AND name = '${path}'`), {
      timeout: 15_000,
    })
    .toHaveLength(1);
}

const isInstalled = restateIsInstalled();

describe.skipIf(!isInstalled)('dsl serve', () => {
  test('starts a server, serves, drains and goes on; a new version takes the new runs, and the old one is told when it may go', async () => {
    using at = await place();
    const { it, port, addresses, admin, ingress } = at;
    const first = it.start([
      'serve',
      'shop.dsl.ts',
      '--engine',
      'restate',
      '--server',
      '--port',
      port,
      ...addresses,
      '--json',
    ]);
    await first.says('Serves shop 1.0.0 at');
    await expect.poll(() => first.said().stdout).not.toBe('');
    expect(JSON.parse(first.said().stdout)).toMatchObject({
      ok: true,
      system: 'shop',
      version: '1.0.0',
      already: false,
      uri: `http://127.0.0.1:${port}`,
      admin,
      ingress,
      ui: `${admin}/ui`,
      older: [],
    });
    expect((await fetch(`${admin}/ui`)).ok).toBe(true);
    // One that is under way when it is asked to end.
    await begin(at, 'slow', 1500);
    await expect
      .poll(() => askSql(admin, "SELECT id FROM sys_invocation WHERE status = 'running' AND idempotency_key = 'slow'"))
      .toHaveLength(1);
    await new Promise((done) => setTimeout(done, 300));
    first.kill('SIGINT');
    await first.says('Ends after what is under way (1)');
    expect((await first.done).code).toBe(0);
    await expect(fetch(`${admin}/health`)).rejects.toThrow('fetch failed');

    // Again: the server has its data, and what was under way had ended.
    const again = it.start(['serve', 'shop.dsl.ts', '--engine', 'restate', '--server', '--port', port, ...addresses]);
    await again.says('(as before)');
    await recorded(at, 'slow', 'packed');

    // The same address with another version is refused; another one takes the new runs.
    writeFileSync(join(it.root, 'shop.dsl.ts'), source('1.1.0', 'shipped'));
    const taken = await it.dsl(['serve', 'shop.dsl.ts', '--engine', 'restate', '--port', port, ...addresses]);
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain(`MR5212: Port ${port} of 127.0.0.1, meant for the endpoint, is taken`);
    const open = ['--port', '0', '--host', '0.0.0.0'];
    const second = it.start(['serve', 'shop.dsl.ts', '--engine', 'restate', ...open, ...addresses]);
    await second.says('Serves shop 1.1.0 at');
    await second.says('Whoever reaches 0.0.0.0:');
    await second.says(`at http://127.0.0.1:${port}/ still has 1 under way`);
    await pay(at, 'slow');
    await second.says('has nothing under way: it may be stopped');
    const done = await askSql(admin, "SELECT completion_result FROM sys_invocation WHERE idempotency_key = 'slow'");
    expect(done).toEqual([{ completion_result: 'success' }]);
    second.kill('SIGTERM');
    expect((await second.done).code).toBe(0);

    // Under the address of the first another version is served: that has to be said, or forced.
    again.kill('SIGINT');
    await again.done;
    const refused = await it.dsl([
      'serve',
      'shop.dsl.ts',
      '--engine',
      'restate',
      '--server',
      '--port',
      port,
      ...addresses,
    ]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('MR5221') });
    const forced = it.start([
      'serve',
      'shop.dsl.ts',
      '--engine',
      'restate',
      '--server',
      '--port',
      port,
      ...addresses,
      '--force',
    ]);
    await forced.says('Serves shop 1.1.0 at');
    forced.kill('SIGINT');
    expect((await forced.done).code).toBe(0);
  }, 60_000);

  test('says at once that the newest deployment is dead; Ctrl-C ends it; by force new runs come here', async () => {
    using at = await place();
    const { it, port, addresses } = at;
    const [other] = await freePorts(1);
    const common = ['serve', 'shop.dsl.ts', '--engine', 'restate', ...addresses];
    const own = ['--server', '--port', port];
    const first = it.start([...common, ...own]);
    await first.says('Serves shop 1.0.0 at');
    const second = it.start([...common, '--port', String(other)]);
    await second.says('Serves shop 1.0.0 at');
    for (const ended of [second, first]) {
      ended.kill('SIGINT');
      await ended.done;
    }

    const again = it.start([...common, ...own]);
    await again.says('warning MR5223: This endpoint is an older one: new runs go to dp_');
    await again.says(`at http://127.0.0.1:${other}/, where nobody listens`);
    const { stderr } = again.said();
    expect(stderr).not.toContain('it may be stopped');
    again.kill('SIGINT');
    expect((await again.done).code).toBe(0);

    const forced = it.start([...common, ...own, '--force']);
    await forced.says('it may be stopped, and taken out: curl');
    expect(forced.said().stderr).not.toContain('MR5223');
    await begin(at, 'new', 1);
    await recorded(at, 'new', 'packed');
    const [, removal = ''] = /(curl .*)/.exec(forced.said().stderr) ?? [];
    expect(execSync(`${removal} -s -o /dev/null -w '%{http_code}'`).toString()).toBe('202');
    forced.kill('SIGINT');
    expect((await forced.done).code).toBe(0);
  }, 90_000);

  test('says that the server has ended by itself, and where its log is', async () => {
    using at = await place();
    const { it, port, addresses } = at;
    const serving = it.start(['serve', 'shop.dsl.ts', '--engine', 'restate', '--server', '--port', port, ...addresses]);
    await serving.says('Serves shop 1.0.0 at');
    const pid = execSync(`pgrep -f '^[^ ]*restate-server --config-file [^ ]*${basename(it.root)}/'`);
    process.kill(Number(String(pid).trim()), 'SIGKILL');
    const { code, stderr } = await serving.done;
    expect(code).toBe(2);
    expect(stderr).toMatch(/error MR5224: .*has ended by itself\.\n.*hint: Its log says why: .*server\.log/);
  }, 60_000);

  test('says of each bad input what it is', async () => {
    using at = await place();
    const { it, addresses, admin } = at;
    const says = async (...args: readonly string[]): Promise<string> => {
      const { code, stderr } = await it.dsl(['serve', 'shop.dsl.ts', ...args]);
      expect([1, 2]).toContain(code);
      expect(stderr).not.toContain('    at ');
      return stderr;
    };
    expect(await says()).toContain('MR5280');
    const taken = createServer();
    await new Promise<void>((done) => taken.listen(0, '127.0.0.1', () => done()));
    const { port: own } = taken.address() as AddressInfo;
    expect(await says('--engine', 'restate', ...addresses, '--port', String(own))).toMatch(
      /MR5212.*\n.*hint: .*--port/,
    );
    await new Promise((done) => taken.close(done));
    expect(await says('--engine', 'kafka')).toContain("MR2003: --engine is restate, not 'kafka'");
    expect(await says('--engine', 'restate', '--port', 'many')).toContain('MR2003: --port is a number');
    expect(await says('--engine', 'restate', '--admin', 'somewhere')).toContain('MR2003: --admin is an address');
    expect(await says('--engine', 'restate', '--server', '--admin', 'http://10.0.0.1:9070')).toContain(
      'not at 10.0.0.1',
    );
    const other = createServer((_request, response) => response.end('{"version":"0.9.0"}'));
    await new Promise<void>((done) => other.listen(Number(new URL(admin).port), '127.0.0.1', () => done()));
    expect(await says('--engine', 'restate', '--port', '0', ...addresses)).toContain('MR5213: The server at');
    expect(await says('--engine', 'restate', '--server', '--port', '0', ...addresses)).toContain(
      'meant for the admin API of Restate, is taken',
    );
    await new Promise((done) => other.close(done));
    writeFileSync(join(it.root, 'dsl.config.ts'), 'export default { runtime: { workers: true } };\n');
    expect(await says('--engine', 'restate', ...addresses)).toContain("MR5263: The option 'workers' means nothing");
    writeFileSync(join(it.root, 'dsl.config.ts'), 'export default {};\n');
    writeFileSync(
      join(it.root, 'shop.dsl.ts'),
      files['shop.dsl.ts']
        .replace("version: '1.0.0'", "version: '1.0.0', retention: { runs: { keep: 3 } }")
        .replace("timeout: '60s'", "timeout: '60s', priority: 2"),
    );
    const refused = await says('--engine', 'restate', ...addresses);
    expect(refused).toMatch(/^shop\.dsl\.ts:\d+:\d+: MR5261 On Restate the task 'pack'/m);
    expect(refused).toMatch(/^shop\.dsl\.ts:4:\d+: MR5262 On Restate `retention`/m);
    const cwd = join(it.root, 'tasks');
    const below = await it.dsl(['serve', '../shop.dsl.ts', '--engine', 'restate', ...addresses], { cwd });
    expect(below.stderr).toMatch(/^\.\.\/shop\.dsl\.ts:\d+:\d+: MR5261.*\n\.\.\/shop\.dsl\.ts:4:\d+: MR5262/m);
    expect((await it.dsl(['serve', '--help'])).stdout).toContain('$ dsl serve orders.dsl.ts --engine restate --server');
  }, 60_000);
});

describe.skipIf(!isInstalled)('dsl dev', () => {
  test('serves anew after a change, and names the runs that do not fit; with fitting code they go on', async () => {
    using at = await place();
    const { it, port, addresses, admin } = at;
    writeFileSync(join(it.root, 'tasks/pack.ts'), `${files['tasks/pack.ts']}console.log('The code is there.');\n`);
    const dev = it.start(['dev', '--restate', '--port', port, ...addresses, '--json']);
    // What the code of tasks prints is not taken for the document.
    await dev.says('The code is there.');
    await dev.says('Watches the project');
    expect(JSON.parse(dev.said().stdout)).toMatchObject({ ok: true, system: 'shop', uri: `http://127.0.0.1:${port}` });
    await begin(at, 'one', 1);
    await recorded(at, 'one', 'packed');
    await expect
      .poll(() => askSql(admin, "SELECT status FROM sys_invocation WHERE idempotency_key = 'one'"), { timeout: 5000 })
      .not.toEqual([]);

    const path = join(it.root, 'shop.dsl.ts');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('.returns(', '.returns((('));
    await dev.says('It is served as it was before, until that is mended.');
    writeFileSync(
      path,
      text.replace("step('packed'", "step('wrapped'").replace('({ packed }) => packed', '({ wrapped }) => wrapped'),
    );
    await dev.says('A file has changed: serves the system anew.');
    await dev.says("The run 'one' of shop.flows.order does not fit this code, and rests");

    writeFileSync(path, text);
    await expect.poll(() => dev.said().stderr.split('Watches the project').length, { timeout: 20_000 }).toBe(4);
    await pay(at, 'one');
    await expect
      .poll(() => askSql(admin, "SELECT completion_result FROM sys_invocation WHERE idempotency_key = 'one'"), {
        timeout: 20_000,
      })
      .toEqual([{ completion_result: 'success' }]);
    dev.kill('SIGINT');
    expect((await dev.done).code).toBe(0);
    await expect(fetch(`${admin}/health`)).rejects.toThrow('fetch failed');
  }, 90_000);
});
