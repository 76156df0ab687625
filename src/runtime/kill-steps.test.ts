import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openReader } from './index.ts';

const child = fileURLToPath(new URL('./fixtures/steps-child.ts', import.meta.url));
const runs = 30;

function lines(log: string): string[] {
  try {
    return readFileSync(log, 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
}

function run(
  db: string,
  log: string,
  count: number,
  killAfter?: (lines: readonly string[]) => boolean,
): Promise<string> {
  return new Promise((resolve) => {
    const process_ = spawn(process.execPath, ['--import', 'tsx', child, db, log, String(count)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    process_.stderr.on('data', (chunk) => (stderr += String(chunk)));
    const watch = setInterval(() => {
      if (killAfter?.(lines(log)) === true) process_.kill('SIGKILL');
    }, 2);
    process_.on('exit', (code, signal) => {
      clearInterval(watch);
      resolve(signal ?? (code === 0 ? 'ended' : stderr));
    });
  });
}

it('races, graphs, decisions and schedules survive kill -9 at any moment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-kill-steps-'));
  const db = join(folder, 'test.db');
  const log = join(folder, 'log');
  try {
    const kills = Number(process.env['KILLS'] ?? 5);
    const finished = new Set<string>();
    for (let kill = 0; kill < kills; kill++) {
      const before = lines(log).length;
      const more = 15 + 7 * (kill % 11);
      if ((await run(db, log, runs, (all) => all.length >= before + more)) !== 'SIGKILL') break;
      const reader = openReader(db);
      // What was acknowledged is there.
      for (const line of lines(log)) {
        const [what, id = '', by] = line.split(' ');
        const steps = reader.steps(id);
        if (what === 'decided')
          expect(steps.find(({ path }) => path === 'word')?.output).toMatchObject({ approved: true, by });
        if (what === 'ended') expect(reader.run(id)?.status).toBe('completed');
      }
      for (const { id } of reader.runs({ limit: 10_000 }))
        for (const { path, kind, status } of reader.steps(id))
          if (kind === 'step' && status === 'completed') finished.add(`did ${id} ${path}`);
      const after = lines(log).length;
      expect(lines(log).slice(before, after).length).toBeGreaterThan(0);
      reader.close();
    }
    const before = lines(log).length;
    // Some more, of which at least those that are added to are known.
    expect(await run(db, log, runs + 5)).toBe('ended');
    const all = lines(log);
    // Nothing that had ended was done again.
    expect(all.slice(before).filter((line) => finished.has(line))).toEqual([]);

    const reader = openReader(db);
    const added = new Set(all.filter((line) => line.startsWith('added')).map((line) => line.split(' ')[1]));
    expect(added.size).toBeGreaterThanOrEqual(5);
    for (let index = 0; index < runs + 5; index++) {
      const id = `r${index}`;
      const steps = new Map(reader.steps(id).map((step) => [step.path, step]));
      const status = (path: string): string | undefined => steps.get(path)?.status;
      const winner = steps.get('race')?.output as 'left' | 'right';
      const loser = winner === 'left' ? 'right' : 'left';
      expect(reader.run(id)).toMatchObject({ status: 'completed', errors: [] });
      expect(reader.run(id)?.output).toMatch(new RegExp(`^${winner} p\\d+$`));
      // The loser's finished step is undone, the winner's is not.
      expect(status(`race/${winner}/x/~undo`)).toBeUndefined();
      if (status(`race/${loser}/x`) === 'completed') expect(status(`race/${loser}/x/~undo`)).toBe('completed');
      expect(['graph/a', 'graph/b', 'graph/c', 'graph'].map(status)).toEqual(
        Array.from({ length: 4 }, () => 'completed'),
      );
      // An acknowledged node has run.
      if (added.has(id)) expect(status('graph/more')).toBe('completed');
    }
    // One run each two minutes, from the first to the last, whatever was missed (a hundred at most).
    const minutes = reader
      .runs({ target: 'tick', limit: 100_000 })
      .map(({ id }) => Date.parse(id.slice('tick:'.length)) / 120_000)
      .sort((a, b) => a - b);
    expect(minutes.length).toBeGreaterThan(1);
    expect(minutes).toEqual(Array.from({ length: minutes.length }, (_, index) => (minutes[0] ?? 0) + index));
    reader.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 240_000);
