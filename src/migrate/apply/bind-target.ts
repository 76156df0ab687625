import { registerHooks } from 'node:module';
import { dirname, resolve } from 'node:path';
import { realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SystemModel } from '../../model/index.ts';
import { messageOf, MillraceError } from '../../core/index.ts';
import { MigrationError } from '../errors.ts';
import { bind } from '../../source/bind/bind.ts';
import { execute } from '../../source/bind/execute.ts';
import type { BoundSystem } from '../../tasks/index.ts';

/**
 * Brings the target to life from texts that are not on the disk yet: its schemas and lambdas, without the code of its
 * tasks. So what a migration makes can be held against it before anything is written.
 *
 * @throws MigrationError MR3517 when the source cannot be executed, MillraceError MR1018 when that gives something else
 * than reading.
 */
export async function bindTarget(
  model: SystemModel,
  entry: string,
  texts: ReadonlyMap<string, string>,
): Promise<BoundSystem> {
  const folder = dirname(entry);
  const definitions = [model.events, model.tasks, model.flows, model.machines].flatMap((map) => Object.values(map));
  const files = new Set([entry, ...definitions.map(({ location }) => resolve(folder, location.file))]);
  const fresh = new Map([...files, ...texts.keys()].map((path) => [realOf(path), texts.get(path)]));
  // What this process has loaded of the files before is of another version.
  const mark = `migration=${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
  let isAsked = false;
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      const isFresh = found.url.startsWith('file:') && fresh.has(fileURLToPath(found.url));
      return isFresh ? { ...found, url: `${found.url.split('?')[0]}?${mark}` } : found;
    },
    load(url, context, next) {
      if (!url.endsWith(mark)) return next(url, context);
      isAsked = true;
      const text = fresh.get(fileURLToPath(url));
      return text === undefined
        ? next(url, context)
        : { format: 'module-typescript', source: text, shortCircuit: true };
    },
  });
  try {
    const namespaces = [];
    for (const file of files) namespaces.push(await execute(file));
    // A test runner may transform modules in its own way, and asks nobody: then it would be the old text.
    if (!isAsked) throw new Error('this process loads modules in a way of its own; hand the target over as `system`');
    return bind(model, { namespaces, implementations: {}, source: entry }).system;
  } catch (thrown) {
    if (thrown instanceof MillraceError && thrown.code === 'MR1018') throw thrown;
    throw new MigrationError(
      'MR3517',
      `The source of the target cannot be executed, so nothing can be held against it: ${messageOf(thrown)}.`,
      { hint: 'Mend what fails there; nothing was migrated.', fault: 'user-code', cause: thrown },
    );
  } finally {
    hooks.deregister();
  }
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return fileURLToPath(pathToFileURL(path));
  }
}
