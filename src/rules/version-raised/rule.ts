import { diffSystems } from '../../model/diff/diff.ts';
import { isRaisedFor } from '../../model/diff/version.ts';
import type { Rule } from '../rule.ts';

/** What breaks something for those who use the last kept version needs a version that says so. */
export const versionRaised: Rule = {
  code: 'MR1830',
  name: 'version-raised',
  severity: 'warning',
  check(model, report, { kept, partial }) {
    // Where a part of the source could not be read, everything in it would seem to be removed.
    if (kept === undefined || partial === true) return;
    const { model: before, file, compareSchemas } = kept;
    if (isRaisedFor(before.version, model.version, 'breaking')) return;
    const { breaking } = diffSystems(before, model, { ...(compareSchemas && { compareSchemas }) });
    const [first] = breaking;
    if (first === undefined) return;
    const more = breaking.length === 1 ? '' : ` And ${breaking.length - 1} more.`;
    report({
      message: `Version ${model.version} is too little after ${before.version}, which is kept (${file}): ${first.message}${more}`,
      path: 'version',
      location: model.location,
      hint: `Raise the first number (below 1.0.0 the second). \`dsl diff ${file} FILE\` lists what breaks, \`dsl migrate FILE --plan\` begins the step.`,
      context: { actual: model.version, ids: breaking.map(({ path }) => path) },
    });
  },
};
