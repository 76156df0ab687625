import { relative } from 'node:path';
import type { TaskState } from '../../../generate/index.ts';
import type { Io } from '../../kit/io.ts';
import { table } from '../../kit/table.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { named } from './choose.ts';
import { generator } from './generator.ts';
import type { Project } from './job.ts';

const words: Readonly<Record<TaskState['state'], string>> = {
  missing: 'has no implementation',
  stub: 'is only begun',
  current: 'fits its contract',
  stale: 'was generated for another contract',
  mismatch: 'does not fit its contract',
};

const inWords = ({ state, origin }: TaskState): string =>
  state === 'stale' && origin !== 'generated' ? 'was accepted for another contract' : words[state];

/** Says how implementations stand to their contracts. Exit code 1 when one does not fit. */
export async function checkTasks(io: Io, project: Project, names: readonly string[], file: string): Promise<number> {
  const { taskStates } = await generator();
  const only = names.length === 0 ? undefined : named(project, names);
  const all = await taskStates(project);
  const tasks = all.filter(({ task }) => only?.includes(task) ?? true);
  const bad = tasks.filter(({ state }) => state === 'stale' || state === 'mismatch');
  const ok = bad.length === 0;
  if (io.json) {
    io.document({ ok, tasks: tasks.map((one) => ({ ...one, file: relative(io.cwd, one.file) })) });
    return ok ? 0 : 1;
  }
  const sign = ({ state }: TaskState): string =>
    state === 'current'
      ? io.paint('green', '✓')
      : state === 'stale' || state === 'mismatch'
        ? io.paint('red', '✗')
        : io.paint('dim', '·');
  const by = ({ state, origin, feedback }: TaskState): string =>
    state === 'missing' ? '' : [origin === 'hand' ? 'written by hand' : origin, feedback].filter(Boolean).join(', ');
  if (tasks.length > 0)
    io.out(table(tasks.map((one) => [sign(one), one.task, inWords(one), io.paint('dim', by(one))])));
  showDiagnostics(
    io,
    tasks.flatMap(({ problems }) => problems),
  );
  if (bad.length > 0)
    io.note(
      `\`dsl gen-task ${file} ${bad.map(({ task }) => task).join(' ')}\` generates ${bad.length === 1 ? 'it' : 'them'} anew.`,
    );
  return ok ? 0 : 1;
}
