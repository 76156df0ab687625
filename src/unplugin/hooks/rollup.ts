import type { Plugin } from 'rollup';
import type { Standing } from '../compilation.ts';
import { inFull, type Problem } from '../problem.ts';
import type { Unit } from '../unit.ts';

/** What Rollup and those after it give to hooks. */
interface Context {
  addWatchFile(file: string): void;
  warn(log: RollupLog): void;
  error(log: RollupLog): never;
}

interface RollupLog {
  readonly message: string;
  readonly pluginCode?: string;
  readonly id?: string;
  readonly loc?: { readonly file: string; readonly line: number; readonly column: number };
  readonly frame?: string;
}

/** Compiles before Rollup resolves anything. */
export function rollupHooks(unit: Unit): Partial<Plugin> {
  return {
    async buildStart({ plugins }) {
      report(this, await unit.open(plugins, process.cwd()).refresh());
    },
  };
}

/** Tells a bundler like Rollup how everything stands; an error ends the build. */
export function report(context: Context, { isNew, errors, warnings, files }: Standing): void {
  for (const file of files) context.addWatchFile(file);
  if (isNew) for (const warning of warnings) context.warn(logOf(warning));
  const [first, ...others] = errors;
  if (first === undefined) return;
  // One error is all that it takes: the first has its place shown, the others are told in it.
  const log = logOf(first);
  context.error({ ...log, message: [log.message, ...others.map(inFull)].join('\n\n') });
}

/** A problem as Rollup and Vite show it. Their columns count from 0. */
export function logOf({ code, text, place }: Problem): RollupLog {
  if (place === undefined) return { message: text, pluginCode: code };
  const { file, line, column, frame } = place;
  const where = { id: file, loc: { file, line, column: column - 1 } };
  return { message: text, pluginCode: code, ...where, ...(frame !== undefined && { frame }) };
}
