import { ts } from '../../syntax/typescript.js';
import type { Codemod } from '../codemod.ts';
import { hasComment, memberNamed, memberOf, removal } from '../object.ts';

/** XState gives a state a `type`; here a state says what it is. */
export const statesSayWhatTheyAre: Codemod = {
  version: '0.1.0',
  name: 'states-say-what-they-are',
  description:
    "`type: 'final'`, `'parallel'` and `'history'` of a state become `final: true`, `parallel: true` and `history: 'shallow'`",
  apply({ module, refused }) {
    return refused.flatMap((found) => {
      const { code, message } = found.diagnostic;
      if (code !== 'MR1102' || !/^State '.*' has no option 'type'\.$/s.test(message)) return [];
      const { member, object } = memberOf(found) ?? {};
      if (member === undefined || object === undefined || !ts.isPropertyAssignment(member)) return [];
      if (!ts.isStringLiteralLike(member.initializer)) return [];
      const type = member.initializer.text;
      // Compound is what has states, atomic what has none; a history says its depth already where it is not the shallow one.
      const isSaid =
        type === 'compound' ||
        type === 'atomic' ||
        (type === 'history' && memberNamed(object, 'history') !== undefined);
      if (isSaid) {
        const change = removal(module, object, member);
        const rest =
          module.text.slice(change.start, member.getStart(module.source)) + module.text.slice(member.end, change.end);
        return /\/[/*]/.test(rest) ? [] : [[change]];
      }
      const word = { final: 'final: true', parallel: 'parallel: true', history: "history: 'shallow'" }[type];
      if (word === undefined || memberNamed(object, type) !== undefined) return [];
      const start = member.getStart(module.source);
      return hasComment(module, start, member.end) ? [] : [[{ start, end: member.end, text: word }]];
    });
  },
};
