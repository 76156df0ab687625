import type { SystemModel } from '../../model/index.ts';
import { unknownName } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';

/** What a system says of money can be kept: one currency, tasks that there are, and something that costs. */
export const budget: Rule = {
  code: 'MR1247',
  name: 'budget',
  severity: 'error',
  alsoWarns: true,
  check(model, report) {
    if (model.budget === undefined) return;
    const say = (found: Omit<Finding, 'location'>): void => report({ ...found, location: model.location });
    checkCurrencies(model.budget, say);
    const performed = Object.values(model.tasks).filter((task) => task.model !== undefined);
    const names = performed.map(({ name }) => name);
    for (const name of Object.keys(model.budget.tasks ?? {})) {
      const path = `budget.tasks.${name}`;
      if (!Object.hasOwn(model.tasks, name))
        say({
          message: `There is a budget of the task '${name}', and no such task.`,
          path,
          ...unknownName(name, names, 'model task'),
        });
      else if (!names.includes(name))
        say({
          severity: 'warning',
          message: `There is a budget of the task '${name}', which no model performs: it costs nothing.`,
          hint: 'Only calls of models are counted. Take it out.',
          path,
          context: { ids: [name] },
        });
    }
    if (performed.length === 0)
      say({
        severity: 'warning',
        message: `System '${model.name}' has a budget, and no task that a model performs: nothing costs anything.`,
        hint: 'Take it out until there is one.',
        path: 'budget',
      });
  },
};

type Budget = NonNullable<SystemModel['budget']>;

function checkCurrencies(
  { tasks = {}, models = {}, ...rest }: Budget,
  say: (found: Omit<Finding, 'location'>) => void,
): void {
  const all = [
    ...Object.entries(rest),
    ...Object.entries(tasks).map(([name, amount]) => [`tasks.${name}`, amount] as const),
    ...Object.entries(models).map(([name, amount]) => [`models.${name}`, amount] as const),
  ];
  const [[, first = ''] = []] = all;
  for (const [name, amount] of all) {
    const [currency, expected] = [amount.slice(-3), first.slice(-3)];
    if (currency === expected) continue;
    say({
      message: `The budget has amounts in ${expected} and, in '${name}', in ${currency}: nothing converts currencies.`,
      hint: `Give all of them in one, that of the prices: those of the catalogue are in USD.`,
      path: `budget.${name}`,
      context: { actual: currency, expected },
    });
  }
}
