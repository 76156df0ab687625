import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { shownPath } from '../../../core/shown-path.ts';
import type { MigrationReport } from '../../../migrate/apply/report.ts';
import type { Io } from '../../kit/io.ts';
import { taskFile } from '../../../project/systems/task-file.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';

/** How many rows that stay behind are named of each machine and flow. */
const named = 5;

/** Tells people what a migration did, or would do, and what comes next. */
export function report(io: Io, file: string, done: MigrationReport): void {
  showDiagnostics(io, done.diagnostics);
  const { ok, system, from, to, dryRun, steps, source, snapshot, database, backup } = done;
  if (!ok) {
    io.note('Nothing was migrated.');
    return;
  }
  if (dryRun && source.diff !== '') io.out(source.diff.trimEnd());
  const way = from === to ? to : [from, ...steps.map((step) => step.to)].join(' → ');
  io.out(io.paint('bold', `${system}: ${way}${dryRun ? ' (nothing was written)' : ''}`));
  for (const step of steps) io.out(`  ${step.file}${step.description === undefined ? '' : `: ${step.description}`}`);
  if (source.files.length > 0) io.out(`  source    ${source.files.join(', ')}`);
  if (snapshot !== null) io.out(`  snapshot  ${snapshot}`);
  if (database !== null) tellDatabase(io, database);
  if (backup !== null) io.out(`  backup    ${backup}`);
  tellNext(io, file, done);
}

function tellDatabase(io: Io, database: NonNullable<MigrationReport['database']>): void {
  const { file, from, instances, runs, events } = database;
  io.out(
    `  database  ${file}${from.length === 0 ? ': everything in it is at this version already' : `, rows of ${from.join(', ')}`}`,
  );
  for (const { machine, mapped, unchanged, left, leftMore = 0, dropped = [] } of instances) {
    const behind = left.length + leftMore;
    io.out(
      `    machine ${machine}: ${mapped} mapped, ${unchanged} as they were${behind > 0 ? `, ${behind} left behind` : ''}`,
    );
    for (const { id, state, reason } of left.slice(0, named)) io.out(`      ${id} in ${state}: ${reason}`);
    more(io, behind);
    if (dropped.length > 0)
      io.out(`      fields that the new context does not have, and that went: ${dropped.join(', ')}`);
  }
  for (const { flow, continuing, mapped, cancelled, blocked, blockedMore = 0 } of runs) {
    const behind = blocked.length + blockedMore;
    const parts = [
      `${continuing} go on${mapped > 0 ? ` (${mapped} mapped)` : ''}`,
      ...(cancelled > 0 ? [`${cancelled} cancelled`] : []),
      ...(behind > 0 ? [`${behind} blocked`] : []),
    ];
    io.out(`    flow ${flow}: ${parts.join(', ')}`);
    for (const { id, reason } of blocked.slice(0, named)) io.out(`      ${id}: ${reason}`);
    more(io, behind);
  }
  if (events.mapped > 0) io.out(`    events: ${events.mapped} mapped`);
  for (const { name, id, reason } of events.left.slice(0, named)) io.out(`    event ${name} ${id}: ${reason}`);
}

function more(io: Io, count: number): void {
  if (count > named) io.out(`      … and ${count - named} more (--json lists them)`);
}

/** The implementations that are called after a task as it was. */
function codeToRename(io: Io, file: string, { steps }: MigrationReport): readonly string[] {
  const entry = resolve(io.cwd, file);
  const names = new Map<string, string>();
  for (const { tasks = {} } of steps) {
    for (const [old, next] of Object.entries(tasks)) {
      const first = [...names].find(([, now]) => now === old)?.[0] ?? old;
      names.set(first, next);
    }
  }
  return [...names].flatMap(([old, next]) => {
    const [from, to] = [taskFile(entry, old), taskFile(entry, next)];
    if (from === to || !existsSync(from) || existsSync(to)) return [];
    return [`Rename ${shownPath(from, io.cwd)} to ${shownPath(to, io.cwd)}, and let it implement '${next}'.`];
  });
}

function tellNext(io: Io, file: string, done: MigrationReport): void {
  const { dryRun, from, to, database, source, snapshot } = done;
  const behind =
    (database?.instances ?? []).some(({ left }) => left.length > 0) ||
    (database?.runs ?? []).some(({ blocked }) => blocked.length > 0);
  const db = database === null ? '' : ` --db ${database.file}`;
  const next = dryRun
    ? [`dsl migrate ${file}${from === to ? '' : ` --to ${to}`}${db}   does it.`]
    : [
        ...(behind
          ? [`What was left behind keeps its version. Mend the step, and run \`dsl migrate ${file}${db}\` again.`]
          : []),
        ...codeToRename(io, file, done),
        ...(source.files.length > 0 || snapshot !== null
          ? ['Look at it with `git diff`, run your tests, and commit source, snapshot and step together.']
          : []),
        ...(database === null && from !== to
          ? [`A database is brought along by \`dsl migrate ${file} --db FILE\`.`]
          : []),
      ];
  if (next.length === 0) return;
  io.note('Next:');
  for (const line of next) io.note(`  ${line}`);
}
