import { z } from 'zod';
import { nearest } from '../../core/nearest.ts';
import { importSchema, localSchema } from '../nodes/expression.ts';
import { parsePart } from '../schema/parse.ts';
import { pathText } from '../schema/place.ts';
import type { Edit } from './edit.ts';

const path = z.string().min(1);
const place = { into: z.string().exactOptional(), before: z.string().exactOptional() };
const setSchema = { op: z.literal('set'), path };
const addSchema = {
  op: z.literal('add'),
  path,
  ...place,
  file: z.string().exactOptional(),
  locals: z.array(localSchema).exactOptional(),
  imports: z.array(importSchema).exactOptional(),
};
const withText = { text: z.string() };

const others = z.discriminatedUnion('op', [
  z.strictObject({ op: z.literal('remove'), path }),
  z.strictObject({ op: z.literal('rename'), path, to: z.string().min(1) }),
  z.strictObject({ op: z.literal('move'), path, ...place }),
]);

/** The members of each edit. */
const members: Readonly<Record<string, readonly string[]>> = {
  set: ['path', 'value', 'text'],
  add: ['path', 'value', 'text', 'into', 'before', 'file', 'locals', 'imports'],
  remove: ['path'],
  rename: ['path', 'to'],
  move: ['path', 'into', 'before'],
} satisfies Record<Edit['op'], readonly string[]>;

const listed = (names: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names.map((name) => `'${name}'`));

/** What the first look at an edit finds wrong: an `op` or members that there are not, a value too many or none. */
function misspelt(edit: object): readonly string[] {
  const ops = Object.keys(members);
  const op = 'op' in edit ? edit.op : undefined;
  if (typeof op !== 'string' || !ops.includes(op)) {
    const given = op === undefined ? "it has no 'op'" : `its 'op' is ${JSON.stringify(op)}`;
    const guess = typeof op === 'string' ? nearest(op, ops) : undefined;
    return [`${given}, where ${listed(ops)} is expected${guess === undefined ? '' : `; did you mean '${guess}'?`}`];
  }
  const known = members[op] ?? [];
  const strange = Object.keys(edit).filter((key) => key !== 'op' && !known.includes(key));
  const problems = strange.map((key) => {
    const guess = nearest(key, known);
    return `'${op}' has no '${key}', but ${listed(known)}${guess === undefined ? '' : `; did you mean '${guess}'?`}`;
  });
  const hasBoth = 'value' in edit && 'text' in edit;
  if (hasBoth && known.includes('text')) problems.push("it has a 'value' and a 'text', of which one is expected");
  const isOne = 'value' in edit || 'text' in edit;
  if (!isOne && strange.length === 0 && known.includes('text')) problems.push("it has neither a 'value' nor a 'text'");
  return problems;
}

/** The schema of one edit. A value may be `undefined`, but it must be there. */
function schemaOf(edit: object): z.ZodType {
  const op = 'op' in edit ? edit.op : undefined;
  if (op !== 'add' && op !== 'set') return others;
  const value = 'text' in edit ? withText : { value: z.unknown() };
  return op === 'add' ? z.strictObject({ ...addSchema, ...value }) : z.strictObject({ ...setSchema, ...value });
}

/** One edit as somebody gives it, such as out of a JSON file: or what is wrong with it, as ends of sentences. */
export function readEdit(json: unknown): { readonly edit: Edit } | { readonly problems: readonly string[] } {
  if (typeof json !== 'object' || json === null) return { problems: ['it is no object'] };
  const problems = misspelt(json);
  if (problems.length > 0) return { problems };
  const parsed = parsePart(schemaOf(json), json);
  if ('value' in parsed) return { edit: parsed.value as Edit };
  return {
    problems: parsed.problems.map((problem) => {
      const where = pathText(problem.path);
      return where === '' ? problem.message : `'${where}': ${problem.message}`;
    }),
  };
}
