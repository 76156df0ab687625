import { expect, it } from 'vitest';
import { z } from 'zod';
import type { Schema } from '../../flow/index.ts';
import { sampleInputs } from './index.ts';

const asks = { count: 40, seed: 7 };

interface Tree {
  readonly name: string;
  readonly below: readonly Tree[];
}
const tree: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), below: z.array(tree) }));
const chain = z.object({
  value: z.int(),
  get next() {
    return chain.optional();
  },
});
const expression: Schema = z.lazy(() =>
  z.union([z.number(), z.object({ op: z.enum(['+', '-']), left: expression, right: expression })]),
);

const taken: readonly (readonly [name: string, schema: Schema, atLeast?: number])[] = [
  ['texts', z.string()],
  ['short texts', z.string().min(3).max(5)],
  ['texts of a length', z.string().length(4)],
  ['texts that are not empty', z.string().nonempty()],
  ['texts that start', z.string().startsWith('ord_').max(12)],
  ['texts that end and hold', z.string().endsWith('.txt').includes('-')],
  ['texts of a pattern', z.string().regex(/^[A-Z]{3}-\d{4}$/)],
  [
    'texts of two patterns',
    z
      .string()
      .regex(/^[a-z]+$/)
      .regex(/^.{2,9}$/),
  ],
  ['lower case', z.string().lowercase().min(2)],
  ['upper case', z.string().uppercase().min(2)],
  ['trimmed', z.string().trim().min(1)],
  ['made lower', z.string().toLowerCase()],
  ['addresses of mail', z.email()],
  ['the old way', z.string().email()],
  ['uuids', z.uuid()],
  ['uuids of version 7', z.uuidv7()],
  ['guids', z.guid()],
  ['addresses', z.url()],
  ['https addresses', z.httpUrl()],
  ['dates and times', z.iso.datetime()],
  ['with an offset', z.iso.datetime({ offset: true })],
  ['without a zone', z.iso.datetime({ local: true })],
  ['to the second', z.iso.datetime({ precision: 0 })],
  ['days', z.iso.date()],
  ['times', z.iso.time()],
  ['durations', z.iso.duration()],
  ['ipv4', z.ipv4()],
  ['ipv6', z.ipv6()],
  ['cidr', z.cidrv4()],
  ['base64', z.base64()],
  ['base64url', z.base64url()],
  ['phone numbers', z.e164()],
  ['nanoids', z.nanoid()],
  ['cuids', z.cuid()],
  ['cuid2', z.cuid2()],
  ['ulids', z.ulid()],
  ['ksuids', z.ksuid()],
  ['xids', z.xid()],
  ['emoji', z.emoji()],
  ['host names', z.hostname()],
  ['hex', z.hex()],
  ['templates', z.templateLiteral(['v', z.int(), '.', z.enum(['a', 'b'])])],
  ['numbers', z.number()],
  ['whole numbers', z.int()],
  ['int32', z.int32()],
  ['uint32', z.uint32(), 30],
  ['float32', z.float32()],
  ['a range', z.number().min(0).max(1)],
  ['an open range', z.number().gt(0).lt(1)],
  ['cents', z.int().min(0).max(100_000)],
  ['more than zero', z.int().positive()],
  ['steps', z.number().multipleOf(0.25).min(0).max(10)],
  ['whole steps', z.int().multipleOf(5)],
  ['numbers out of texts', z.coerce.number()],
  ['texts out of anything', z.coerce.string()],
  ['bools', z.boolean(), 2],
  ['bools out of anything', z.coerce.boolean(), 2],
  ['yes and no', z.stringbool(), 6],
  ['dates out of texts', z.coerce.date()],
  ['bigints out of texts', z.coerce.bigint()],
  ['one thing', z.literal('x'), 1],
  ['some things', z.literal(['a', 1, null, true]), 4],
  ['enums', z.enum(['a', 'b', 'c']), 3],
  ['null', z.null(), 1],
  ['nothing', z.void(), 1],
  ['anything', z.unknown()],
  ['JSON', z.json()],
  ['lists', z.array(z.string())],
  ['short lists', z.array(z.int()).min(2).max(3)],
  ['lists of a length', z.array(z.boolean()).length(6)],
  ['tuples', z.tuple([z.string(), z.int()])],
  ['tuples with a rest', z.tuple([z.string()], z.int())],
  ['records', z.record(z.string(), z.int())],
  ['records of keys that fit', z.record(z.string().regex(/^[a-z]{2}$/), z.int())],
  ['records of an enum', z.record(z.enum(['a', 'b']), z.int())],
  ['partial records', z.partialRecord(z.enum(['a', 'b']), z.int())],
  ['unions', z.union([z.string(), z.int(), z.null()])],
  [
    'told apart',
    z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), n: z.int() }),
      z.object({ kind: z.literal('b'), s: z.string() }),
    ]),
  ],
  ['both', z.intersection(z.object({ a: z.int() }), z.object({ b: z.string() }))],
  ['or nothing', z.object({ a: z.string().optional(), b: z.int().nullable(), c: z.string().nullish() })],
  ['exactly or nothing', z.object({ a: z.string().exactOptional() })],
  ['defaults', z.object({ a: z.string().default('x'), b: z.int().prefault(3), c: z.int().catch(1) })],
  ['strict', z.strictObject({ a: z.int() })],
  ['loose', z.looseObject({ a: z.int() })],
  ['readonly', z.object({ a: z.array(z.int()).readonly() }).readonly()],
  ['branded', z.string().brand('Id')],
  ['transformed', z.string().transform((text) => text.length)],
  ['transformed and checked', z.string().transform(Number).pipe(z.number().min(0)), 1],
  ['preprocessed', z.preprocess((one) => one, z.int())],
  [
    'codecs',
    z.codec(z.iso.datetime(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString() }),
  ],
  [
    'refined',
    z.object({ from: z.int().min(0).max(50), to: z.int().min(0).max(50) }).refine(({ from, to }) => from <= to),
  ],
  [
    'refined within',
    z
      .array(z.int().refine((n) => n % 3 === 0))
      .min(1)
      .max(3),
  ],
  ['refined in a list', z.array(z.object({ a: z.int(), b: z.int() }).refine(({ a, b }) => a !== b))],
  ['trees', tree],
  ['chains', chain],
  ['expressions', expression],
];
it.each(taken.map(([name, schema, atLeast = 15]) => ({ name, schema, atLeast })))(
  '$name',
  async ({ schema, atLeast }) => {
    const { inputs, unsupported } = await sampleInputs(schema, asks);
    expect(unsupported).toEqual([]);
    expect(inputs.length).toBeGreaterThanOrEqual(atLeast);
    for (const input of inputs) expect(schema.safeParse(input).success, JSON.stringify(input)).toBe(true);
    // They travel as JSON, and come again for the same seed.
    expect(inputs.filter((one) => one !== undefined).map((one) => JSON.parse(JSON.stringify(one)) as unknown)).toEqual(
      inputs.filter((one) => one !== undefined),
    );
    expect((await sampleInputs(schema, asks)).inputs).toEqual(inputs);
  },
);

