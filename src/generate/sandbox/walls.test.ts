import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tryBody } from './fixtures/try-code.ts';
import { behindWalls } from './walls.ts';

/** What somebody tries who has got all of Node back in spite of the realm: each wall has to stand by itself. */
const probe = `
const tried = {};
const attempt = async (name, work) => {
  try { tried[name] = { got: String(await work()).slice(0, 60) }; } catch (error) { tried[name] = { refused: String(error?.code ?? error?.name ?? error) }; }
};
const load = (name) => import(name);
await attempt('environment', () => Object.keys(process.env).filter((key) => !['TZ', 'LANG', 'PWD', 'SHLVL', '_', 'OLDPWD'].includes(key)).join());
await attempt('files', async () => (await load('node:fs')).readFileSync('/etc/passwd', 'utf8'));
await attempt('proc', async () => (await load('node:fs')).readFileSync('/proc/self/environ', 'utf8'));
await attempt('own files', async () => (await load('node:fs')).readFileSync(process.argv[1], 'utf8').length > 0);
await attempt('writing', async () => (await load('node:fs')).writeFileSync(process.argv[1] + '.new', 'x'));
await attempt('links', async () => (await load('node:fs')).symlinkSync('/etc/passwd', process.argv[1] + '.link'));
await attempt('processes', async () => (await load('node:child_process')).execFileSync('/bin/sh', ['-c', 'id']));
await attempt('workers', async () => new (await load('node:worker_threads')).Worker('0', { eval: true }));
await attempt('sqlite', async () => new (await load('node:sqlite')).DatabaseSync('/tmp/millrace-probe.db'));
await attempt('addons', async () => process.dlopen({ exports: {} }, '/tmp/x.node'));
await attempt('inspector', async () => (await load('node:inspector')).open(0));
await attempt('wasi', async () => new (await load('node:wasi')).WASI({ version: 'preview1' }));
await attempt('strings', () => new Function('return 1')());
await attempt('proto', () => ({}).__proto__);
await attempt('network', async () => {
  const { connect } = await load('node:net');
  return new Promise((done, fail) => connect(Number(process.argv[2]), '127.0.0.1').once('connect', () => done('connected')).once('error', fail));
});
await attempt('fetch', () => fetch('http://127.0.0.1:' + process.argv[2]));
await attempt('parent', () => process.kill(Number(process.argv[3]), 0));
process.stdout.write(JSON.stringify(tried));
process.exit(0);
`;

async function tryProbe(bwrap: string): Promise<{
  readonly tried: Readonly<Record<string, { readonly got?: string; readonly refused?: string }>>;
  readonly connections: number;
  readonly files: readonly string[];
  readonly walls: readonly string[];
}> {
  const stage = realpathSync(mkdtempSync(join(tmpdir(), 'millrace-walls-')));
  writeFileSync(join(stage, 'probe.mjs'), probe);
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const { command, args, walls } = await behindWalls(stage, ['probe.mjs'], { heapMB: 128, cpuSeconds: 20, bwrap });
  const { stdout, stderr } = spawnSync(command, [...args, String(port), String(process.pid)], {
    cwd: stage,
    env: { TZ: 'UTC' },
    encoding: 'utf8',
    timeout: 20_000,
  });
  await new Promise((done) => void server.close(done));
  if (stdout === '') throw new Error(stderr);
  return { tried: JSON.parse(stdout) as never, connections, files: readdirSync(stage), walls };
}

const bwrap = [process.env['MILLRACE_BWRAP'], '/usr/bin/bwrap'].find((path) => path !== undefined && existsSync(path));

it.each(bwrap === undefined ? ['off'] : ['off', bwrap])(
  'the walls stand without the realm (bubblewrap: %s)',
  async (path) => {
    const { tried, connections, files, walls } = await tryProbe(path);
    const got = Object.entries(tried).flatMap(([name, one]) =>
      one.refused === undefined ? [`${name}: ${one.got}`] : [],
    );
    // Signals are nothing that Node's permissions know of: the realm, and namespaces, keep code from sending them.
    const signals = path === 'off' ? ['parent: true'] : [];
    expect(got).toEqual(['environment: ', 'own files: true', ...signals]);
    expect(files).toEqual(['probe.mjs']);
    if (walls.includes('network')) {
      expect(connections).toBe(0);
      expect(tried['network']?.refused).toBe('ERR_ACCESS_DENIED');
    }
  },
);

it('takes what is no bubblewrap for none', async () => {
  const { walls } = await behindWalls(tmpdir(), ['x.mjs'], { heapMB: 64, cpuSeconds: 5, bwrap: '/nowhere/bwrap' });
  expect(walls).not.toContain('bwrap');
});

it.skipIf(process.platform !== 'linux')('the kernel ends what spins, also when nobody waits for it', async () => {
  const verdict = await tryBody('for (;;);', '', { cpuSeconds: 1, timeoutMs: 60_000 });
  expect(verdict.why).toMatch(/CPU time/);
});
