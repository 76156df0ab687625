import { expect, it } from 'vitest';
import { head, lines, marks, readText } from '../fixtures/read-text.ts';

const text = (guard: string, more = '', above = ''): string => `${head}${above}
export const go = event('go', { payload: z.object({ id: z.string() }) });
const first = machine('m', { key: 'id', context: z.object({ a: z.int(), lines: z.array(z.string()) }), events: { go } });
const rest = part(first, 'apart', { apart: {} });
export const m = first.states('open', {
  open: { initial: 'deep', states: { deep: {} }, on: { go: { target: 'rest', guard: ${guard} } }, ${more} }, rest,
});
`;

it('a lambda asks for a state that there is', async () => {
  const result = await readText(text("({ in: isIn }) => isIn('opne')"));
  expect(lines(result)).toEqual(["MR1127 9:108 Machine 'm' has no state 'opne'."]);
  expect(result.diagnostics).toMatchObject([
    {
      hint: "Did you mean 'open'? Its states are: open, deep, rest, apart.",
      fix: { edits: [{ text: 'open' }] },
    },
  ]);
});

it.each([
  ['(scope) => scope.in("nowhere")', 'MR1127 "nowhere"'],
  ['(scope) => scope["in"](`nowhere`)', 'MR1127 `nowhere`'],
  ["({ context, in: here }) => { const more = context.a > 1; return more && !here(('nowhere')); }", "MR1127 'nowhere'"],
])('%s', async (guard, mark) => {
  expect(await marks(text(guard))).toEqual([mark]);
});

it('in an action, too', async () => {
  const entry = "entry: { emit: ({ in: isIn }) => go({ id: isIn('depe') ? 'a' : 'b' }) }";
  expect(await marks(text("({ in: isIn }) => isIn('deep') || isIn('apart')", entry))).toEqual(["MR1127 'depe'"]);
});

it('the list of a forEach is a field of the context', async () => {
  const entry = (list: string): string => `entry: { do: [{ forEach: '${list}', do: [] }] }`;
  const result = await readText(text('() => true', entry('context.linse')));
  expect(lines(result)).toEqual([expect.stringMatching(/^MR1125 .* The context has no field 'linse'\.$/)]);
  expect(result.diagnostics).toMatchObject([
    { hint: "Did you mean 'lines'? Its fields are: a, lines.", fix: { edits: [{ text: 'context.lines' }] } },
  ]);
  expect(await marks(text('() => true', entry('context.lines')))).toEqual([]);
});

it.each([
  "({ in: isIn }) => ['nowhere'].some((isIn) => isIn.at(0)) || ['a'].some((isIn: any) => isIn('nowhere'))",
  "({ in: isIn }) => { const name = 'nowhere'; return isIn(name as 'open'); }",
  '(scope) => ((scope: any) => scope.in("nowhere"))({})',
  '({ context }) => String(context.a) === "isIn(\'nowhere\')"',
  "(scope) => scope.context.in('nowhere')",
])('stays silent where it cannot know: %s', async (guard) => {
  expect(await marks(text(guard))).toEqual([]);
});

it('says nothing of states when some could not be read', async () => {
  expect(await marks(text("({ in: isIn }) => isIn('nowhere')", '...unknown'))).not.toContain("MR1127 'nowhere'");
});
