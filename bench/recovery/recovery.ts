/**
 * A process has died with many runs in flight: `IN_FLIGHT=100000 FINISHED=1000000 npm run bench -- recovery`; 5,000 and
 * 20,000 when nothing is said. Every run in flight has finished five of its ten steps, and the sixth was under way.
 *
 * - how long until the next process has opened the file, has ended the first run, and has ended all of them; beside
 *   many finished runs, against the same beside none.
 * - the memory that takes at most, against that for a hundredth of the runs.
 *
 * The rows are those that the engine wrote for one run of each kind, under other ids.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReactiveSystemRuntime } from 'millrace/runtime';
import { openSqlite, type JournalRow, type RunRow } from 'millrace/store';
import { implement, silentLogger } from 'millrace/tasks';
import { system } from '../durable/system.ts';
import { compared, type Row } from '../table.ts';

interface Template {
  readonly run: RunRow;
  readonly journal: readonly JournalRow[];
}

/** What the engine writes for a run, up to its end or until its process dies in the sixth step. */
async function template(finished: boolean): Promise<Template> {
  const store = openSqlite(':memory:');
  const reached = Promise.withResolvers<void>();
  const runtime = new ReactiveSystemRuntime(system, { store, logger: silentLogger });
  const work = system.tasks['work'];
  const usual = system.implementations['work'];
  if (work === undefined || usual === undefined) throw new Error('The system of the benchmark has no task.');
  if (!finished) {
    runtime.registerTaskImplementation(
      'work',
      implement(work, (input, context) => {
        if (context.step !== 's5') return usual.run(input, context);
        reached.resolve();
        return new Promise(() => {});
      }),
    );
  }
  await runtime.start('ten', { index: 0 }, { id: 'template' });
  await (finished ? runtime.result('template') : reached.promise);
  const run = store.tables.runs.get('template');
  const journal = store.tables.journal.of('template');
  runtime.abandon();
  store.close();
  if (run === undefined) throw new Error('The run of the benchmark is gone.');
  return { run, journal };
}

function fill(file: string, { run, journal }: Template, prefix: string, count: number): void {
  const store = openSqlite(file);
  const atOnce = 1000;
  for (let from = 0; from < count; from += atOnce) {
    store.transaction((tx) => {
      for (let index = from; index < Math.min(count, from + atOnce); index += 1) {
        const id = `${prefix}${String(index).padStart(8, '0')}`;
        tx.runs.insert({ ...run, id });
        for (const line of journal) tx.journal.append({ ...line, run: id });
      }
    });
  }
  store.close();
}

interface Recovered {
  /** ms since the process began to load. */
  readonly open: number;
  readonly first: number;
  readonly all: number;
  /** The most memory at any moment, in bytes. */
  readonly peak: number;
}

function recover(file: string, count: number): Recovered {
  const child = fileURLToPath(new URL('recover-child.ts', import.meta.url));
  const done = spawnSync(process.execPath, [child, file, String(count)], { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as Recovered;
}

export async function run(): Promise<readonly Row[]> {
  const inFlight = Number(process.env['IN_FLIGHT'] ?? 5000);
  const finished = Number(process.env['FINISHED'] ?? 20_000);
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    const [flying, over] = [await template(false), await template(true)];
    const measure = (name: string, count: number, beside: number): Recovered & { readonly bytes: number } => {
      const file = join(folder, `${name}.db`);
      fill(file, over, 'done-', beside);
      fill(file, flying, 'run-', count);
      const bytes = statSync(file).size;
      const recovered = recover(file, count);
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { force: true });
      return { ...recovered, bytes };
    };
    const few = measure('few', Math.ceil(inFlight / 100), 0);
    const alone = measure('alone', inFlight, 0);
    const among = measure('among', inFlight, finished);
    const n = inFlight.toLocaleString('en-US');
    const beside = `beside ${finished.toLocaleString('en-US')} finished`;
    const mb = (size: number): number => size / 2 ** 20;
    return [
      { name: `file ${beside}`, value: mb(among.bytes), unit: 'MB' },
      { name: 'open, beside none', value: alone.open, unit: 'ms' },
      compared(`open, ${beside}`, among.open, 'ms', { name: 'open, beside none', value: alone.open }),
      { name: `first of ${n} ended`, value: among.first, unit: 'ms' },
      { name: `all ${n} ended, beside none`, value: alone.all, unit: 'ms' },
      compared(
        `all ${n} ended, ${beside}`,
        among.all,
        'ms',
        { name: `all ${n}, beside none`, value: alone.all },
        '<= 1.5',
      ),
      { name: 'recovered', value: inFlight / (among.all / 1000), unit: 'runs/s' },
      { name: 'memory with a hundredth of them', value: mb(few.peak), unit: 'MB' },
      compared(`memory with ${n}`, mb(among.peak), 'MB', { name: 'with a hundredth', value: mb(few.peak) }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
