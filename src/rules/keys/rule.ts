import type { Location, SystemModel } from '../../model/index.ts';
import type { Rule } from '../rule.ts';

const maps = ['contexts', 'events', 'tasks', 'agents', 'resources', 'flows', 'machines', 'locals', 'imports'] as const;

/** Every member of a system stands under its own name. */
export const keys: Rule = {
  code: 'MR1202',
  name: 'keys',
  severity: 'error',
  check(model: SystemModel, report) {
    for (const map of maps) {
      const members: Readonly<Record<string, { readonly name: string; readonly location: Location }>> = model[map];
      for (const [key, { name, location }] of Object.entries(members)) {
        if (key === name) continue;
        report({
          message: `'${map}' holds '${name}' under the key '${key}'.`,
          hint: 'The key and the name must be the same.',
          path: `${map}.${key}`,
          location,
          context: { actual: key, expected: name, ids: [key, name] },
        });
      }
    }
  },
};
