import { expect, it } from 'vitest';
import { head, lines, marks, readText } from '../fixtures/read-text.ts';

const text = (payload: string, options: string, above = ''): string => `${head}${above}
export const paid = event('paid', { payload: ${payload} });
export const m = machine('m', { key: 'id', context: z.object({ total: z.int() }), events: { paid } })
  .states('a', { a: { on: { paid: { assign: ${options} } } } });
`;
const fine = '({ event }) => ({ total: event.n })';

it('the key of a machine is a field of each of its events', async () => {
  expect(lines(await readText(text('z.object({ ID: z.string() })', fine)))).toEqual([
    "MR1125 6:38 The payload of 'paid' has no field 'id'.",
  ]);
  const [found] = (
    await readText(
      text(
        'Paid',
        fine,
        'const Base = z.object({ no: z.int() });\nconst Paid = Base.extend({ ID: z.string() }).strict();\n',
      ),
    )
  ).diagnostics;
  expect(found?.hint).toBe("Did you mean 'ID'? Its fields are: no, ID.");
});

it('a key that no event has is one mistake', async () => {
  const two = `export const sent = event('sent', { payload: z.object({ ID: z.string() }) });\n`;
  const source = text('z.object({ ID: z.string() })', fine, two).replace('events: { paid }', 'events: { paid, sent }');
  expect(lines(await readText(source))).toEqual(["MR1125 7:38 The payload of 'paid' and of 'sent' has no field 'id'."]);
});

it('what is assigned is a field of the context', async () => {
  const payload = 'z.object({ id: z.string(), n: z.int() })';
  expect(await marks(text(payload, '({ event }) => ({ totl: event.n })'))).toEqual(['MR1125 totl']);
  expect(await marks(text(payload, "() => ({ total: 1, 'more': 2 })"))).toEqual(["MR1125 'more'"]);
});

it('what is matched is a field of the event', async () => {
  const flow = `export const f = flow('f', { input: z.any() }, (f) => f.waitFor('w', paid, { match: { ident: ({ input }) => input }, timeout: '1s' }));\n`;
  expect(await marks(`${text('z.object({ id: z.string() })', fine)}${flow}`)).toEqual(['MR1125 ident']);
});

it.each([
  ['z.object({ id: z.string() })', fine],
  ['z.looseObject({})', fine],
  ['z.object({}).loose()', fine],
  ['z.object({ ...Other.shape })', fine],
  ['z.union([z.object({ a: z.string() })])', fine],
  ['Elsewhere', fine],
  ['z.object({ id: z.string() })', '({ context }) => ({ ...context })'],
  ['z.object({ id: z.string() })', '({ event }) => { return { nothing: event }; }'],
  ['z.object({ id: z.string() })', 'change'],
])('stays silent where it cannot know: %s, %s', async (payload, options) => {
  const above = `import { Elsewhere } from 'somewhere';\nconst Other = z.object({ id: z.string() });\nconst change = ({ event }: { event: object }) => Object.assign({}, event);\n`;
  expect(await marks(text(payload, options, above))).toEqual([]);
});
