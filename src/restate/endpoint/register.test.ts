import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startRestate, type TestRestate } from '../fixtures/restate.ts';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { systemsOn } from '../client/on-server.ts';
import { service } from '../sdk.ts';
import { askSql } from '../server/admin.ts';
import { freePorts } from '../server/taken.ts';
import { olderDeployments } from './deployments.ts';
import { registerDeployment } from './register.ts';
import { serve, type AnyService } from './serve.ts';
import { withOptions } from './with-options.ts';

/** A system with one flow, whose handlers are named. */
function served(
  version: string | { version: string; format: number },
  ...handlers: readonly string[]
): { services: readonly AnyService[] } {
  const plain = service({
    name: 'shop.flows.order',
    handlers: Object.fromEntries(
      handlers.map((name) => [name, async (ctx: { sleep: (ms: number) => Promise<void> }) => ctx.sleep(60_000)]),
    ),
  });
  const { version: is, format } = typeof version === 'string' ? { version, format: undefined } : version;
  return { services: withOptions({ name: 'shop', version: is, hash: is }, [plain], () => ({}), format) };
}

describe.skipIf(!restateIsInstalled())('registering an endpoint', () => {
  let restate: TestRestate;
  beforeAll(async () => {
    restate = await startRestate();
  });
  afterAll(() => restate.close());

  it('is known after that, and again without a change', async () => {
    const endpoint = served('1.0.0', 'run');
    const own = await serve(endpoint.services);
    const { uri } = own;
    const first = await registerDeployment({ admin: restate.admin, uri, endpoint });
    expect(first).toMatchObject({ already: false, services: ['shop.flows.order'] });
    expect(await registerDeployment({ admin: restate.admin, uri, endpoint })).toEqual({ ...first, already: true });
    await own.close();
  });

  it('refuses another version under the same address, and takes it by force', async () => {
    const [port = 0] = await freePorts(1);
    const old = served('1.0.0', 'run');
    const before = await serve(old.services, { port });
    const { uri } = before;
    const { id } = await registerDeployment({ admin: restate.admin, uri, endpoint: old });
    await before.close();
    const endpoint = served('1.1.0', 'run', 'more');
    const after = await serve(endpoint.services, { port });
    const refused = registerDeployment({ admin: restate.admin, uri, endpoint });
    await expect(refused).rejects.toMatchObject({
      code: 'MR5221',
      message: expect.stringMatching(/knows something else under .*: shop 1\.0\.0, as .*another port.*force/s),
    });
    expect(await registerDeployment({ admin: restate.admin, uri, endpoint, force: true })).toMatchObject({
      id,
      already: false,
    });
    expect(await registerDeployment({ admin: restate.admin, uri, endpoint })).toMatchObject({ already: true });
    await after.close();
  });

  it('refuses the same code of an engine that writes other journals under the same address', async () => {
    const [port = 0] = await freePorts(1);
    const old = served({ version: '1.5.0', format: 1 }, 'run');
    const before = await serve(old.services, { port });
    await registerDeployment({ admin: restate.admin, uri: before.uri, endpoint: old });
    await before.close();
    const endpoint = served({ version: '1.5.0', format: 2 }, 'run');
    const after = await serve(endpoint.services, { port });
    const refused = registerDeployment({ admin: restate.admin, uri: after.uri, endpoint });
    await expect(refused).rejects.toMatchObject({
      code: 'MR5221',
      message: expect.stringContaining('another format of journals (1; this one has 2)'),
    });
    await after.close();
  });

  it('says which older deployments still have something under way', async () => {
    const old = served('2.0.0', 'run');
    const first = await serve(old.services);
    const before = await registerDeployment({ admin: restate.admin, uri: first.uri, endpoint: old });
    const { invocation } = await restate.call.send({ service: 'shop.flows.order', handler: 'run' });
    await restate.until(
      `SELECT id FROM sys_invocation WHERE id = '${invocation}' AND pinned_deployment_id IS NOT NULL`,
      (rows) => rows.length > 0,
    );
    const endpoint = served('2.1.0', 'run');
    const second = await serve(endpoint.services);
    const { id } = await registerDeployment({ admin: restate.admin, uri: second.uri, endpoint });
    const pinnedTo = async (): Promise<number | undefined> =>
      (await olderDeployments(restate.admin, 'shop', id)).find((one) => one.id === before.id)?.pinned;
    expect(await pinnedTo()).toBe(1);
    expect(await olderDeployments(restate.admin, 'sho', id)).toEqual([]);
    await restate.ask('PATCH', `/invocations/${invocation}/kill`);
    await restate.until(
      `SELECT status FROM sys_invocation WHERE id = '${invocation}' AND status <> 'completed'`,
      (rows) => rows.length === 0,
    );
    expect(await pinnedTo()).toBe(0);
    await first.close();
    await second.close();
  });

  it('says at once where new invocations go when the newest deployment is dead, and by force takes its place', async () => {
    const announced: string[] = [];
    const endpoint = {
      ...served('3.0.0', 'run'),
      announce: () => {
        announced.push('once');
        return Promise.resolve();
      },
    };
    const own = await serve(endpoint.services);
    const next = await serve(served('3.1.0', 'run').services);
    const asks = { admin: restate.admin, uri: own.uri, endpoint };
    await registerDeployment(asks);
    const { id } = await registerDeployment({ admin: restate.admin, uri: next.uri });
    expect((await registerDeployment(asks)).newest).toEqual({ id, uri: `${next.uri}/`, listens: true, pinned: 0 });
    await next.close();
    expect(announced).toHaveLength(2);
    expect((await registerDeployment(asks)).newest).toMatchObject({ id, listens: false });
    // Nobody would hear it.
    expect(announced).toHaveLength(2);
    const older = await registerDeployment(asks);
    expect((await olderDeployments(restate.admin, 'shop', older.id)).some((one) => one.id === id)).toBe(false);
    const forced = await registerDeployment({ ...asks, force: true });
    expect(forced).toMatchObject({ id: older.id, already: false });
    expect(forced.newest).toBeUndefined();
    expect(announced).toHaveLength(3);
    expect(await olderDeployments(restate.admin, 'shop', forced.id)).toContainEqual(
      expect.objectContaining({ id, pinned: 0, newestOf: [] }),
    );
    expect((await registerDeployment(asks)).newest).toBeUndefined();
    await own.close();
  });

  it('ends at once when it is told to while it announces', async () => {
    const over = new AbortController();
    const notes: string[] = [];
    const endpoint = {
      ...served('4.0.0', 'run'),
      announce: (signal?: AbortSignal) =>
        new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(new Error('given up')))),
    };
    const own = await serve(endpoint.services);
    const registering = registerDeployment({
      admin: restate.admin,
      uri: own.uri,
      endpoint,
      signal: over.signal,
      note: (text) => {
        notes.push(text);
        over.abort();
      },
    });
    await expect(registering).rejects.toThrow('given up');
    expect(notes).toEqual([expect.stringContaining('Waits for the newest deployment')]);
    await own.close();
  });

  it('says that the server cannot reach the endpoint', async () => {
    const [port = 0] = await freePorts(1);
    const refused = registerDeployment({ admin: restate.admin, uri: `http://127.0.0.1:${port}` });
    await expect(refused).rejects.toMatchObject({ code: 'MR5222' });
  });

  it('says at once that something that is no admin API is none', async () => {
    const endpoint = await serve(served('5.0.0', 'run').services);
    for (const [admin, says] of [
      [restate.ingress, 'this looks like the ingress'],
      [endpoint.uri, 'is no server of Restate'],
    ] as const) {
      const notes: string[] = [];
      const asks = { admin, uri: 'http://127.0.0.1:1', note: (text: string) => notes.push(text) };
      const refused = { code: 'MR5213', message: expect.stringContaining(says) };
      await expect(registerDeployment(asks)).rejects.toMatchObject(refused);
      expect(notes).toEqual([]);
      await expect(askSql(admin, 'SELECT 1')).rejects.toMatchObject(refused);
      await expect(systemsOn(admin)).rejects.toMatchObject(refused);
    }
    await endpoint.close();
  });
});

