import { relative } from 'node:path';
import type { Io } from '../../kit/io.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { named } from './choose.ts';
import { generator } from './generator.ts';
import type { Project } from './job.ts';

/** Tries code as it stands, and writes down that somebody says it is right. Exit code 1 when one does not hold. */
export async function acceptTasks(io: Io, project: Project, names: readonly string[]): Promise<number> {
  const { acceptTask } = await generator();
  const accepted = [];
  for (const task of named(project, names))
    accepted.push(await acceptTask({ ...project, task, signal: io.interrupted }));
  const ok = accepted.every((one) => one.ok);
  if (io.json) {
    io.document({ ok, tasks: accepted.map((one) => ({ ...one, file: relative(io.cwd, one.file) })) });
    return ok ? 0 : 1;
  }
  for (const one of accepted) {
    const tried =
      one.cases === 0
        ? 'it has no example that could be tried'
        : `${one.cases === 1 ? 'one case' : `${one.cases} cases`} hold`;
    if (one.ok) io.out(`${io.paint('green', '✓')} ${one.task}: accepted as it stands; it fits its types, ${tried}`);
    else io.out(`${io.paint('red', '✗')} ${one.task}: not accepted, as it does not hold`);
  }
  showDiagnostics(
    io,
    accepted.flatMap(({ problems }) => problems),
  );
  return ok ? 0 : 1;
}
