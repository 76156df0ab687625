import { resolve } from 'node:path';
import { readConfig } from '../../../project/config/config.ts';
import { findFiles } from '../../../project/kit/find-files.ts';
import { freshSystems, reportFresh } from '../../../project/systems/fresh.ts';
import { missingTasks } from '../../../project/systems/missing-task.ts';
import { line } from './report.ts';

/** The plainest arguments of `dsl compile`. */
export interface PlainArguments {
  readonly globs: readonly string[];
  readonly out?: string;
  readonly json: boolean;
  readonly check: boolean;
}

/** Reads the arguments without a parser of command lines; `undefined` when they are not plain, or not right. */
export function plainArguments(args: readonly string[]): PlainArguments | undefined {
  const globs: string[] = [];
  let out: string | undefined;
  let json = false;
  let check = false;
  for (let index = 0; index < args.length; index++) {
    const arg = args[index] ?? '';
    if (arg === '--json') json = true;
    else if (arg === '--check') check = true;
    else if (arg === '--out' && args[index + 1]?.startsWith('-') === false) out = args[++index];
    else if (arg.startsWith('-')) return undefined;
    else globs.push(arg);
  }
  return { globs, ...(out !== undefined && { out }), json, check };
}

/**
 * The short way of `dsl compile`, for when there is nothing to do: most builds. It loads neither commander nor a parser.
 * Returns false, having printed nothing, whenever the long way has to be taken.
 */
export async function compileUnchanged({ globs, out, json, check }: PlainArguments, cwd: string): Promise<boolean> {
  try {
    const config = await readConfig(cwd);
    const files = globs.length > 0 ? await findFiles(globs, cwd) : await findFiles(config.globs, config.root);
    const fresh = freshSystems(files, out === undefined ? config.out : resolve(cwd, out), config);
    const accounted = new Set(fresh.flatMap(({ entry, sources }) => [entry, ...sources]));
    if (fresh.length === 0 || !files.every((file) => accounted.has(file))) return false;
    if (fresh.some(({ entry, outDir }) => missingTasks(outDir, entry).length > 0)) return false;
    const systems = fresh.map((each) => reportFresh(each, cwd));
    const text = json
      ? JSON.stringify({ ok: true, systems, diagnostics: [] }, null, process.stdout.isTTY ? 2 : 0)
      : systems.map((each) => line(each, check)).join('\n');
    process.stdout.write(`${text}\n`);
    return true;
  } catch {
    // The long way meets the same problem, and knows how to tell it.
    return false;
  }
}