describe('registering an endpoint without a server', () => {
  it('waits with progress, and then says that nobody is there', async () => {
    const [port] = await freePorts(1);
    const notes: string[] = [];
    const refused = registerDeployment({
      admin: `http://127.0.0.1:${port}`,
      uri: 'http://127.0.0.1:1',
      patienceMs: 2500,
      note: (text) => notes.push(text),
    });
    await expect(refused).rejects.toMatchObject({
      code: 'MR5210',
      retryable: true,
      message: expect.stringContaining('nobody listens there'),
    });
    expect(notes[0]).toMatch(/^Waits for the server of Restate at .* \(2 s\)/);
  });

  it.each([
    ['1.6.9', 'is version 1.6.9'],
    ['2.0.0', 'is version 2.0.0'],
    [undefined, 'is no server of Restate'],
  ])('refuses a server of version %s', async (version, says) => {
    const other = createServer((_request, response) => response.end(JSON.stringify(version && { version }) ?? 'hello'));
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', () => done()));
    const { port } = other.address() as { port: number };
    await expect(systemsOn(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ code: 'MR5213' });
    const refused = registerDeployment({ admin: `http://127.0.0.1:${port}`, uri: 'http://127.0.0.1:1' });
    await expect(refused).rejects.toMatchObject({ code: 'MR5213', message: expect.stringContaining(says) });
    await new Promise((done) => other.close(done));
  });
});
