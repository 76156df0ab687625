import { dirname, join, relative } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { keepFiles } from '../../../../source/index.ts';
import { findConfig, readConfig, type Config } from '../../../../project/config/config.ts';
import { describeFailure } from '../../../../project/kit/failure.ts';
import { findFiles } from '../../../../project/kit/find-files.ts';
import type { Io } from '../../../kit/io.ts';
import { span } from '../../../kit/table.ts';
import { otherInputs } from '../../../../project/systems/fresh.ts';
import { compileOnce, tell, type CompileArguments } from '../run.ts';
import { FollowedFolders } from './followed.ts';
import { foldersToFollow, isSame, lookBeside, patternsOf, type Sight } from './sight.ts';

// Editors write a file in several steps, and several files: wait until nothing has come for a while, but not for ever.
const quiet = 25;
const atMost = 150;

/**
 * Compiles at each change until it is interrupted. What is parsed stays in memory, so only what an edit touched is parsed
 * again, and only its system compiled again. A change that leaves every input as it was says nothing.
 */
export async function watch(io: Io, globs: readonly string[], options: CompileArguments): Promise<number> {
  const kept = keepFiles();
  let wake = Promise.withResolvers<void>();
  using folders = new FollowedFolders(() => wake.resolve());
  const stopped = new Promise<void>((resolve) =>
    io.interrupted.addEventListener('abort', () => resolve(), { once: true }),
  );
  let refusedBefore = '';
  let sight: Sight | undefined;
  /** The failure that the last look ended with: it is told once. */
  let failed = '';
  // Where a config would stand, which may be what fails.
  folders.follow([io.cwd, dirname(findConfig(io.cwd) ?? join(io.cwd, 'dsl.config.ts'))]);

  /** Follows what may matter; says once what cannot be followed. */
  const follow = (config: Config): boolean => {
    const { isNew, refused } = folders.follow(foldersToFollow(globs, io.cwd, config, sight));
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
    if (sight !== undefined && failed === '' && (await isSame(sight, globs, io.cwd, config))) return 'wait';
    const entries = await findFiles(...patternsOf(globs, io.cwd, config));
    const beside = lookBeside(entries);
    // At first also what is fresh is read: the parser is warm before the first edit, and warnings are told.
    const outcome = await compileOnce(io, config, globs, options, { reread: sight === undefined, kept });
    sight = { entries, settings: otherInputs(config), inputs: outcome.inputs, beside };
    tell(io, { ...outcome, systems: outcome.systems.slice(outcome.unread) }, false);
    say(started);
    // What changed before its folder was followed was not told.
    return follow(config) && !(await isSame(sight, globs, io.cwd, config)) ? 'again' : 'wait';
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
