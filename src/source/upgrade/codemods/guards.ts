import type { Codemod } from '../codemod.ts';
import { memberNamed, memberOf, rename } from '../object.ts';

/** XState 4 said `cond`; XState 5, SCXML's readers and this language say `guard`. */
export const condIsGuard: Codemod = {
  version: '0.1.0',
  name: 'cond-is-guard',
  description: 'the `cond` of a transition becomes its `guard`',
  apply({ module, refused }) {
    return refused.flatMap((found) => {
      const { code, message } = found.diagnostic;
      if (code !== 'MR1102' || message !== "A transition has no option 'cond'.") return [];
      const { member, object } = memberOf(found) ?? {};
      if (member === undefined || object === undefined || memberNamed(object, 'guard') !== undefined) return [];
      return [[rename(module, member, 'guard')]];
    });
  },
};
