import { resolve } from 'node:path';
import type { Config } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { findSystems } from '../../../project/systems/read.ts';
import type { Io } from '../../kit/io.ts';
import { restateProblems } from '../check/on-restate.ts';

const refusals = new Set<unknown>(['MR5260', 'MR5261', 'MR5262']);

/** The same failure; what Restate cannot do of a system with its places in the source, as seen from the working directory. */
export async function withPlaces(io: Io, config: Config, file: string, thrown: unknown): Promise<unknown> {
  if (!refusals.has((thrown as { readonly code?: unknown }).code)) return thrown;
  // What was generated knows its file only from where it lies.
  const { systems } = await findSystems([resolve(io.cwd, file)], io.cwd, config);
  const problems = restateProblems(systems, io.cwd);
  const [first] = problems;
  if (first === undefined) return thrown;
  const lines = problems.map(({ code, message, hint, ...at }) => {
    const place = `${at.file}:${at.line}:${at.column}`;
    return problems.length === 1 ? `${place}: ${message}` : `${place}: ${code} ${message} ${hint ?? ''}`;
  });
  const all = `The system says ${problems.length} things that Restate cannot do:\n${lines.join('\n')}`;
  return new CliError(first.code, problems.length === 1 ? (lines[0] ?? '') : all, {
    hint: problems.length === 1 ? (first.hint ?? '') : '`dsl check FILE --engine restate` lists them, too.',
    exitCode: 1,
    cause: thrown,
  });
}
