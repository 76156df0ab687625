import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReader } from 'millrace/runtime';
import { crashTest, type CrashFacts, type CrashReport } from 'millrace/testing';
import { accounts, deposit } from '../../src/runtime/fixtures/bank-system.ts';

/** Kills of one database, before the next one begins anew. */
const aLife = 25;

/** The sum of what came of several databases. */
export interface Lives {
  readonly kills: number;
  readonly ended: number;
  readonly effects: number;
  readonly again: number;
  readonly lost: readonly string[];
  readonly repeated: readonly string[];
  readonly violations: readonly string[];
}

/** Kills the workload so many times, on as many databases as that takes. */
export async function playLives(kills: number, seed: number, told: (report: CrashReport) => void): Promise<Lives> {
  const reports: CrashReport[] = [];
  for (let left = kills, life = 0; left > 0; left -= aLife, life++) {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-crash-'));
    const db = join(folder, 'crash.db');
    const report = await crashTest({
      script: new URL('./workload.ts', import.meta.url),
      args: [db],
      db,
      kills: Math.min(left, aLife),
      seed: seed + life,
      // By time and by what was told in turn: some fall into the recovery, some right behind an acknowledgement.
      within: life % 2 === 0 ? { lines: 150 } : { ms: 250 },
      expect,
    });
    reports.push(report);
    told(report);
    // What is wrong can be looked at.
    if (report.lost.length + report.repeated.length + report.violations.length > 0) break;
    rmSync(folder, { recursive: true, force: true });
  }
  const sum = (of: 'kills' | 'ended' | 'effects' | 'again'): number =>
    reports.reduce((total, report) => total + report[of], 0);
  return {
    kills: sum('kills'),
    ended: sum('ended'),
    effects: sum('effects'),
    again: sum('again'),
    lost: reports.flatMap(({ lost }) => lost),
    repeated: reports.flatMap(({ repeated }) => repeated),
    violations: reports.flatMap(({ violations }) => violations),
  };
}

/** What holds of this workload at any moment, and what at its end. */
function expect({ db, told, over }: CrashFacts): string[] {
  const reader = openReader(db);
  try {
    const wrong: string[] = [];
    if (told.some((line) => line.told === 'noted')) {
      const documents = Object.values(reader.exportInstances({ machine: 'account' }));
      const money = documents
        .flatMap(({ snapshot, timers }) => [
          (snapshot.context as { readonly has: number }).has,
          ...timers.map(({ event }) => (event.payload as { readonly much: number }).much),
        ])
        .reduce((total, much) => total + much, 0);
      if (money !== accounts * deposit) wrong.push(`there are ${money} in the accounts, not ${accounts * deposit}`);
    }
    for (const { id, status, target, error } of reader.runs()) {
      if (status === 'blocked' || (status === 'failed' && target !== 'saga'))
        wrong.push(`run '${id}' is ${status}: ${error?.message ?? ''}`);
      if (over && target !== 'tick' && status !== (target === 'saga' ? 'failed' : 'completed'))
        wrong.push(`run '${id}' is left ${status}`);
      if (over && target === 'saga') {
        const undone = reader
          .steps(id)
          .filter(({ path, status: was }) => path.endsWith('~undo') && was === 'completed');
        if (undone.length !== 3) wrong.push(`run '${id}' undid ${undone.length} steps of 3`);
      }
    }
    // At most a hundred missed times are made up for: sixteen hours here, or a hundred seconds that the machine was busy.
    const times = reader
      .runs({ target: 'tick' })
      .map(({ id }) => Date.parse(id.slice('tick:'.length)) / 600_000)
      .sort((a, b) => a - b);
    if (times.some((time, index) => time !== (times[0] ?? 0) + index))
      wrong.push(`a due time of the schedule has no run, or two: ${times.join()}`);
    return wrong;
  } finally {
    reader.close();
  }
}
