import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openReader, ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { checkDatabase } from 'millrace/testing';
import { anyFlow, anyTask, at, bind, code } from '../../src/runtime/fixtures/bind.ts';
import { buildLibrary, noPreload, runScript } from './preload.ts';
import { play, World } from './scenario.ts';
import { wrongWith } from './wrong-with.ts';

const script = new URL('./scenario-child.ts', import.meta.url);

let folder: string;
let file: string;
let acks: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-disk-'));
});
beforeEach(() => {
  for (const name of ['run', 'ro']) rmSync(join(folder, name), { recursive: true, force: true });
  mkdirSync(join(folder, 'run'));
  file = join(folder, 'run', 'test.db');
  acks = join(folder, 'run', 'acks');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (path: string): string[] =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];

/** What the next process makes of it. */
async function goesOn(): Promise<unknown> {
  const store = openSqlite(file);
  const world = new World();
  try {
    const end = await play(
      world.open(store, () => {}),
      world.clock,
    );
    expect(checkDatabase(store)).toEqual([]);
    return end;
  } finally {
    world.leave();
    store.close();
  }
}

if (noPreload !== undefined) console.warn(`Failures of the disk are not tried: ${noPreload}.`);
describe.skipIf(noPreload !== undefined)('a process whose calls of the disk fail', () => {
  // Real: the process, and that its call fails or that it is killed in it. Faked: why.
  const tries = Number(process.env['DISK'] ?? 3);
  let library: ReturnType<typeof buildLibrary>;
  let reference: unknown;
  beforeAll(async () => {
    library = buildLibrary();
    const { stdout } = await runScript(script, [join(folder, 'reference.db'), join(folder, 'reference')]);
    reference = JSON.parse(stdout);
  });
  afterAll(() => library[Symbol.dispose]());

  it.each([
    ['dies before a write', 'kill', 'write', 500, undefined],
    ['dies in the middle of a write', 'torn', 'write', 500, undefined],
    ['dies before a sync', 'kill', 'sync', 50, undefined],
    ['cannot write (EIO)', 'eio', 'write', 500, /^error MR300[0-9]: /],
    ['cannot sync (EIO)', 'eio', 'sync', 50, /^error MR300[0-9]: /],
    ['has no space (ENOSPC)', 'enospc', 'write', 500, /^error MR3005: /],
  ] as const)(
    '%s: nothing acknowledged is lost, and the next one goes on',
    async (_, what, call, most, said) => {
      for (let n = 0; n < tries; n++) {
        for (const name of ['test.db', 'test.db-wal', 'test.db-shm', 'acks'])
          rmSync(join(folder, 'run', name), { force: true });
        const point = Math.floor(2 + ((n + 0.5) * most) / tries);
        const fault = { path: `${folder}/run/test.db`, at: point, call, what };
        const { code, signal, stderr } = await runScript(script, [file, acks], library.file, fault);
        if (said === undefined) expect({ point, signal }).toEqual({ point, signal: 'SIGKILL' });
        else {
          expect({ point, code }).toEqual({ point, code: 2 });
          expect(stderr).toMatch(said);
          expect(stderr.trim().split('\n')).toHaveLength(1);
        }
        expect({ point, wrong: wrongWith(file, lines(acks)) }).toEqual({ point, wrong: [] });
        expect({ point, end: await goesOn() }).toEqual({ point, end: reference });
      }
    },
    120_000,
  );
});

/** Can a small file system of our own be had? Only root may mount one. */
const mountable =
  process.platform === 'linux' &&
  spawnSync('/usr/bin/unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', '/mnt']).status === 0;
if (!mountable) console.warn('No real full or read-only disk is tried: no file system can be mounted here.');

const work = anyTask('work');
const steps = bind({
  tasks: [code(work, ({ n }: { n: number }) => ({ n, text: 'x'.repeat(2000) }))],
  flows: [
    anyFlow('ten', async (host, n: number) => {
      for (let index = 0; index < 10; index++) await host.step(`s${index}`, () => work({ n }), at);
      return n;
    }),
  ],
});

