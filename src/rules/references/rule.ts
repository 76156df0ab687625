import { failedOf } from '../../core/index.ts';
import type { SystemModel } from '../../model/index.ts';
import { definitionMaps } from '../../model/nodes/definition-maps.ts';
import { kindOf, namesOf, type DefinitionKind } from '../kit/definitions.ts';
import { article, knownNames, unknownName } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';
import { visitReferences, type Reference } from './visit.ts';

/** Every name that a definition uses must be declared, and be of the kind that the place asks for. */
export const references: Rule = {
  code: 'MR1203',
  name: 'references',
  severity: 'error',
  check(model, report) {
    visitReferences(model, (reference) => {
      const finding = judge(model, reference);
      if (finding !== undefined) report({ path: reference.path, location: reference.location, ...finding });
    });
  },
};

function judge(
  model: SystemModel,
  { name, kinds, place }: Reference,
): Pick<Finding, 'message' | 'hint' | 'context'> | undefined {
  const failed = kinds.includes('event') ? failedOf(name) : undefined;
  const wanted: readonly DefinitionKind[] = failed === undefined ? kinds : ['task', 'flow'];
  const id = failed ?? name;
  if (wanted.some((kind) => Object.hasOwn(model[definitionMaps[kind]], id))) return undefined;
  const noun = wanted.join(' or ');
  const shown = failed === undefined ? `'${id}'` : `failed(${id})`;
  const other = kindOf(model, id);
  if (other !== undefined) {
    return {
      message: `${place} names ${shown}, but that is ${article(other)}, not ${article(noun)}.`,
      hint: knownNames(namesOf(model, wanted), noun),
      context: { actual: other, expected: noun, ids: [id] },
    };
  }
  return {
    message: `${place} names ${shown}, but the system has no ${noun} of that name.`,
    ...unknownName(id, namesOf(model, wanted), noun),
  };
}
