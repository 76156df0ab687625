import semver from 'semver';
import { MillraceError } from '../../core/index.ts';
import type { Codemod } from './codemod.ts';

/**
 * The codemods between two versions of Millrace, both included: a codemod does nothing to what is new already, and what
 * was written for a version may have been written wrong.
 *
 * @throws MillraceError MR1841 when one is no version, or `from` is the later one.
 */
export function plannedCodemods(
  all: readonly Codemod[],
  from: string | undefined,
  to: string | undefined,
): readonly Codemod[] {
  for (const version of [from, to]) {
    if (version !== undefined && semver.valid(version) === null)
      throw refused(`'${version}' is no version of Millrace.`);
  }
  if (from !== undefined && to !== undefined && semver.gt(from, to)) {
    throw refused(
      `The source was written for Millrace ${from}, which is later than ${to}: codemods only lead forward.`,
    );
  }
  return all
    .filter(
      ({ version }) =>
        (from === undefined || semver.gte(version, from)) && (to === undefined || semver.lte(version, to)),
    )
    .toSorted((a, b) => semver.compare(a.version, b.version));
}

function refused(message: string): MillraceError {
  return new MillraceError(message, { code: 'MR1841', retryable: false, fault: 'input' });
}
