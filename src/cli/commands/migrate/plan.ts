import { shownPath } from '../../../core/shown-path.ts';
import { writeFiles } from '../../../core/write-files.ts';
import { scaffoldStep, type Scaffold } from '../../../migrate/scaffold/scaffold.ts';
import { interruptedCode } from '../../kit/interrupted.ts';
import type { Io } from '../../kit/io.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { askAt } from './ask.ts';
import type { MigrateOptions } from './run.ts';

/** Scaffolds the step to the present source. */
export async function plan(io: Io, file: string, options: MigrateOptions): Promise<number> {
  try {
    return await planned(io, file, options);
  } catch (error) {
    if (!io.interrupted.aborted) throw error;
    io.note('Nothing was written: it was called off.');
    return interruptedCode(io);
  }
}

async function planned(io: Io, file: string, options: MigrateOptions): Promise<number> {
  const { to, from, rename, drop, dryRun = false } = options;
  const { ask, close } = askAt(io);
  const { scaffold, diagnostics } = await scaffoldStep({
    entry: file,
    cwd: io.cwd,
    ...(to !== undefined && { to }),
    ...(from !== undefined && { from }),
    ...(rename !== undefined && { rename }),
    ...(drop !== undefined && { drop }),
    ...(ask !== undefined && { ask }),
  }).finally(close);
  const { module } = scaffold ?? {};
  const path = module === undefined ? undefined : shownPath(module.path, io.cwd);
  const isWritten = module !== undefined && !module.exists && !dryRun;
  if (isWritten) writeFiles([[module.path, module.text]]);
  if (io.json) {
    io.document({
      ok: scaffold !== undefined,
      dryRun,
      ...(scaffold && documentOf(scaffold, path, isWritten)),
      diagnostics,
    });
  } else {
    showDiagnostics(io, diagnostics);
    if (scaffold !== undefined) report(io, file, scaffold, path, dryRun);
  }
  return scaffold === undefined ? 1 : 0;
}

function documentOf(scaffold: Scaffold, path: string | undefined, written: boolean): object {
  const { system, from, to, placeholders, renames, diff } = scaffold;
  return {
    system,
    from,
    to,
    ...(path !== undefined && { file: path, written, text: scaffold.module?.text }),
    placeholders,
    renames: Object.fromEntries(renames),
    breaking: diff.breaking,
    compatible: diff.compatible,
  };
}

function report(io: Io, file: string, scaffold: Scaffold, path: string | undefined, dryRun: boolean): void {
  const { system, from, to, isRaised, module, placeholders, diff, renames } = scaffold;
  if (module === undefined || path === undefined) {
    io.out(`Nothing of ${system} has changed since ${from}.`);
    return;
  }
  const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
  if (dryRun) io.out(module.text.trimEnd());
  else {
    io.out(module.exists ? `${path} says this already.` : `Written: ${path}, from ${from} to ${to}.`);
    io.out(
      `  ${count(renames.size, 'rename')}, ${count(diff.breaking.length, 'breaking change')}, ${count(diff.compatible.length, 'compatible one')}; ${placeholders === 0 ? 'no decision is open' : `${count(placeholders, 'decision')} to be made`}.`,
    );
  }
  const next = [
    ...(placeholders === 0 ? [] : [`Replace each placeholder in ${path}; its comment says what may stand there.`]),
    ...(isRaised
      ? [
          `dsl migrate ${file} --snapshot            keeps ${to}, which the source says already.`,
          `dsl migrate ${file} --db FILE --dry-run   shows what becomes of a database; without --dry-run it becomes that.`,
        ]
      : [
          `dsl migrate ${file} --to ${to} --dry-run   shows what would change (with --db FILE, also of the database).`,
          `dsl migrate ${file} --to ${to}             does it.`,
        ]),
  ];
  io.note('Next:');
  for (const line of next) io.note(`  ${line}`);
}
