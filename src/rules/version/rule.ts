import type { Rule } from '../rule.ts';

const semver =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[\da-z-]+(?:\.[\da-z-]+)*)?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/i;

/** The version of a system is three numbers with dots, as in semantic versioning. */
export const version: Rule = {
  code: 'MR1201',
  name: 'version',
  severity: 'error',
  check({ version: actual, location }, report) {
    if (semver.test(actual)) return;
    report({
      message: `'${actual}' is not a version.`,
      hint: "Write three numbers with dots: '1.0.0', or '2.1.0-beta.1' before a release.",
      path: 'version',
      location,
      context: { actual, expected: 'a semantic version' },
    });
  },
};
