import type { Plugin } from 'rollup';
import type { Standing } from '../compilation.ts';
import { inFull, type Problem } from '../problem.ts';
import type { Unit } from '../unit.ts';

/** What Rollup and those after it give to hooks. */
interface Context {
  addWatchFile(file: string): void;
  warn(log: RollupLog): void;
  error(log: Error): never;
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
  if (first !== undefined) context.error(thrownOf(logOf(first, ...others)));
}

/** As an error, because what is none gets a stack with our frames in it; the place and the frame are printed of themselves. */
function thrownOf({ message, ...log }: RollupLog): Error {
  return Object.assign(new Error(message), log, { stack: '' });
}

/**
 * Problems as Rollup and Vite show them. One is all that they take: several are told in the words of one, at the place
 * of the first. They print the column as it is given, so it counts from 1 as in the terminal.
 */
export function logOf(first: Problem, ...others: readonly Problem[]): RollupLog {
  const { code, text, place } = first;
  const message = others.length === 0 ? text : [first, ...others].map(inFull).join('\n\n');
  if (place === undefined) return { message, pluginCode: code };
  const { file, line, column, frame } = place;
  const where = { id: file, loc: { file, line, column } };
  const isFramed = frame !== undefined && others.length === 0;
  return { message, pluginCode: code, ...where, ...(isFramed && { frame }) };
}
