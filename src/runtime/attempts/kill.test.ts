import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const child = fileURLToPath(new URL('../fixtures/limits-child.ts', import.meta.url));
const items = 15;
/** The child is killed after so many calls. */
const kills = [2, 5, 7, 11];

it(
  'keeps a rate limit over kill -9 and restart, and loses and doubles nothing that waited',
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-limits-'));
    const log = join(folder, 'log');
    const lines = (): { readonly what: string; readonly item: string; readonly at: number }[] => {
      try {
        return readFileSync(log, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => line.split(' '))
          .map(([what = '', item = '', at]) => ({ what, item, at: Number(at) }));
      } catch {
        return [];
      }
    };
    const run = (killAfter?: number): Promise<string | null> =>
      new Promise((resolve) => {
        const process_ = spawn(process.execPath, ['--import', 'tsx', child, join(folder, 'db'), log, String(items)], {
          stdio: 'ignore',
        });
        void (async () => {
          while (process_.exitCode === null && process_.signalCode === null) {
            const begun = lines().filter(({ what }) => what === 'begin').length;
            if (killAfter !== undefined && begun >= killAfter) process_.kill('SIGKILL');
            await wait(3);
          }
        })();
        process_.on('exit', (_, signal) => resolve(signal));
      });
    try {
      for (const after of kills) expect(await run(after)).toBe('SIGKILL');
      expect(await run()).toBe(null);

      const all = lines();
      const begun = all.filter(({ what }) => what === 'begin');
      expect(all.at(-1)).toMatchObject({ what: 'over', item: 'true' });
      // Every item is called, and again only where a process died in the middle of it: at most two each time.
      expect(new Set(begun.map(({ item }) => item)).size).toBe(items);
      expect(begun.length).toBeLessThanOrEqual(items + 2 * kills.length);
      // The child notes the time a little after it was counted, hence not quite the whole second.
      for (const { at } of begun)
        expect(begun.filter((other) => other.at >= at && other.at < at + 700).length).toBeLessThanOrEqual(3);
      // Never more than two at a time.
      const under = new Set<string>();
      for (const { what, item } of all) {
        if (what === 'open') under.clear();
        else if (what === 'begin') under.add(item);
        else under.delete(item);
        expect(under.size).toBeLessThanOrEqual(2);
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
