import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { restateIsInstalled } from '../fixtures/installed.ts';
import { findServer } from './binary.ts';
import { clusterConfig, nodeConfig } from './config.ts';
import { startServer, type RestateServer } from './start.ts';
import { freePorts } from './taken.ts';

const folder = mkdtempSync(join(tmpdir(), 'millrace-server-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function ports(): Promise<{ admin: number; ingress: number; node: number }> {
  const [admin = 0, ingress = 0, node = 0] = await freePorts(3);
  return { admin, ingress, node };
}

describe('finding a server', () => {
  it('says how to install it when there is none, and which named one is not there', () => {
    const none = { project: '/', env: { PATH: '/nowhere' } };
    expect(() => findServer({ ...none, binary: '/nowhere/restate-server' })).toThrow(
      "There is no server of Restate at '/nowhere/restate-server'.",
    );
    if (!restateIsInstalled()) expect(() => findServer(none)).toThrow(/npm install --save-dev @restatedev/);
  });

  it('takes the one that the environment names, and the one on the PATH of a project without', () => {
    writeFileSync(join(folder, 'restate-server'), '');
    const named = join(folder, 'restate-server');
    expect(findServer({ env: { RESTATE_SERVER: named } })).toBe(named);
    if (!restateIsInstalled()) expect(findServer({ project: '/', env: { PATH: `/nowhere:${folder}` } })).toBe(named);
  });
});

describe('the config of a server', () => {
  it('binds loopback and tells nobody', () => {
    const text = nodeConfig({
      name: 'n1',
      cluster: 'it"s',
      folder: '/data',
      host: '127.0.0.1',
      ports: { admin: 1, ingress: 2, node: 3 },
    });
    expect(text).toContain('bind-ip = "127.0.0.1"');
    expect(text).toContain('disable-telemetry = true');
    expect(text).toContain('cluster-name = "it\\"s"');
    expect(text).not.toContain('replicated');
  });

  it('of a cluster names all nodes to each, and lets the first set it up', () => {
    const at = (admin: number) => ({ admin, ingress: admin + 100, node: admin + 200 });
    const nodes = clusterConfig({ folder: '/data', ports: [at(1), at(2), at(3)] });
    expect(nodes.map(({ name, member }) => [name, member?.provisions])).toEqual([
      ['n1', true],
      ['n2', false],
      ['n3', false],
    ]);
    const [, second] = nodes.map(nodeConfig);
    expect(second).toContain('advertised-address = "http://127.0.0.1:202"');
    expect(second).toContain('addresses = ["http://127.0.0.1:201", "http://127.0.0.1:202", "http://127.0.0.1:203"]');
    expect(second).toContain('auto-provision = false');
  });
});

describe.skipIf(!restateIsInstalled())('a server', () => {
  let server: RestateServer;
  const own = join(folder, 'own');
  beforeAll(async () => {
    server = await startServer({ folder: own, ports: await ports() });
  });
  afterAll(() => server.stop());

  it('is healthy on loopback, with its log in its folder', async () => {
    expect(server.version).toMatch(/^1\./);
    expect((await fetch(`${server.admin}/health`)).status).toBe(200);
    expect(readFileSync(server.log, 'utf8')).toContain('Starting Restate Server');
  });

  it('refuses a port that is taken, and says by whom', async () => {
    const taken = Number(new URL(server.admin).port);
    const refused = startServer({ folder: join(folder, 'other'), ports: { ...(await ports()), admin: taken } });
    await expect(refused).rejects.toMatchObject({
      code: 'MR5212',
      message: expect.stringContaining(
        `Port ${taken} of 127.0.0.1, meant for the admin API of Restate, is taken by a server of Restate ${server.version}`,
      ),
    });
  });

  it('refuses a folder that another one has', async () => {
    const refused = startServer({ folder: own, ports: await ports() });
    await expect(refused).rejects.toMatchObject({
      code: 'MR5215',
      message: expect.stringContaining('Another server of Restate keeps its data in'),
    });
    expect((await fetch(`${server.admin}/health`)).status).toBe(200);
  });

  it('ends with the process that started it, even when that one is killed', async () => {
    const at = await ports();
    const start = fileURLToPath(new URL('./start.ts', import.meta.url));
    const script = `
      const { startServer } = await import(${JSON.stringify(start)});
      const { pid } = await startServer(${JSON.stringify({ folder: join(folder, 'orphan'), ports: at })});
      console.log(pid);
      setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((done) => parent.stdout.once('data', (text) => done(Number(String(text)))));
    expect(() => process.kill(pid, 0)).not.toThrow();
    parent.kill('SIGKILL');
    await expect
      .poll(
        () =>
          fetch(`http://127.0.0.1:${at.admin}/health`).then(
            () => 'there',
            () => 'gone',
          ),
        { timeout: 15_000 },
      )
      .toBe('gone');
  });
});
