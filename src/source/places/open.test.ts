import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { openNames } from './open.ts';

const file = fileURLToPath(new URL('../../../dsl-examples/orders/orders.dsl.ts', import.meta.url));
const text = readFileSync(file, 'utf8');
const names = openNames(file, '/')!;

/** What is named at a place of the example; `|` marks the cursor. */
const pathAt = (marked: string): string | undefined => {
  const plain = marked.replace('|', '');
  expect(text.split(plain).length, plain).toBeGreaterThan(1);
  return names.at(file, text.indexOf(plain) + marked.indexOf('|'))?.entity.path;
};

it.each([
  // Definitions: the constant, the name, a call, an import would be the same.
  ['export const charge|Card = task(', 'tasks.chargeCard'],
  ["= task('charge|Card'", 'tasks.chargeCard'],
  ['|chargeCard({', 'tasks.chargeCard'],
  ['events: { orderPlaced|, parcelDelivered', 'events.orderPlaced'],
  ["creates: ['order|Placed']", 'events.orderPlaced'],
  ['on: { order|Placed: {', 'events.orderPlaced'],
  ["flow: 'take|Back'", 'flows.takeBack'],
  // States: the key, a target, an initial one.
  ['  tra|velling: {', 'machines.order.states.travelling'],
  ["target: 'travel|ling'", 'machines.order.states.travelling'],
  ["initial: 'ful|filling'", 'machines.order.states.fulfilling'],
  ["onDone: 'clos|ed'", 'machines.order.states.closed'],
  // Steps: where they are, and what lambdas take of them.
  [".sleep('let|ItSink'", 'flows.askForReview.body.letItSink'],
  ["waitFor('dispat|ched'", 'flows.fulfilOrder.body.dispatched'],
  ['trackingCode: dispat|ched.trackingCode', 'flows.fulfilOrder.body.dispatched'],
  // What is none of these.
  ['const Pa|id =', undefined],
  ['z.obj|ect(', undefined],
])('%s is %s', (marked, path) => {
  expect(pathAt(marked)).toBe(path);
});

it('knows where each is declared, and everywhere that it is named', () => {
  const state = names.at(file, text.indexOf("target: 'travelling'") + 10)!.entity;
  const declared = names.declaration(state)!;
  expect(text.slice(declared.start - 1, declared.end + 3)).toBe(' travelling: {');
  const task = names.at(file, text.indexOf("task('sendMail'") + 7)!.entity;
  const all = names.places(task).map(({ start, end }) => text.slice(start, end));
  expect(all).toHaveLength(text.split(/\bsendMail\b/).length - 1);
  expect(text.slice(names.statement(task)!.start)).toMatch(/^export const sendMail = task\('sendMail'/);
});

it('gives nothing where there is no system', () => {
  expect(openNames('/nowhere.dsl.ts', '/')).toBeUndefined();
  expect(names.at(file, 0)).toBeUndefined();
  expect(names.at('/other.ts', 0)).toBeUndefined();
});
