import { isBreaking } from '../../engine/index.ts';
import { MigrationError } from '../errors.ts';
import { planChain, type ChainOptions } from '../plan/chain.ts';
import type { PlannedStep } from '../plan/planned-step.ts';
import { compareVersions } from '../version/version.ts';

/**
 * The steps that lead from the version of a row to the target. A row may be of a version for which there is no step, such
 * as 1.2.1 where steps lead from 1.2.0: versions of one line understand each other's rows, so it takes the steps of the
 * nearest version of its line, without those that lie behind it.
 *
 * @throws MigrationError (from the returned function) MR3505.
 */
export function chainsTo(options: Omit<ChainOptions, 'from'>): (version: string) => readonly PlannedStep[] {
  const known = new Map<string, readonly PlannedStep[]>();
  return (version) => {
    const chain = known.get(version) ?? chainFrom(version, options);
    known.set(version, chain);
    return chain;
  };
}

function chainFrom(version: string, options: Omit<ChainOptions, 'from'>): readonly PlannedStep[] {
  const { to, files } = options;
  if (version === to) return [];
  const { steps, diagnostics } = planChain({ ...options, from: version });
  const [problem] = diagnostics;
  if (problem === undefined) return steps;
  const isUp = compareVersions(version, to) < 0;
  const isAhead = (other: string): boolean => compareVersions(other, version) > 0 === isUp;
  const begins = [...new Set(files.map(({ step }) => (isUp ? step.from : step.to)))]
    .filter((begin) => begin !== version && !isBreaking(begin, version))
    .sort((a, b) => compareVersions(a, b) * (isUp ? 1 : -1));
  for (const begin of [...begins.filter((each) => !isAhead(each)).toReversed(), ...begins.filter(isAhead)]) {
    const found = begin === to ? undefined : planChain({ ...options, from: begin });
    if (found?.diagnostics.length === 0) return found.steps.filter((step) => isAhead(step.to));
  }
  if (!isBreaking(version, to) && (isUp || options.allowDowngrade === true)) return [];
  throw new MigrationError(
    'MR3505',
    `There are rows of version ${version} in the database, and no way from there to ${to}: ${problem.message}`,
    problem.hint === undefined ? {} : { hint: problem.hint },
  );
}
