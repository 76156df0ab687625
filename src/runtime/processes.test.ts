import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { Client, connect, ReactiveSystemRuntime } from './index.ts';
import { heartbeat } from './owner.ts';
import { twoProcessSystem } from './fixtures/two-process-system.ts';

const ownerChild = fileURLToPath(new URL('./fixtures/owner-child.ts', import.meta.url));
let folder: string;
let db: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-two-'));
  db = join(folder, 'test.db');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function owner(): Promise<ChildProcess> {
  const child = fork(ownerChild, [db], { execArgv: ['--import', 'tsx'] });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('message', () => resolve(child));
    child.once('exit', (code) => reject(new Error(`the owner ended with ${code}`)));
  });
}

describe('two processes on one file', () => {
  it('sends and starts through the owner, which does the work', async () => {
    const child = await owner();
    expect(() => new ReactiveSystemRuntime(twoProcessSystem, { db })).toThrow(
      expect.objectContaining({ code: 'MR3401' }),
    );
    const client = connect(twoProcessSystem, { db });
    expect(client).toBeInstanceOf(Client);
    const { runId } = await client.start('who', { wait: 'A' });
    expect(await client.start('who', { wait: 'A' }, { id: runId })).toEqual({ runId, attached: true });
    await expect(client.start('who', { wait: 'B' }, { id: runId })).rejects.toMatchObject({ code: 'MR3202' });
    await expect(client.start('nobody')).rejects.toMatchObject({ code: 'MR3201' });

    const first = await client.sendEvent('go', { id: 'A' }, { idempotencyKey: 'k' });
    expect(first).toMatchObject({ handled: true, deliveries: [{ to: 'run', runId, step: 'go' }] });
    expect(await client.sendEvent('go', { id: 'A' }, { idempotencyKey: 'k' })).toEqual(first);
    await expect(client.sendEvent('go', { id: 'B' }, { idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'MR3303',
    });
    expect((await client.result(runId)).output).toEqual({ before: child.pid, after: child.pid });
    await client.close();
  });

  it('pauses and resumes through the owner; a killed owner wakes nothing that was paused', async () => {
    const child = await owner();
    const client = connect(twoProcessSystem, { db });
    const { runId } = await client.start('who', { wait: 'A' });
    expect(await client.pause(runId)).toEqual({ runId, status: 'paused', runs: [runId] });
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    await client.close();

    const next = await owner();
    const other = connect(twoProcessSystem, { db });
    expect(other.role).toBe('client');
    expect(await other.sendEvent('go', { id: 'A' })).toMatchObject({ handled: true });
    expect(other.status(runId)?.status).toBe('paused');
    expect(await other.resume(runId)).toEqual({ runId, status: 'running', runs: [runId] });
    expect((await other.result(runId)).output).toEqual({ before: child.pid, after: next.pid });
    await expect(other.resume(runId)).rejects.toMatchObject({ code: 'MR3251' });
    await other.close();
  });

  it('takes over at once from a killed owner, and goes on with its runs', async () => {
    const child = await owner();
    const client = connect(twoProcessSystem, { db });
    const { runId } = await client.start('who', { wait: 'A' });
    await expect.poll(() => client.status(runId)?.status).toBe('waiting');
    await client.close();
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));

    const next = connect(twoProcessSystem, { db, logger: silentLogger });
    expect(next.role).toBe('owner');
    await next.sendEvent('go', { id: 'A' });
    expect((await next.result(runId)).output).toEqual({ before: child.pid, after: process.pid });
    await next.close();
  });

  it('keeps a request whose owner dies before it, for the next one', async () => {
    const child = await owner();
    const client = new Client(twoProcessSystem, { db });
    child.kill('SIGSTOP');
    const asked = client.start('who', {}, { id: 'kept' });
    asked.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 60));
    child.kill('SIGKILL');
    await expect(asked).rejects.toMatchObject({ code: 'MR3403', retryable: true });
    await client.close();
    const next = new ReactiveSystemRuntime(twoProcessSystem, { db, logger: silentLogger });
    await next.idle();
    expect(next.status('kept')).toMatchObject({ status: 'completed', output: { before: process.pid } });
    await next.close();
  });

  it('refuses the writes of a stalled owner that has been replaced', async () => {
    const stalled = new ReactiveSystemRuntime(twoProcessSystem, { db, logger: silentLogger });
    await stalled.idle();
    // The heart of the first owner has not beaten for too long.
    const store = openSqlite(db);
    store.transaction((tx) => {
      const row = tx.owner.get();
      if (row !== undefined) tx.owner.put({ ...row, beat: Date.now() - heartbeat.stale - 1 });
    });
    store.close();
    const next = new ReactiveSystemRuntime(twoProcessSystem, { db, logger: silentLogger });
    await expect(stalled.start('who', {}, { id: 'late' })).rejects.toMatchObject({ code: 'MR3402' });
    await expect(stalled.start('who', {}, { id: 'later' })).rejects.toMatchObject({ code: 'MR3402' });
    expect(next.status('late')).toBeUndefined();
    expect((await next.executeFlow('who', {})).success).toBe(true);
    await stalled.close();
    // Closing the old one does not release what is not its own any more.
    expect(next.reader.owner()).toMatchObject({ pid: process.pid });
    await next.close();
  });
});
