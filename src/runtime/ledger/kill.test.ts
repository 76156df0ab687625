import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openReader } from '../index.ts';

const child = fileURLToPath(new URL('./fixtures/tool-child.ts', import.meta.url));

it('never runs a tool again whose result is kept, nor goes back behind a saved state, over kill -9', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-tools-'));
  const [db, log] = [join(folder, 'db'), join(folder, 'log')];
  const runs = 20;
  const lines = (): string[] => {
    try {
      return readFileSync(log, 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  };
  /** Runs the child until the log has so many lines, or to its end. */
  const life = (upTo: number) =>
    new Promise<string | number | null>((resolve) => {
      const one = spawn(process.execPath, ['--import', 'tsx', child, db, log, String(runs)], { stdio: 'inherit' });
      const watch = setInterval(() => lines().length >= upTo && one.kill('SIGKILL'), 2);
      one.on('exit', (code, signal) => {
        clearInterval(watch);
        resolve(signal ?? code);
      });
    });
  try {
    let kills = 0;
    let repeated = 0;
    for (let upTo = 60; ; upTo = lines().length + 60) {
      const before = lines();
      const saved = new Map<string, number>();
      for (const line of before) {
        const [what, step = '', next] = line.split(' ');
        if (what === 'saved') saved.set(step, Number(next));
      }
      const end = await life(upTo);
      const after = lines().slice(before.length);
      const acknowledged = new Set(before.filter((line) => line.startsWith('saved')));
      for (const line of after) {
        const [what, step = '', from] = line.split(' ');
        // A state that was acknowledged is found again, or a newer one.
        if (what === 'began') expect(Number(from)).toBeGreaterThanOrEqual(saved.get(step) ?? 0);
        if (what === 'ran') {
          const [run, name, part] = step.split('/');
          expect(acknowledged.has(`saved ${run}/${name} ${Number(part) + 1}`), line).toBe(false);
          if (before.includes(line)) repeated++;
        }
      }
      if (end !== 'SIGKILL') {
        expect(end).toBe(0);
        break;
      }
      kills++;
    }
    const ran = lines().filter((line) => line.startsWith('ran'));
    expect(new Set(ran).size).toBe(runs * 3 * 4);
    expect(kills).toBeGreaterThan(3);
    // At most one tool for each run that was at work, for each kill.
    expect(ran.length - runs * 3 * 4).toBe(repeated);
    expect(repeated).toBeLessThanOrEqual(kills * runs);
    const reader = openReader(db);
    expect(reader.counts()).toEqual({ completed: runs });
    for (let run = 0; run < runs; run++) expect(reader.tools(`r${run}`)).toHaveLength(12);
    reader.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
