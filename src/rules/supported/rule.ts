import type { Rule } from '../rule.ts';
import { detect } from './detect.ts';
import { features } from './table.ts';

/** What the language has but nothing does yet is refused: never dropped in silence. */
export const supported: Rule = {
  code: 'MR1601',
  name: 'supported',
  severity: 'error',
  check(model, report) {
    detect(model, (feature, path, location) => {
      const [isSupported, what, hint = 'This version can read it but not run it. Take it out for now.'] = features[
        feature
      ] as readonly [boolean, string, string?];
      if (isSupported) return;
      report({
        message: `Not yet supported: ${what}.`,
        hint,
        path,
        location,
        context: { actual: feature, ids: [feature] },
      });
    });
  },
};
