import { expect, test } from 'vitest';
import { renameSymbol } from './symbols.ts';

const files = {
  '/p/a.dsl.ts': `import { event, failed, flow, machine, system } from 'millrace';
import { charge as pay, Money, charge } from './parts/billing.dsl.ts';
import * as billing from './parts/billing';
export { refund } from './parts/billing.dsl.ts';
export default system('x', { parts: [billing] });
type M = typeof pay; type N = typeof charge;
const alias = charge; // charge
export const fulfil = flow('fulfil', { input: Money }, (f) =>
  f.step('one', ({ input }) => pay(input)).step('q', ({ charge }) => billing.charge(charge.charge)).step('r', () => charge(1)));
/** {@link charge} */
export const door = machine({ tasks: { charge, b: failed(charge), charge2: { charge: 1 } } });
`,
  '/p/parts/billing.ts': `import { task } from 'millrace';
export const Money = z.object({ n: z.number() });
export const charge = task('charge', { input: Money }), refund0 = 1;
const refund = task('refund', {});
export { refund };
`,
} as const;

function renamed(file: keyof typeof files, declaration: string, to: string): string {
  const texts = new Map(
    Object.entries(files).map(([path, text]) => [path, text.replaceAll('billing.dsl.ts', 'billing.ts')]),
  );
  const text = texts.get(file) ?? '';
  const next = renameSymbol(texts, file, text.indexOf(declaration) + declaration.lastIndexOf(' ') + 1, to);
  if (next === undefined) return 'nothing';
  return [...next]
    .flatMap(([path, after]) => {
      const before = (texts.get(path) ?? '').split('\n');
      return after.split('\n').filter((line, index) => line !== before[index]);
    })
    .join('\n');
}

test('references in all files, behind aliases and in types; not what is only called the same', () => {
  expect(renamed('/p/parts/billing.ts', 'const charge', 'payment')).toBe(
    `import { charge as pay, Money, payment } from './parts/billing.ts';
type M = typeof pay; type N = typeof payment;
const alias = payment; // charge
  f.step('one', ({ input }) => pay(input)).step('q', ({ charge }) => billing.payment(charge.charge)).step('r', () => payment(1)));
export const door = machine({ tasks: { charge: payment, b: failed(payment), charge2: { charge: 1 } } });
export const payment = task('charge', { input: Money }), refund0 = 1;`.replace('{ charge as pay,', '{ payment as pay,'),
  );
});

test('what is exported in a list, and exported again', () => {
  expect(renamed('/p/parts/billing.ts', 'const refund', 'giveBack'))
    .toBe(`export { giveBack } from './parts/billing.ts';
const giveBack = task('refund', {});
export { giveBack };`);
});

test('a name that means something already is not given', () => {
  expect(renamed('/p/parts/billing.ts', 'const charge', 'alias')).toBe('nothing');
  expect(renamed('/p/parts/billing.ts', 'const charge', 'f')).toBe('nothing');
});

test('nor is one that a file declares or imports without using it', () => {
  expect(renamed('/p/parts/billing.ts', 'const charge', 'task')).toBe('nothing');
  expect(renamed('/p/parts/billing.ts', 'const charge', 'refund0')).toBe('nothing');
  expect(renamed('/p/parts/billing.ts', 'const charge', 'door')).toBe('nothing');
  expect(renamed('/p/parts/billing.ts', 'const charge', 'event')).toBe('nothing');
});
