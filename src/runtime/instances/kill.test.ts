import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReader } from '../index.ts';
import { accounts, deposit } from '../fixtures/bank-system.ts';

const child = fileURLToPath(new URL('../fixtures/bank-child.ts', import.meta.url));
const orders = 600;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-bank-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function lines(log: string): number {
  try {
    return readFileSync(log, 'utf8').split('\n').filter(Boolean).length;
  } catch {
    return 0;
  }
}

/** Runs the bank until it has acknowledged so many orders more, or to its end. */
function run(db: string, log: string, killAfter = Infinity): Promise<{ code: number | null; stderr: string }> {
  const before = lines(log);
  return new Promise((resolve) => {
    const bank = spawn(process.execPath, ['--import', 'tsx', child, db, log, String(orders)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    bank.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const watch = setInterval(() => {
      if (lines(log) - before >= killAfter) bank.kill('SIGKILL');
    }, 2);
    bank.on('exit', (code) => {
      clearInterval(watch);
      resolve({ code, stderr });
    });
  });
}

/** All money, in the accounts and on its way, as the file has it. */
function audit(db: string): { readonly money: number; readonly underWay: number; readonly orders: number } {
  const reader = openReader(db);
  const documents = Object.values(reader.exportInstances({ machine: 'account' }));
  reader.close();
  const contexts = documents.map(
    ({ snapshot }) => snapshot.context as { readonly has: number; readonly orders: number },
  );
  const waiting = documents.flatMap(({ timers }) =>
    timers.map(({ event }) => (event.payload as { much: number }).much),
  );
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  return {
    money: sum(contexts.map(({ has }) => has)) + sum(waiting),
    underWay: waiting.length,
    orders: sum(contexts.map((context) => context.orders)),
  };
}

it('loses nothing that a machine has sent, and delivers nothing twice, whenever the process is killed', async () => {
  const db = join(folder, 'bank.db');
  const log = join(folder, 'log');
  let underWay = 0;
  for (const killAfter of [30, 60, 90, 45, 70]) {
    expect(await run(db, log, killAfter)).toMatchObject({ code: null });
    const found = audit(db);
    expect(found.money).toBe(accounts * deposit);
    underWay += found.underWay;
  }
  // Otherwise the kills came at the wrong moments.
  expect(underWay).toBeGreaterThan(0);
  expect(await run(db, log)).toEqual({ code: 0, stderr: '' });
  expect(audit(db)).toEqual({ money: accounts * deposit, underWay: 0, orders });
}, 120_000);
