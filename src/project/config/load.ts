import { relative } from 'node:path';
import { hashFile } from '../../compiler/manifest/manifest.ts';
import type { Config as Written } from '../../dsl/index.ts';
import { CliError } from '../kit/failure.ts';
import { placeOf, showPlace } from '../kit/load-module.ts';
import { checkCustom, checkExtensions, checkRules } from './check-rules.ts';
import { customRulesOf } from './config.ts';
import { importConfig, type Load } from './import-config.ts';
import { checkShape } from './shape.ts';

/**
 * What each config was loaded from: the file and its imports, with their hashes. Node loads a module once, so a config
 * that has changed since (somebody watches) is loaded under another address, and its imports with it.
 */
const loads = new Map<string, Load>();

/** Runs a config file and checks what it says. */
export async function loadConfig(
  file: string,
  cwd: string,
): Promise<{ readonly written: Written; readonly imports: readonly string[] }> {
  const before = loads.get(file);
  const isSame = before !== undefined && [...before.files].every(([path, hash]) => hashFile(path) === hash);
  const load = isSame ? before : { round: (before?.round ?? 0) + 1, files: new Map([[file, hashFile(file)]]) };
  loads.set(file, load);
  const written = checkShape(file, await execute(file, cwd, load), cwd);
  checkExtensions(file, written.extensions ?? [], cwd);
  const custom = customRulesOf(written);
  checkCustom(file, custom, cwd);
  await checkRules(file, written.rules ?? {}, custom, cwd);
  return { written, imports: [...load.files.keys()].filter((path) => path !== file) };
}

async function execute(file: string, cwd: string, load: Load): Promise<unknown> {
  try {
    const loaded = await importConfig(file, load);
    if (!('default' in loaded)) {
      throw new CliError('MR2005', `${relative(cwd, file)} has no default export.`, {
        hint: 'Write `export default defineConfig({ ... })`.',
        exitCode: 1,
      });
    }
    return loaded['default'];
  } catch (thrown) {
    if (thrown instanceof CliError) throw thrown;
    // What was missing may be there the next time: not the same load, then.
    load.files.set(file, undefined);
    const place = placeOf(thrown) ?? { file, line: 1 };
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    throw new CliError('MR2004', `${showPlace(place, cwd)}: the config cannot be loaded: ${message}`, {
      hint: 'Mend the file; no command reads your systems before its config.',
      exitCode: 1,
      cause: thrown,
    });
  }
}
