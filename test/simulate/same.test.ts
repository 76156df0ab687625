import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { openMemory, openSqlite } from 'millrace/store';
import { expect, it } from 'vitest';
import { history } from './history.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

it('the same seed gives the same history, event by event', async () => {
  for (const seed of [3, 26, 95, 102, 173, 907]) {
    const [one, two] = [await history(seed), await history(seed)];
    expect(one.trace.length).toBeGreaterThan(50);
    for (const [index, entry] of one.trace.entries())
      expect({ seed, index, ...two.trace[index] }).toEqual({ seed, index, ...entry });
    expect(two.trace.length).toBe(one.trace.length);
    expect(two.digest).toBe(one.digest);
  }
});

it('a history is the same on SQLite and in memory', async () => {
  for (let seed = 1; seed <= 25; seed++) {
    const digests: string[] = [];
    for (const store of [openMemory(), openSqlite(':memory:')]) {
      digests.push((await history(seed, { store: () => ({ ...store, close: () => {} }) })).digest);
      store.close();
    }
    expect({ seed, sqlite: digests[1] }).toEqual({ seed, sqlite: digests[0] });
  }
});

it('another seed gives another history', async () => {
  const digests = new Set<string>();
  for (let seed = 1; seed <= 20; seed++) digests.add((await history(seed)).digest);
  expect(digests.size).toBe(20);
});

it('another process lives through the same histories', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-simulate-'));
  try {
    const outfile = join(folder, 'main.mjs');
    buildSync({
      entryPoints: [`${root}test/simulate/main.ts`],
      bundle: true,
      platform: 'node',
      format: 'esm',
      outfile,
      logLevel: 'silent',
      alias: Object.fromEntries(
        ['core', 'flow', 'machine', 'runtime', 'store', 'tasks', 'testing'].map((room) => [
          `millrace/${room}`,
          `${root}src/${room}/index.ts`,
        ]),
      ),
      banner: {
        js: `import { createRequire } from 'node:module'; const require = createRequire(${JSON.stringify(`${root}package.json`)});`,
      },
    });
    const other = spawnSync(process.execPath, [outfile, '--digests', '--from', '20', '--seeds', '12'], {
      encoding: 'utf8',
    });
    const lines = other.stdout.split('\n').filter((line) => /^\d+ [0-9a-f]{16}$/.test(line));
    expect({ lines: lines.length, error: other.stderr }).toEqual({ lines: 12, error: '' });
    for (const line of lines) {
      const [seed = '', digest] = line.split(' ');
      expect({ seed, digest: (await history(Number(seed))).digest }).toEqual({ seed, digest });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