it.each<readonly [name: string, schema: Schema, path: string]>([
  ['dates', z.object({ at: z.date() }), 'at'],
  ['bigints', z.object({ lines: z.array(z.object({ n: z.bigint() })).min(1) }), 'lines.[].n'],
  ['maps', z.map(z.string(), z.int()), ''],
  ['sets', z.object({ tags: z.set(z.string()) }), 'tags'],
  ['symbols', z.symbol(), ''],
  ['instances', z.object({ url: z.instanceof(URL) }), 'url'],
  ['functions', z.object({ f: z.custom<() => void>() }), 'f'],
  ['nothing at all', z.never(), ''],
  ['what nothing satisfies', z.string().refine(() => false), ''],
  ['what waits', z.string().refine(() => Promise.resolve(true)), ''],
])('%s are told, and not guessed', async (_name, schema, path) => {
  const { inputs, unsupported } = await sampleInputs(schema, asks);
  expect(inputs).toEqual([]);
  expect(unsupported).toMatchObject([{ path }]);
});

it('leaves out what need not be there, and says so', async () => {
  const schema = z.object({
    a: z.int(),
    at: z.date().optional(),
    by: z.union([z.string(), z.map(z.string(), z.int())]),
  });
  const { inputs, unsupported } = await sampleInputs(schema, asks);
  expect(inputs.length).toBeGreaterThan(15);
  expect(unsupported.map((one) => one.path)).toEqual(['at', 'by']);
});

it('reaches both ends of a range', async () => {
  const { inputs } = await sampleInputs(z.int().min(1).max(9), asks);
  expect(new Set(inputs)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]));
});
