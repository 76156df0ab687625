import { watch as watchFolder, type FSWatcher } from 'node:fs';
import { dirname, extname } from 'node:path';
import { readConfig } from '../../config/config.ts';
import { describeFailure } from '../../kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { span } from '../../kit/table.ts';
import { compileOnce, tell, type CompileArguments } from './run.ts';

// Editors write a file in several steps: wait until they are done.
const quiet = 25;

/** Compiles at each change until it is interrupted. The parser stays loaded, so an edit costs milliseconds. */
export async function watch(io: Io, globs: readonly string[], options: CompileArguments): Promise<number> {
  let first = true;
  const watchers = new Map<string, FSWatcher>();
  let wake = Promise.withResolvers<void>();
  const changed = (name: string | null): void => {
    if (name === null || /^\.(?:[cm]?tsx?|json|hbs|[cm]?js)$/.test(extname(name))) wake.resolve();
  };
  const follow = (folder: string): void => {
    if (watchers.has(folder)) return;
    try {
      const watcher = watchFolder(folder, (_event, name) => changed(name));
      watcher.on('error', () => watchers.delete(folder));
      watchers.set(folder, watcher);
    } catch {
      // The folder has gone: what was in it is reported as missing.
    }
  };
  const stopped = new Promise<void>((resolve) =>
    io.interrupted.addEventListener('abort', () => resolve(), { once: true }),
  );
  try {
    while (!io.interrupted.aborted) {
      const started = performance.now();
      wake = Promise.withResolvers<void>();
      try {
        const config = await readConfig(io.cwd);
        follow(config.root);
        const outcome = await compileOnce(io, config, globs, options, first);
        first = false;
        for (const source of outcome.sources) follow(dirname(source));
        tell(io, outcome, false);
      } catch (thrown) {
        const { code, message } = describeFailure(thrown);
        io.note(`error ${code}: ${message}`);
      }
      io.note(io.paint('dim', `Watching; it took ${span(performance.now() - started)}. Ctrl-C ends it.`, 'note'));
      await Promise.race([wake.promise, stopped]);
      if (!io.interrupted.aborted) await new Promise((resolve) => setTimeout(resolve, quiet));
    }
    return 0;
  } finally {
    for (const watcher of watchers.values()) watcher.close();
  }
}
