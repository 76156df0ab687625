import { expect, it } from 'vitest';
import { basics, modelOf } from '../../source/fixtures/read-text.ts';
import { found } from '../fixtures/found.ts';
import { scopeNames } from './rule.ts';

const findings = async (chain: string, options = ''): Promise<readonly { message: string; hint?: string }[]> => {
  const text = `${basics}export const f = flow('f', { input: z.object({ id: z.string() }), ${options} }, (f) => f${chain});`;
  return found(scopeNames, await modelOf(text));
};

it('names what is not in the scope, with what is', async () => {
  expect(await findings(".step('paid', ({ inptu }) => charge({ id: inptu.id }))")).toMatchObject([
    {
      message: "Step 'paid' of flow 'f' reads 'inptu', which is not in its scope.",
      hint: "Did you mean 'input'? Known names: 'input', 'now' and 'runId'.",
      location: { line: 8 },
    },
  ]);
});

it('says that a step comes later', async () => {
  const chain = ".step('a', ({ b }) => charge({ id: b.paymentId })).step('b', ({ input }) => charge(input))";
  expect(await findings(chain)).toMatchObject([
    { message: expect.stringContaining("reads 'b', which is not known there: that step comes later") as string },
  ]);
});

it.each([
  [
    'a whole scope',
    '.returns((scope) => scope.inptu.id)',
    "'returns' of flow 'f' reads 'inptu', which is not in its scope.",
  ],
  [
    'a renamed name',
    '.returns(({ inptu: x }) => x)',
    "'returns' of flow 'f' reads 'inptu', which is not in its scope.",
  ],
  [
    'the item outside of a map',
    ".map('all', () => [1], (g) => g.returns(() => 1)).returns(({ item }) => item)",
    "'item'",
  ],
  [
    'the error outside of a handler',
    ".attempt('t', (g) => g.returns(({ error }) => error), (g) => g.returns(() => 1))",
    "'error'",
  ],
])('%s', async (_what, chain, message) => {
  expect(await findings(chain)).toMatchObject([{ message: expect.stringContaining(message) as string }]);
});

it.each([
  'input: z.any(), onFailure: ({ error, runId, input, now }) => charge({ id: error.message + runId + input + now }),',
])('is content with what there is', async (options) => {
  const chain = `.step('a', ({ input, now, runId }) => charge({ id: input.id + now + runId })).undo(({ a }) => refund(a))
    .map('m', ({ a }) => [a], (g) => g.step('i', ({ item, index, a, input }) => charge({ id: item.paymentId + index + a + input })).returns(({ i }) => i))
    .repeat('r', (g) => g.returns(({ index, m }) => index + m.length), { until: ({ value, index, m }) => value + index + m > 3, max: 3 })
    .attempt('t', (g) => g.step('k', (scope) => charge({ id: scope.a.paymentId })), (g) => g.returns(({ error }) => error))
    .branch('b', ({ t }) => t === 1, { true: (g) => g.returns((all) => [1].map((all) => all.nothing)), false: (g) => g.returns((o) => ({ o: o.input })) })
    .waitFor('w', placed, { match: { id: ({ b }) => String(b) }, timeout: '1s' })`;
  expect(await findings(chain, options.replace('input: z.any(), ', ''))).toEqual([]);
});

it('of machines and tasks', async () => {
  const text = `${basics}export const m = machine('m', { key: 'id', context: z.object({ n: z.int() }), events: { placed } })
  .states('a', { a: { on: { placed: { target: 'b', guard: ({ contxt }) => contxt.n > 1 } } }, b: { final: true, output: ({ context, in: isIn }) => context.n + isIn('a') } });`;
  expect(found(scopeNames, await modelOf(text))).toMatchObject([
    {
      message: "State 'a' of machine 'm' reads 'contxt', which is not in its scope.",
      hint: expect.stringContaining("'context'") as string,
    },
  ]);
});
