import { nearest } from '../../core/index.ts';
import type { Rule } from '../rule.ts';

function unknown(agent: string, named: string, ids: readonly string[] = []): { message: string; hint: string } {
  const like = nearest(named, ids);
  return {
    message: `Agent '${agent}' names the model '${named}', which is not in the catalogue.`,
    hint: `${like === undefined ? '' : `Did you mean '${like}'? `}\`dsl models list\` has those that are. Others are added in dsl.config.ts: \`models: { catalogue: { models: [{ id: '${named}', … }] } }\`.`,
  };
}

/** Where there is a budget, the models that agents name have prices. Says nothing when no catalogue is known. */
export const unpriced: Rule = {
  code: 'MR1249',
  name: 'unpriced',
  severity: 'error',
  // The catalogue may be made in code, which is not read here: then it may be switched off.
  alsoWarns: true,
  check(model, report, { models }) {
    if (models === undefined) return;
    for (const { name, model: named, location } of Object.values(model.agents)) {
      if (named === undefined) continue;
      const known = models(named);
      if (known === 'priced' || (known === 'unpriced' && model.budget === undefined)) continue;
      const base = { path: `agents.${name}.model`, location, context: { actual: named, ids: [name] } };
      if (known === undefined) report({ ...base, ...unknown(name, named, models.ids) });
      else
        report({
          ...base,
          message: `The system has a budget, and the price of the model '${named}' of agent '${name}' is not known: it would never be asked.`,
          hint: 'Give its prices in dsl.config.ts (`models: { catalogue: … }`), take another model, or take the budget out.',
        });
    }
  },
};
