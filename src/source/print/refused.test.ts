import type { SystemModel } from 'millrace/model';
import { expect, test } from 'vitest';
import { basics, modelOf } from '../fixtures/read-text.ts';
import { printSystem } from './print-system.ts';

const source = `${basics}
const Money = z.object({ n: z.number() });
export const paid = event('paid', { payload: Money });
export const pay = flow('pay', { input: z.any() }, (f) => f.step('a', () => charge({ id: 'x' })).waitFor('w', placed));
export const m = machine('m', { key: 'id', context: z.any(), events: { placed }, flows: { pay } }).states('a', {
  a: { run: { flow: 'pay' }, after: [{ delay: () => '1s', target: 'b' }], entry: { do: [{ forEach: 'context.x', do: [] }] } },
  b: {},
});
`;

/** The codes of a model in which a text stands instead of another. */
async function refused(from: string, to: string): Promise<readonly string[]> {
  const json = JSON.stringify(await modelOf(source));
  const changed = json.replace(from, to);
  expect(changed).not.toBe(json);
  const { text, diagnostics } = printSystem(JSON.parse(changed) as SystemModel);
  expect(text).toBeUndefined();
  for (const { line, hint, message } of diagnostics)
    expect([line > 0, hint === undefined, message]).toEqual([true, false, message]);
  return [...new Set(diagnostics.map(({ code }) => code))];
}

test.each([
  ['a declaration that is not there', '"locals":{"Money"', '"locals":{"Other"', 'MR1741'],
  ['an import that is not there', '"imports":{"z"', '"imports":{"y"', 'MR1741'],
  ['an event that is not there', '"event":"placed"', '"event":"gone"', 'MR1741'],
  [
    'a task that is not there',
    '"target":{"kind":"task","name":"charge"}',
    '"target":{"kind":"task","name":"gone"}',
    'MR1741',
  ],
  ['a flow that the machine does not list', '"flows":[{"alias":"pay","name":"pay"}]', '"flows":[]', 'MR1741'],
  ['a name that is none', '"name":"paid"', '"name":"pa id"', 'MR1740'],
  ['an order that objects do not have', '"name":"b","type":"atomic"', '"name":"1","type":"atomic"', 'MR1740'],
  ['a state twice', '"name":"b","type":"atomic"', '"name":"a","type":"atomic"', 'MR1740'],
  ['a computed list', '({ context }) => context.x ?? []', '({ context }) => context.x.filter(Boolean)', 'MR1740'],
  ['a history state without a history', '"name":"b","type":"atomic"', '"name":"b","type":"history"', 'MR1740'],
  ['more than an expression', '"text":"() => \'1s\'"', '"text":"() => \'1s\'}); evil(); ({"', 'MR1740'],
  ['half a string', '"text":"Money"', '"text":"\'Money"', 'MR1740'],
  ['nothing', '"text":"Money"', '"text":""', 'MR1740'],
])('%s', async (_what, from, to, code) => {
  expect(await refused(from, to)).toEqual([code]);
});
