import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openReader } from './index.ts';

const child = fileURLToPath(new URL('./fixtures/crash-child.ts', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-kill-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function run(
  db: string,
  log: string,
  killAfter?: (lines: readonly string[]) => boolean,
): Promise<{ code: number | null; signal: string | null; stderr: string }> {
  return new Promise((resolve) => {
    const process_ = spawn(process.execPath, ['--import', 'tsx', child, db, log, '100'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    process_.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const watch = setInterval(() => {
      if (killAfter?.(lines(log)) === true) process_.kill('SIGKILL');
    }, 3);
    process_.on('exit', (code, signal) => {
      clearInterval(watch);
      resolve({ code, signal, stderr });
    });
  });
}

function lines(log: string): string[] {
  try {
    return readFileSync(log, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

it('loses no acknowledged result and runs no finished step again after kill -9', async () => {
  const db = join(folder, 'test.db');
  const log = join(folder, 'log');
  const runs = 100;
  // What was finished (its result in the journal) when a process was killed must never be done again.
  const finished = new Set<string>();

  for (const share of [0.2, 0.45, 0.7]) {
    const killed = await run(db, log, (all) => all.filter((line) => line.startsWith('did')).length > share * runs * 10);
    expect(killed).toMatchObject({ signal: 'SIGKILL' });
    const reader = openReader(db);
    for (const { id } of reader.runs()) {
      for (const step of reader.steps(id))
        if (step.status === 'completed' && step.kind === 'step') finished.add(`${id} ${step.path}`);
    }
    const told = (what: string): string[] =>
      lines(log)
        .filter((line) => line.startsWith(what))
        .map((line) => line.split(' ')[1] ?? '');
    expect(told('accepted').filter((id) => reader.run(id) === undefined)).toEqual([]);
    expect(told('ended').filter((id) => reader.run(id)?.status !== 'completed')).toEqual([]);
    reader.close();
  }
  expect(finished.size).toBeGreaterThan(runs);
  const before = lines(log);
  const last = await run(db, log);
  expect(last).toMatchObject({ code: 0 });

  const all = lines(log);
  const ends = new Map(all.filter((line) => line.startsWith('ended')).map((line) => [line.split(' ')[1], line]));
  expect(ends.size).toBe(runs);
  for (let index = 0; index < runs; index++)
    expect(ends.get(`r${index}`)).toBe(`ended r${index} true ${2 * (index + 9)}`);

  // No finished step runs again.
  const after = all
    .slice(before.length)
    .filter((line) => line.startsWith('did'))
    .map((line) => line.slice(4));
  expect(after.filter((step) => finished.has(step))).toEqual([]);
  // At most the steps in flight repeat: one a run (two while both parts are at work) and kill.
  const times = new Map<string, number>();
  for (const line of all) if (line.startsWith('did')) times.set(line.slice(4), (times.get(line.slice(4)) ?? 0) + 1);
  expect(times.size).toBe(runs * 10);
  const repeated = [...times.values()].reduce((sum, count) => sum + count - 1, 0);
  expect(repeated).toBeLessThanOrEqual(3 * 2 * runs);
}, 120_000);
