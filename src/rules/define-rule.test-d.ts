import { defineConfig } from '../dsl/index.ts';
import { defineRule } from './define-rule.ts';
import type { ValidateOptions } from './validate.ts';

const rule = defineRule({
  code: 'shop/names',
  check(model, report) {
    for (const { name, location } of Object.values(model.tasks))
      report({ message: name, path: `tasks.${name}`, location });
    // @ts-expect-error A report says where.
    report({ message: 'm', path: 'tasks' });
    // @ts-expect-error The model is not to be changed.
    model.name = 'other';
  },
});

export const options: ValidateOptions = { rules: [rule] };
export const config = defineConfig({ customRules: [rule], rules: { 'shop/names': 'off', MR1220: 'error' } });
// @ts-expect-error A code of one's own has a prefix.
export const plain = defineRule({ code: 'names', check: () => {} });
// @ts-expect-error There is no such severity.
export const harsh = defineRule({ code: 'shop/harsh', severity: 'fatal', check: () => {} });
// @ts-expect-error Nor in the config.
export const wrong = defineConfig({ rules: { 'shop/names': 'fatal' } });
