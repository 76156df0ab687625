import { dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { findConfig, readConfig, type Config } from '../../../../project/config/config.ts';
import { describeFailure } from '../../../../project/kit/failure.ts';
import { KeptProject } from '../../../../project/kept/kept-project.ts';
import type { Io } from '../../../kit/io.ts';
import { span } from '../../../kit/table.ts';
import { tell, type CompileArguments } from '../run.ts';
import { FollowedFolders } from './followed.ts';

// Editors write a file in several steps, and several files: wait until nothing has come for a while, but not for ever.
const quiet = 25;
const atMost = 150;

/**
 * Compiles at each change until it is interrupted. What is parsed stays in memory, so only what an edit touched is parsed
 * again, and only its system compiled again. A change that leaves every input as it was says nothing.
 */
export async function watch(io: Io, globs: readonly string[], options: CompileArguments): Promise<number> {
  const { out, stubs, force } = options;
  const project = new KeptProject({
    folder: io.cwd,
    globs,
    warm: true,
    ...(out !== undefined && { out }),
    ...(stubs !== undefined && { stubs }),
    ...(force !== undefined && { force }),
  });
  let wake = Promise.withResolvers<void>();
  using folders = new FollowedFolders(() => wake.resolve());
  const stopped = new Promise<void>((resolve) =>
    io.interrupted.addEventListener('abort', () => resolve(), { once: true }),
  );
  let refusedBefore = '';
  /** The failure that the last look ended with: it is told once. */
  let failed = '';
  // Where a config would stand, which may be what fails.
  folders.follow([io.cwd, dirname(findConfig(io.cwd) ?? join(io.cwd, 'dsl.config.ts'))]);

  /** Follows what may matter; says once what cannot be followed. */
  const follow = (config: Config): boolean => {
    const { isNew, refused } = folders.follow(project.folders(config));
    const names = refused.map((folder) => relative(io.cwd, folder) || '.').join(', ');
    if (names !== '' && names !== refusedBefore) {
      const hint = 'Raise the limit (on Linux: fs.inotify.max_user_watches), or name fewer files.';
      io.note(`warning ${'MR2040'}: Changes in ${names} are not seen: the system follows no more folders.\n  ${hint}`);
    }
    refusedBefore = names;
    return isNew;
  };

  /** One look, and a run of the compiler when something is not as it was. */
  const look = async (): Promise<'again' | 'wait'> => {
    const started = performance.now();
    const config = await readConfig(io.cwd);
    follow(config);
    const outcome = await project.look(config, failed !== '');
    if (outcome === undefined) return 'wait';
    tell(io, { ...outcome, systems: outcome.systems.slice(outcome.unread) }, false);
    say(started);
    // What changed before its folder was followed was not told.
    return follow(config) && !(await project.isSame(config)) ? 'again' : 'wait';
  };
  const say = (started: number): void =>
    io.note(io.paint('dim', `Watching; it took ${span(performance.now() - started)}. Ctrl-C ends it.`, 'note'));

  while (!io.interrupted.aborted) {
    const started = performance.now();
    wake = Promise.withResolvers<void>();
    try {
      const next = await look();
      failed = '';
      if (next === 'again') continue;
    } catch (thrown) {
      const { code, message, hint } = describeFailure(thrown);
      const text = `error ${code}: ${message}${hint === undefined ? '' : `\n  ${hint}`}`;
      if (text !== failed) {
        io.note(text);
        say(started);
      }
      failed = text;
    }
    await Promise.race([wake.promise, stopped]);
    for (const end = performance.now() + atMost; performance.now() < end;) {
      wake = Promise.withResolvers<void>();
      if ((await Promise.race([wake.promise, stopped, wait(quiet, 'quiet')])) === 'quiet' || io.interrupted.aborted)
        break;
    }
  }
  return 0;
}
