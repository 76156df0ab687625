import { ts } from '../../syntax/typescript.js';
import type { Codemod } from '../codemod.ts';
import { memberNamed, memberOf, rename } from '../object.ts';

/** `attempts` counts all tries: `maxAttempts` does, too; `maxRetries` and `retries` leave out the first. */
export const allTriesCount: Codemod = {
  version: '0.1.0',
  name: 'all-tries-count',
  description:
    'in `retry`, `maxAttempts: 3` becomes `attempts: 3`, and `maxRetries: 3` or `retries: 3` becomes `attempts: 4`',
  apply({ module, refused }) {
    return refused.flatMap((found) => {
      const { diagnostic } = found;
      if (diagnostic.code !== 'MR1102' || !diagnostic.message.startsWith('`retry` has no option')) return [];
      const { member, object } = memberOf(found) ?? {};
      if (member === undefined || object === undefined || !('text' in member.name)) return [];
      if (memberNamed(object, 'attempts') !== undefined) return [];
      const { text } = member.name;
      if (text === 'maxAttempts') return [[rename(module, member, 'attempts')]];
      if ((text !== 'maxRetries' && text !== 'retries') || !ts.isPropertyAssignment(member)) return [];
      const { initializer } = member;
      if (!ts.isNumericLiteral(initializer) || !Number.isSafeInteger(Number(initializer.text))) return [];
      const count = { start: initializer.getStart(module.source), end: initializer.end };
      return [[rename(module, member, 'attempts'), { ...count, text: `${Number(initializer.text) + 1}` }]];
    });
  },
};
