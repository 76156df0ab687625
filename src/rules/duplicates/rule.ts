import { definitionsOf, type Definition } from '../kit/definitions.ts';
import { article } from '../kit/words.ts';
import type { Rule } from '../rule.ts';

/** Events, tasks, agents, resources, flows and machines share one set of names, in the source and in generated code. */
export const duplicates: Rule = {
  code: 'MR1205',
  name: 'duplicates',
  severity: 'error',
  check(model, report) {
    const first = new Map<string, Definition>();
    for (const definition of definitionsOf(model)) {
      const { kind, name, path, location } = definition;
      const identifier = camelise(name);
      const other = first.get(identifier);
      if (other === undefined) {
        first.set(identifier, definition);
        continue;
      }
      const same = other.name === name;
      report({
        message: same
          ? `'${name}' is the name of ${article(other.kind)} and of ${article(kind)}.`
          : `'${name}' and '${other.name}' are both '${identifier}' in generated code.`,
        hint: 'Give one of them another name.',
        path,
        location,
        related: [{ message: `'${other.name}' is declared here`, location: other.location }],
        context: { actual: name, ids: [...new Set([other.name, name])] },
      });
    }
  },
};

/** The identifier of a definition in generated code: `mail.sent` and `mail-sent` are `mailSent`. */
function camelise(name: string): string {
  return name.replaceAll(/[.-]+(\w?)/g, (_all, letter: string) => letter.toUpperCase());
}
