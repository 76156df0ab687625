import { definitionsOf } from '../kit/definitions.ts';
import { unknownName } from '../kit/words.ts';
import type { Rule } from '../rule.ts';

/** The members and dependencies of a bounded context exist, and a definition belongs to one context only. */
export const contextMembers: Rule = {
  code: 'MR1216',
  name: 'context-members',
  severity: 'error',
  check(model, report) {
    const known = definitionsOf(model).map(({ name }) => name);
    const contexts = Object.values(model.contexts);
    const owner = new Map<string, string>();
    for (const { name, members, dependencies = [], location } of contexts) {
      const path = `contexts.${name}`;
      for (const member of members) {
        if (!known.includes(member)) {
          const message = `Context '${name}' has the member '${member}', but the system has no definition of that name.`;
          report({ message, ...unknownName(member, known, 'definition'), path: `${path}.members`, location });
        }
        const other = owner.get(member);
        owner.set(member, other ?? name);
        if (other === undefined) continue;
        const message =
          other === name
            ? `Context '${name}' lists '${member}' twice.`
            : `'${member}' is a member of the contexts '${other}' and '${name}'.`;
        report({ message, path: `${path}.members`, location, context: { actual: member, ids: [member] } });
      }
      const others = contexts.map((context) => context.name).filter((other) => other !== name);
      for (const dependency of dependencies) {
        if (others.includes(dependency)) continue;
        const message =
          dependency === name
            ? `Context '${name}' depends on itself.`
            : `Context '${name}' depends on '${dependency}', but there is no such context.`;
        report({
          message,
          ...unknownName(dependency, others, 'other context'),
          path: `${path}.dependencies`,
          location,
        });
      }
    }
  },
};
