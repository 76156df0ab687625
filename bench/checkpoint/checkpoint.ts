/**
 * How long a step waits until its state is on the disk (`synchronous=FULL`, group commit), at 1, 10 and 100 steps at a time, beside
 * a bare commit of one row to the same disk; and how long it takes to look at a typical pack of evidence: a folder, a file,
 * the SHA-256 of a file of 1 MB, an exit code, a row.
 */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { taskContract } from 'millrace/flow';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { implement, type BoundSystem } from 'millrace/tasks';
import { z } from 'zod';
import { compared, type Row } from '../table.ts';

const saves = Number(process.env['SAVES'] ?? 2000);

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * part))] ?? Number.NaN;
const limited = (name: string, value: number, limit: number): Row => ({
  name,
  value,
  unit: 'ms',
  target: `<= ${limit} ms`,
  met: value <= limit,
});

function systemOf(taken: number[], evidence: Parameters<typeof proven>[0]): BoundSystem {
  const save = taskContract('save', {
    input: z.number(),
    output: z.number(),
    policy: { timeout: '10m' },
    source: 'bench.dsl.ts:1:1',
  });
  const checked = proven(evidence);
  return {
    kind: 'bound-system',
    name: 'bench',
    version: '1.0.0',
    hash: '',
    source: 'bench.dsl.ts',
    events: {},
    machines: {},
    flows: {},
    tasks: { save, checked },
    implementations: {
      save: implement(save, async (count, { checkpoint }) => {
        for (let page = 0; page < count; page++) {
          const from = performance.now();
          await checkpoint({ page, note: 'x'.repeat(200) });
          taken.push(performance.now() - from);
        }
        return count;
      }),
      checked: implement(checked, () => 'done'),
    },
  };
}

const proven = ({ file, folder, sha256 }: { file: string; folder: string; sha256: string }) =>
  taskContract('checked', {
    input: z.number(),
    output: z.string(),
    policy: {},
    evidence: {
      claims: [
        { kind: 'fileExists', options: { path: folder, type: 'directory' } },
        { kind: 'fileExists', options: { path: file, type: 'file' } },
        { kind: 'fileSha256', options: { path: file, sha256 } },
        { kind: 'exitCode', options: { actual: 0 } },
        { kind: 'row', options: { resource: 'books', table: 'paid', where: { id: 500 }, values: { cents: 42 } } },
      ],
    },
    source: 'bench.dsl.ts:9:1',
  });

export async function run(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    const file = join(folder, 'report.bin');
    const content = Buffer.alloc(1 << 20, 'report');
    writeFileSync(file, content);
    const sha256 = createHash('sha256').update(content).digest('hex');
    const books = new DatabaseSync(join(folder, 'books.db'));
    books.exec(`CREATE TABLE paid (id INTEGER PRIMARY KEY, cents INTEGER);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO paid SELECT i, 42 FROM n`);
    books.close();

    const bare = bareCommits(join(folder, 'bare.db'));
    const rows: Row[] = [{ name: 'a bare commit, p99', value: bare, unit: 'ms' }];
    for (const concurrent of [1, 10, 100]) {
      const taken: number[] = [];
      const system = systemOf(taken, { file, folder, sha256 });
      const runtime = new ReactiveSystemRuntime(system, { db: join(folder, `${concurrent}.db`) });
      const each = Math.ceil(saves / concurrent);
      await Promise.all(Array.from({ length: concurrent }, () => runtime.executeTask('save', each)));
      await runtime.close();
      const p99 = quantile(taken, 0.99);
      rows.push({
        ...compared(`a checkpoint of ${concurrent} at a time, p99`, p99, 'ms', { name: 'a bare commit', value: bare }),
        target: '<= 10 ms',
        met: p99 <= 10,
      });
    }

    const system = systemOf([], { file, folder, sha256 });
    const resources = { books: { file: join(folder, 'books.db') } };
    const runtime = new ReactiveSystemRuntime(system, { db: join(folder, 'evidence.db'), resources });
    const took: number[] = [];
    for (let index = 0; index < 200; index++) {
      const { runId, success } = await runtime.executeTask('checked', index);
      const [step] = runtime.reader.steps(runId);
      if (!success || step?.evidence === undefined) throw new Error('The evidence of the benchmark does not hold.');
      // The claims are looked at at the same time: the slowest of them is what a step waits for.
      took.push(Math.max(...step.evidence.items.map(({ ms }) => ms)));
    }
    await runtime.close();
    return [
      ...rows,
      limited('evidence of five claims, median', quantile(took, 0.5), 50),
      limited('evidence of five claims, p99', quantile(took, 0.99), 50),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function bareCommits(path: string): number {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)');
  const insert = database.prepare('INSERT INTO t (b) VALUES (?)');
  const taken: number[] = [];
  for (let index = 0; index < Math.min(saves, 500); index++) {
    const from = performance.now();
    insert.run('x'.repeat(200));
    taken.push(performance.now() - from);
  }
  database.close();
  return quantile(taken, 0.99);
}
