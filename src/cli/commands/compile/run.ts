import { resolve } from 'node:path';
import { readConfig, type Config } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { findFiles } from '../../../project/kit/find-files.ts';
import type { Io } from '../../kit/io.ts';
import { shorten } from '../../kit/table.ts';
import { compileSystems, type Outcome } from '../../../project/systems/compile.ts';
import { showDiagnostics } from '../../systems/show-diagnostics.ts';
import { line } from './report.ts';

/** The options of `dsl compile`. */
export interface CompileArguments {
  readonly out?: string;
  readonly check?: true;
  readonly watch?: true;
  readonly stubs?: true;
  readonly force?: true;
}

/** Compiles systems. Exit code 1 when there is a problem in one, or when `--check` finds stale output. */
export async function compile(io: Io, globs: readonly string[], options: CompileArguments): Promise<number> {
  if (options.watch === true && (options.check === true || io.json)) {
    throw new CliError('MR2003', '--watch goes on for ever, so it goes with neither --check nor --json.', {
      hint: 'Leave one of them out.',
    });
  }
  if (options.watch === true) {
    const { watch } = await import('./watch/index.ts');
    return await watch(io, globs, options);
  }
  const outcome = await compileOnce(io, await readConfig(io.cwd), globs, options);
  const { ok, systems, diagnostics } = outcome;
  if (io.json) io.document({ ok, systems, diagnostics });
  else tell(io, outcome, options.check === true);
  return ok ? 0 : 1;
}

/** One go over all systems that the arguments name. */
async function compileOnce(
  io: Io,
  config: Config,
  globs: readonly string[],
  options: CompileArguments,
): Promise<Outcome> {
  const files = globs.length > 0 ? await findFiles(globs, io.cwd) : await findFiles(config.globs, config.root);
  const out = options.out === undefined ? config.out : resolve(io.cwd, options.out);
  const { check = false, stubs = false, force = false } = options;
  return await compileSystems(files, io.cwd, config, { out, check, stubs, force });
}

/** Says what was done: problems on stderr, the rest on stdout. */
export function tell(io: Io, { systems, stubs, diagnostics }: Outcome, check: boolean): void {
  const unimplemented = diagnostics.filter(({ code, severity }) => code === 'MR1501' && severity === 'warning');
  showDiagnostics(
    io,
    diagnostics.filter((diagnostic) => !unimplemented.includes(diagnostic)),
  );
  for (const system of systems) io.out(line(system, check));
  for (const path of stubs) io.out(`${io.paint('green', '+')} ${path}`);
  // At the beginning every task is one: a line for all of them, and `dsl check` for the places.
  if (unimplemented.length > 0) {
    const tasks = unimplemented.map(({ message }) => /'(.*?)'/.exec(message)?.[1] ?? '').join(', ');
    const count = unimplemented.length === 1 ? 'One task has' : `${unimplemented.length} tasks have`;
    io.note(
      `${io.paint('yellow', 'warning MR1501', 'note')}: ${count} no implementation: ${shorten(tasks, 100)}. \`dsl compile --stubs\` begins what is missing.`,
    );
  }
}
