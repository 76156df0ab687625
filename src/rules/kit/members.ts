import type { SchemaNode, SystemModel } from '../../model/index.ts';
import { codeTokens, is, isWord, type CodeToken } from '../../model/text/code-tokens.ts';

/** What leaves the members of an object as they are. */
const harmless = /^(?:strict|readonly|describe|meta|brand|refine|superRefine|check|register|default|prefault)$/;

/**
 * The names of the members of an object schema, where its text shows them: `z.object({ … })`, or a declaration of the
 * file that is one. Undefined where it does not: then nothing can be said of a name.
 */
export function membersOf(model: SystemModel, schema: Pick<SchemaNode, 'text'>): readonly string[] | undefined {
  const tokens = codeTokens(schema.text);
  if (tokens === undefined) return undefined;
  const [only, second] = tokens;
  if (only?.type === 'name' && second === undefined) {
    const local = Object.hasOwn(model.locals, only.value) ? model.locals[only.value] : undefined;
    const [, value] = /^const\s+[\w$]+\s*=\s*([^]*?);?\s*$/.exec(local?.text ?? '') ?? [];
    // A constant of another constant is followed once more; a circle has no text that shows members.
    return value === undefined || value === schema.text
      ? undefined
      : membersOf(without(model, only.value), { text: value });
  }
  // `z . object ( { … } )`
  const isObject =
    isWord(tokens, 0, 'z') && is(tokens, 1, '.') && /^(?:object|strictObject)$/.test(tokens[2]?.value ?? '');
  if (!isObject || !is(tokens, 3, '(') || !is(tokens, 4, '{')) return undefined;
  const [closesCall, closesObject] = [tokens[3]!.pair, tokens[4]!.pair];
  if (closesObject + 1 !== closesCall && !(is(tokens, closesObject + 1, ',') && closesObject + 2 === closesCall))
    return undefined;
  return chainIsHarmless(tokens, closesCall + 1) ? keysIn(tokens, 4) : undefined;
}

/**
 * Whether a member of an object schema is a text, a number or the like, which has no members of its own, where the text
 * of the schema shows it.
 */
export function isPlain(model: SystemModel, schema: Pick<SchemaNode, 'text'>, member: string): boolean {
  const tokens = codeTokens(schema.text) ?? [];
  const [only, second] = tokens;
  if (only?.type === 'name' && second === undefined) {
    const local = Object.hasOwn(model.locals, only.value) ? model.locals[only.value] : undefined;
    const [, value] = /^const\s+[\w$]+\s*=\s*([^]*?);?\s*$/.exec(local?.text ?? '') ?? [];
    return value !== undefined && value !== schema.text && isPlain(without(model, only.value), { text: value }, member);
  }
  if (membersOf(model, schema)?.includes(member) !== true) return false;
  const at = tokens.findIndex(
    ({ value, around, type }, index) =>
      around === 4 && is(tokens, index + 1, ':') && (type === 'string' ? literal(value) : value) === member,
  );
  // `z . string (`, and then nothing that makes something else of it.
  if (at < 0 || !isWord(tokens, at + 2, 'z') || !is(tokens, at + 3, '.') || !plain.test(tokens[at + 4]?.value ?? ''))
    return false;
  const end = tokens[4]!.pair;
  for (let next = at + 5; next < end && !(is(tokens, next, ',') && tokens[next]!.around === 4); next += 1)
    if (tokens[next]!.around === 4 && changing.test(tokens[next]!.value)) return false;
  return true;
}

const plain = /^(?:string|email|url|uuid|iso|number|int|float|boolean|bigint|date|enum|literal|stringbool)$/;
const changing = /^(?:transform|pipe|or|and|codec|catch)$/;

const without = (model: SystemModel, name: string): SystemModel => ({
  ...model,
  locals: Object.fromEntries(Object.entries(model.locals).filter(([key]) => key !== name)),
});

function chainIsHarmless(tokens: readonly CodeToken[], from: number): boolean {
  for (let at = from; at < tokens.length; at = tokens[at + 2]!.pair + 1)
    if (!is(tokens, at, '.') || !harmless.test(tokens[at + 1]?.value ?? '') || !is(tokens, at + 2, '(')) return false;
  return true;
}

/** The keys between two braces; nothing when one of them is computed or spread. */
function keysIn(tokens: readonly CodeToken[], open: number): readonly string[] | undefined {
  const keys: string[] = [];
  const end = tokens[open]!.pair;
  for (let at = open + 1; at < end; at += 1) {
    const { type, value } = tokens[at]!;
    if (type !== 'name' && type !== 'string') return undefined;
    if (!is(tokens, at + 1, ':') && !is(tokens, at + 1, ',') && at + 1 !== end) return undefined;
    const key = type === 'string' ? literal(value) : value;
    if (key === undefined) return undefined;
    keys.push(key);
    // To the comma behind its value.
    while (at < end && !(is(tokens, at, ',') && tokens[at]!.around === open)) at += 1;
  }
  return keys;
}

function literal(text: string): string | undefined {
  const [, inside] = /^(['"])((?:(?!\1)[^\\])*)\1$/.exec(text) ?? [];
  return inside;
}
