import type { Rule } from './rule.ts';
import { references } from './references/index.ts';

/** Every rule, in the order in which they run. */
export const rules: readonly Rule[] = [references];
