/**
 * A migration of many instances: `INSTANCES=100000 npm run bench -- migrate`; 20,000 when nothing is said. Each gets another
 * state, another field and a line in its history; against two statements of plain SQL that write the same rows, in turn.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { versionsFrom } from '../../src/migrate/fixtures/versions.ts';
import type { Row } from '../table.ts';
import { texts } from './versions.ts';

interface Way {
  readonly ms: number;
  readonly grown: number;
}

function way(how: 'ours' | 'raw', from: string, file: string): Way {
  cpSync(from, file);
  const child = fileURLToPath(new URL('child.ts', import.meta.url));
  const done = spawnSync(process.execPath, ['--import', 'tsx', child, how, file], { encoding: 'utf8' });
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as Way;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

export async function run(): Promise<readonly Row[]> {
  const count = Number(process.env['INSTANCES'] ?? 20_000);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    const file = join(folder, 'from.db');
    const [version] = await versionsFrom(texts.slice(0, 1));
    if (version === undefined) throw new Error('There is no version to begin with.');
    const runtime = new ReactiveSystemRuntime(version.system, { db: file });
    for (let done = 0; done < count; done += 1000) {
      const ids = Array.from({ length: Math.min(1000, count - done) }, (_, index) => `c${done + index}`);
      await Promise.all(ids.map((id, index) => runtime.create('clock', { id, context: { turns: index } })));
    }
    await runtime.close();
    const ours: Way[] = [];
    const raw: Way[] = [];
    for (let round = 0; round < 3; round++) {
      ours.push(way('ours', file, join(folder, 'to.db')));
      raw.push(way('raw', file, join(folder, 'to.db')));
    }
    const [ms, least] = [median(ours.map((each) => each.ms)), median(raw.map((each) => each.ms))];
    const name = `${count.toLocaleString('en')} instances migrated`;
    return [
      { name, value: ms, unit: 'ms', ratio: ms / least, of: 'plain SQL that writes the same rows' },
      { name: 'the same, in plain SQL', value: least, unit: 'ms' },
      { name: 'memory that it takes at most', value: median(ours.map(({ grown }) => grown)), unit: 'MB' },
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
