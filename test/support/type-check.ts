import { execFile } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** One error of the type checker, with the lines that explain it. */
export interface TypeError {
  /** The name of the file, without its folder. */
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** What came of checking a project. */
export interface TypeCheck {
  readonly errors: readonly TypeError[];
  /** How many types were instantiated: the measure of work that does not depend on the machine. */
  readonly instantiations: number;
}

/** Runs the real compiler over a project (the path of a tsconfig). */
export async function typeCheck(project: string): Promise<TypeCheck> {
  const output = await new Promise<string>((done) => {
    const tsc = `${root}node_modules/typescript/bin/tsc`;
    execFile(
      process.execPath,
      [tsc, '-p', project, '--extendedDiagnostics', '--pretty', 'false'],
      { maxBuffer: 1 << 26 },
      (_failure, out) => done(out),
    );
  });
  const instantiations = Number(/Instantiations:\s+(\d+)/.exec(output)?.[1]);
  if (!Number.isFinite(instantiations)) throw new Error(`The type checker said:\n${output}`);
  return { errors: errorsIn(output), instantiations };
}

function errorsIn(output: string): readonly TypeError[] {
  const errors: TypeError[] = [];
  for (const line of output.split('\n')) {
    const found = /^(.+)\((\d+),\d+\): error TS\d+: (.*)$/.exec(line);
    const last = errors.at(-1);
    if (found !== null)
      errors.push({ file: basename(found[1] ?? ''), line: Number(found[2]), message: found[3] ?? '' });
    else if (last !== undefined && /^\s+\S/.test(line) && !line.startsWith('Files:')) {
      errors[errors.length - 1] = { ...last, message: `${last.message}\n${line.trim()}` };
    }
  }
  return errors;
}
