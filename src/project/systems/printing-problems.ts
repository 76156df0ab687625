import { join } from 'node:path';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic } from '../../model/index.ts';
import type { Config } from '../config/config.ts';
import { packageVersion } from '../kit/package-root.ts';
import { tasksFolder } from './places.ts';
import { hasErrors, type FoundSystem } from './read.ts';

/** What compiling would say of systems that have no error so far. Writes nothing. */
export async function printingProblems(
  systems: readonly FoundSystem[],
  cwd: string,
  config: Config,
): Promise<readonly Diagnostic[]> {
  const sound = systems.filter(({ diagnostics }) => !hasErrors(diagnostics));
  if (sound.length === 0) return [];
  const { compileSystem, loadTemplates } = await import('../../compiler/index.ts');
  const templates = config.templates === undefined ? undefined : loadTemplates(config.templates);
  const seen = new Set<string>();
  return sound.flatMap((system) => {
    const { diagnostics } = compileSystem(system.model, {
      outDir: shownPath(join(config.out, system.model.name), cwd),
      sourcePath: shownPath(system.entry, cwd),
      tasksDir: shownPath(tasksFolder(system.entry), cwd),
      toolVersion: packageVersion(),
      ...(templates !== undefined && { templates }),
    });
    return diagnostics.filter(({ code, file, line, column, message }) => {
      const key = `${code} ${file}:${line}:${column} ${message}`;
      return seen.has(key) ? false : seen.add(key);
    });
  });
}
