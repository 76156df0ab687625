import { z } from 'zod';
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

/** The schema of one edit. A value may be `undefined`, but it must be there. */
function schemaOf(edit: object): z.ZodType {
  const op = 'op' in edit ? edit.op : undefined;
  if (op !== 'add' && op !== 'set') return others;
  const value =
    'text' in edit ? withText : { value: 'value' in edit ? z.unknown() : z.never('an edit has a value or a text') };
  return op === 'add' ? z.strictObject({ ...addSchema, ...value }) : z.strictObject({ ...setSchema, ...value });
}

/** One edit as somebody gives it, such as out of a JSON file: or what is wrong with it, as ends of sentences. */
export function readEdit(json: unknown): { readonly edit: Edit } | { readonly problems: readonly string[] } {
  if (typeof json !== 'object' || json === null) return { problems: ['it is no object'] };
  const parsed = parsePart(schemaOf(json), json);
  if ('value' in parsed) return { edit: parsed.value as Edit };
  return {
    problems: parsed.problems.map((problem) => {
      const where = pathText(problem.path);
      return where === '' ? problem.message : `'${where}': ${problem.message}`;
    }),
  };
}