describe.skipIf(!mountable)('a real disk', () => {
  const mount = (...args: string[]): void => {
    const { status, stderr } = spawnSync('/usr/bin/mount', args, { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  };

  it('that gets full with runs in flight: coded, nothing acknowledged is lost, and with room it goes on', async () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    mount('-t', 'tmpfs', '-o', 'size=1500k', 'none', small);
    try {
      const db = join(small, 'test.db');
      const acknowledged: string[] = [];
      const drive = async (): Promise<unknown> => {
        const runtime = new ReactiveSystemRuntime(steps, { db, logger: silentLogger });
        try {
          await Promise.all(
            Array.from({ length: 60 }, async (_, n) => {
              await runtime.start('ten', n, { id: `r${n}` });
              acknowledged.push(`accepted r${n}`);
              const { success } = await runtime.result(`r${n}`);
              acknowledged.push(`ended r${n} ${success}`);
            }),
          );
          return 'ended';
        } catch (error) {
          return error;
        } finally {
          await runtime.close();
        }
      };
      expect(await drive()).toMatchObject({ code: 'MR3005' });
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(await drive()).toMatchObject({ code: 'MR3005' });
      mount('-o', 'remount,size=64m', small);
      expect(wrongWith(db, acknowledged)).toEqual([]);
      expect(await drive()).toBe('ended');
      expect(wrongWith(db, acknowledged)).toEqual([]);
      expect(acknowledged.filter((line) => line.endsWith('true'))).toHaveLength(60);
    } finally {
      spawnSync('/usr/bin/umount', ['-l', small]);
    }
  }, 60_000);

  it('that is read-only: coded, for who drives and who reads', async () => {
    const small = join(folder, 'ro');
    mkdirSync(small);
    mount('-t', 'tmpfs', '-o', 'size=8m', 'none', small);
    try {
      const db = join(small, 'test.db');
      const runtime = new ReactiveSystemRuntime(steps, { db, logger: silentLogger });
      await runtime.executeFlow('ten', 1, { id: 'r' });
      await runtime.close();
      mount('-o', 'remount,ro', small);
      for (const open of [() => new ReactiveSystemRuntime(steps, { db, logger: silentLogger }), () => openReader(db)])
        expect(open).toThrow(expect.objectContaining({ code: expect.stringMatching(/^MR300[78]$/) }));
    } finally {
      spawnSync('/usr/bin/umount', ['-l', small]);
    }
  });
});

describe('a file that may not be written', () => {
  // Root may write where nobody may: the library's calls fail as they do for others.
  it.skipIf(process.getuid?.() === 0)('is refused with a code, as is its folder', async () => {
    const runtime = new ReactiveSystemRuntime(steps, { db: file, logger: silentLogger });
    await runtime.close();
    for (const [path, mode] of [
      [file, 0o444],
      [join(folder, 'run'), 0o555],
    ] as const) {
      chmodSync(path, mode);
      expect(() => new ReactiveSystemRuntime(steps, { db: file, logger: silentLogger })).toThrow(
        expect.objectContaining({ code: expect.stringMatching(/^MR300[78]$/) }),
      );
      chmodSync(path, 0o755);
    }
  });
});

describe('a second process that holds the write lock', () => {
  function hold(ms: number): Promise<ChildProcess> {
    const script = fileURLToPath(new URL('./holder.ts', import.meta.url));
    const child = spawn(process.execPath, [script, file, String(ms)], { stdio: ['ignore', 'pipe', 'inherit'] });
    return new Promise((resolve) => {
      child.stdout.on('data', () => resolve(child));
    });
  }

  it('for a short time: the engine waits, and nobody notices', async () => {
    const runtime = new ReactiveSystemRuntime(steps, { db: file, logger: silentLogger });
    await runtime.start('ten', 1, { id: 'before' });
    const holder = await hold(700);
    const { success } = await runtime.executeFlow('ten', 2, { id: 'during' });
    expect(success).toBe(true);
    expect((await runtime.result('before')).success).toBe(true);
    await runtime.close();
    holder.kill();
    expect(checkDatabase(file)).toEqual([]);
  });

  it('for longer than a connection waits: the engine tries again, loses nothing and does nothing twice', async () => {
    const runtime = new ReactiveSystemRuntime(steps, { db: file, logger: silentLogger });
    const holder = await hold(6500);
    const [first, second] = await Promise.all([
      runtime.executeFlow('ten', 1, { id: 'a' }),
      runtime.executeFlow('ten', 2),
    ]);
    expect([first.success, second.success]).toEqual([true, true]);
    await runtime.close();
    holder.kill();
    expect(checkDatabase(file)).toEqual([]);
  }, 30_000);

  it('when somebody wants to begin: it is refused with a code, and begins when the lock is gone', async () => {
    openSqlite(file).close();
    const holder = await hold(60_000);
    const began = (): ReactiveSystemRuntime => new ReactiveSystemRuntime(steps, { db: file, logger: silentLogger });
    expect(began).toThrow(expect.objectContaining({ code: 'MR3001', retryable: true }));
    holder.kill('SIGKILL');
    await wait(50);
    const runtime = began();
    expect((await runtime.executeFlow('ten', 1)).success).toBe(true);
    await runtime.close();
  }, 30_000);
});

it('a file that is no database is refused and stays as it is', () => {
  writeFileSync(file, 'once upon a time '.repeat(500));
  expect(() => new ReactiveSystemRuntime(steps, { db: file, logger: silentLogger })).toThrow(
    expect.objectContaining({ code: 'MR3003' }),
  );
  expect(readFileSync(file, 'utf8')).toBe('once upon a time '.repeat(500));
});
