import { expect, it } from 'vitest';
import { contextAt } from './context.ts';

const machine = (body: string): string =>
  `export const order = machine('order', { events: { paid } }).states('open', {\n  ${body}\n});\n`;
const flow = (body: string): string => `export const pay = flow('pay', {}, (f) => f.step('charge', ${body}));\n`;

/** What may stand at `|`. */
const at = (marked: string) => {
  const offset = marked.indexOf('|');
  const found = contextAt(marked.replace('|', ''), offset);
  return found && `${found.owner} ${found.wanted}${found.isQuoted ? ' quoted' : ''}${found.isKey ? ' key' : ''}`;
};

it.each([
  [machine("open: { on: { paid: '|' } },"), 'order state quoted'],
  [machine("open: { on: { paid: { target: 'cl|' } } },"), 'order state quoted'],
  [machine("open: { on: { paid: { target: ['a', '|'] } } },"), 'order state quoted'],
  [machine("open: { initial: '|' },"), 'order state quoted'],
  [machine("open: { after: { '3d': '|' } },"), 'order state quoted'],
  [machine("open: { always: { target: 'a', guard: ({ in: isIn }) => isIn('|') } },"), 'order state quoted'],
  [machine('open: { on: { pa| } },'), 'order event key'],
  [machine('open: { on: { | } },'), 'order event key'],
  [machine("open: { run: { flow: '|' } },"), 'order flow quoted'],
  ["export const order = machine('order', {}).states('|', { open: {} });", 'order state quoted'],
  ["export const order = machine('order', {}).states('op|', {", 'order state quoted'],
  ["export const order = machine('order', { events: { | } }).states('open', {});", 'order any event key'],
  ["export const order = machine('order', { events: { paid, ca| } }).states('open', {});", 'order any event key'],
  ["export const order = machine('order', { flows: { | } }).states('open', {});", 'order any flow key'],
  [machine('open: { on: { paid: { events: { | } } } },'), undefined],
  // Half written: the quote is not closed, the brace neither.
  [machine("open: { on: { paid: '|"), 'order state quoted'],
  [flow('({ input, | }) => charge(input)'), 'pay step key'],
  [flow('({ ch| }) => charge({})'), 'pay step key'],
  [flow("({ input }) => charge('|')"), undefined],
  [machine("open: { description: '|' },"), undefined],
  ["const other = { target: '|' };", undefined],
])('%s: %s', (marked, wanted) => {
  expect(at(marked)).toBe(wanted);
});

it('gives the range of what is there, without its quotes', () => {
  const text = machine("open: { on: { paid: 'clo' } },");
  const { start, end } = contextAt(text, text.indexOf('clo') + 2) ?? { start: 0, end: 0 };
  expect(text.slice(start, end)).toBe('clo');
});

it('leaves alone what stands behind a quote that is not closed', () => {
  const text = machine("open: { on: { paid: { target: 'clo, assign: () => ({}) } } },");
  const { start, end } = contextAt(text, text.indexOf('clo') + 1) ?? { start: 0, end: 0 };
  expect(text.slice(start, end)).toBe('clo');
});
