import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { openReader, ReactiveSystemRuntime } from 'millrace/runtime';
import { silentLogger } from 'millrace/tasks';
import { isGone, processName } from './owner.ts';
import { twoProcessSystem } from './fixtures/two-process-system.ts';

function database(): string {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-owner-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'test.db');
}

it.runIf(process.platform === 'linux')('a killed owner that nobody has reaped is dead at once', async () => {
  const db = database();
  const child = fileURLToPath(new URL('fixtures/owner-child.ts', import.meta.url));
  // A shell that begins the owner and then becomes a program that looks after no child.
  const stay = 'data:text/javascript,setInterval(() => {}, 1e9)';
  const command = [process.execPath, '--import', 'tsx', '--import', stay, child, db];
  const parent = spawn('sh', ['-c', '"$@" & exec sleep 60', 'sh', ...command]);
  onTestFinished(() => void parent.kill('SIGKILL'));
  let pid = 0;
  await expect
    .poll(
      () => {
        try {
          const reader = openReader(db);
          pid = reader.owner()?.pid ?? 0;
          reader.close();
        } catch {
          // It is not there yet.
        }
        return pid;
      },
      { timeout: 10_000 },
    )
    .toBeGreaterThan(0);
  const stat = (): string => readFileSync(`/proc/${pid}/stat`, 'utf8');
  const started =
    stat()
      .slice(stat().lastIndexOf(')') + 2)
      .split(' ')[19] ?? '';
  const name = processName('x').split('/');
  const worker = [name[0], pid, started, 'worker1'].join('/');
  expect(isGone(worker)).toBe(false);
  process.kill(pid, 'SIGKILL');
  await expect.poll(stat).toMatch(/\) Z /);
  expect(isGone(worker)).toBe(true);
  const next = new ReactiveSystemRuntime(twoProcessSystem, { db, logger: silentLogger });
  expect(next.reader.owner()).toMatchObject({ pid: process.pid });
  await next.close();
});

it('a runtime that was abandoned does not keep the file from the next one of its process', async () => {
  const db = database();
  const first = new ReactiveSystemRuntime(twoProcessSystem, { db, logger: silentLogger });
  const { runId } = await first.start('who', { wait: 'A' });
  expect(() => new ReactiveSystemRuntime(twoProcessSystem, { db })).toThrow(
    expect.objectContaining({ code: 'MR3401' }),
  );
  first.abandon();
  const second = new ReactiveSystemRuntime(twoProcessSystem, { db, logger: silentLogger });
  await second.sendEvent('go', { id: 'A' });
  expect(await second.result(runId)).toMatchObject({ success: true });
  // What was abandoned stays so, whatever is asked of it.
  await first.close();
  expect(second.reader.owner()).toMatchObject({ pid: process.pid });
  await second.close();
});
