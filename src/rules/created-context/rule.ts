import { codeTokens, is, type CodeToken } from '../../model/text/code-tokens.ts';
import type { Rule } from '../rule.ts';

/** An instance that an event creates begins with the defaults of its context: a field without one refuses the event. */
export const createdContext: Rule = {
  code: 'MR1343',
  name: 'created-context',
  severity: 'warning',
  check(model, report) {
    for (const { name, creates, context } of Object.values(model.machines)) {
      const fields = creates.length === 0 ? [] : requiredFields(context.text);
      const [first] = fields;
      if (first === undefined) continue;
      const shown = fields.map((field) => `'${field}'`).join(', ');
      report({
        message: `Machine '${name}' is created by '${creates[0]}', and its context needs ${shown}, which ${fields.length === 1 ? 'has no default' : 'have no defaults'}.`,
        hint: `Nobody gives a context to an instance that an event creates (MR3307). Write .default(…) or .optional() behind ${shown}, and assign it when the event comes.`,
        path: `machines.${name}.context`,
        location: context.location,
        context: { ids: [name], actual: first },
      });
    }
  },
};

/** Schemas that need a value, as far as their name tells. Of all others nothing is said. */
const needy = new Set(
  'string number int boolean bigint date object strictObject looseObject array tuple record map set enum literal email uuid url iso null'.split(
    ' ',
  ),
);
/** Calls after which a value may be absent, or that may be anything. */
const lenient = new Set('default prefault optional nullish catch transform pipe or and overwrite refine'.split(' '));

/** The fields of `z.object({ … })` that surely need a value, where it is written out. */
function requiredFields(text: string): readonly string[] {
  const tokens = codeTokens(text);
  if (tokens === undefined) return [];
  const isObject =
    name(tokens, 0) === 'z' &&
    is(tokens, 1, '.') &&
    /^(?:object|strictObject|looseObject)$/.test(name(tokens, 2) ?? '');
  // What is called on the whole, such as `.partial()`, may change all of it.
  if (!isObject || !is(tokens, 3, '(') || !is(tokens, 4, '{') || tokens[3]?.pair !== tokens.length - 1) return [];
  const end = tokens[4]?.pair ?? -1;
  const fields: string[] = [];
  for (let at = 5; at < end;) {
    const key = tokens[at];
    let next = at;
    while (next < end && !(is(tokens, next, ',') && tokens[next]?.around === 4)) next++;
    if (key !== undefined && is(tokens, at + 1, ':') && needsValue(tokens, at + 2, next)) fields.push(key.value);
    at = next + 1;
  }
  return fields;
}

function needsValue(tokens: readonly CodeToken[], from: number, to: number): boolean {
  if (name(tokens, from) !== 'z' || !is(tokens, from + 1, '.') || !needy.has(name(tokens, from + 2) ?? ''))
    return false;
  for (let at = from; at < to; at++) {
    if (tokens[at]?.around === 4 && lenient.has(name(tokens, at) ?? '')) return false;
  }
  return true;
}

function name(tokens: readonly CodeToken[], index: number): string | undefined {
  const token = tokens[index];
  return token?.type === 'name' ? token.value : undefined;
}
