import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Edit } from 'millrace/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { editSystem } from './edit-system.ts';

const shop = {
  'shop.dsl.ts': `// The shop.
import { event, failed, flow, machine, system, task } from 'millrace';
import { z } from 'zod';
import { charge, Money } from './parts/billing.dsl.ts';
import * as billing from './parts/billing.dsl.ts';

export default system('shop', { version: '1.0.0', parts: [billing] });

const Id = z.string(); // short

export const placed = event('placed', { payload: z.object({ id: Id }) });

/** Writes a letter. */
export const sendMail = task('sendMail', {
  input: z.object({ to: Address() }), // to whom
  output: z.void(),
});

/** Where letters go. */
function Address() {
  return z.email();
}

// What everybody waits for.
export const pay = flow('pay', { input: z.object({ id: Id, total: Money }), on: placed }, (f) =>
  f
    // take the money
    .step('charged', ({ input }) => charge(input)) // first
    .step('mailed', ({ charged }) =>
      sendMail({
        to: charged, // the address
      }),
    ));

export const order = machine('order', {
  key: 'id',
  context: z.object({ n: z.number() }),
  events: { placed, broken: failed(charge) },
}).states('open', {
  // begins here
  open: { on: { placed: { target: 'busy', guard: ({ in: isIn }) => isIn('open') } } }, // the first
  busy: { on: { broken: 'open' } },
});
`,
  'parts/billing.dsl.ts': `import { task } from 'millrace';
import { z } from 'zod';

export const Money = z.object({ n: z.number() });

/** Takes the money. */
export const charge = task('charge', { input: z.object({ total: Money }), output: z.string(), idempotent: true });
type Charged = ReturnType<typeof charge>; // unused
`,
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'edit-'));
  for (const [file, text] of Object.entries(shop)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The lines that went and came, file by file. */
async function changes(...edits: readonly Edit[]): Promise<string> {
  const { diagnostics } = await editSystem('shop.dsl.ts', edits, { cwd: folder });
  const lines = Object.entries(shop).flatMap(([file, before]) => {
    const [old, next] = [before.split('\n'), readFileSync(join(folder, file), 'utf8').split('\n')];
    const count = (line: string, all: readonly string[]): number => all.filter((each) => each === line).length;
    return [
      ...old.filter((line) => count(line, old) > count(line, next)).map((line) => `- ${line}`),
      ...next.filter((line) => count(line, next) > count(line, old)).map((line) => `+ ${line}`),
    ];
  });
  return [...diagnostics.map(({ code, message }) => `${code} ${message}`), ...lines].join('\n');
}

test('a task gets another name, and its constant in all files', async () => {
  expect(await changes({ op: 'rename', path: 'tasks.charge', to: 'takeMoney' })).toMatchInlineSnapshot(
    `
    "- import { charge, Money } from './parts/billing.dsl.ts';
    -     .step('charged', ({ input }) => charge(input)) // first
    -   events: { placed, broken: failed(charge) },
    + import { takeMoney, Money } from './parts/billing.dsl.ts';
    +     .step('charged', ({ input }) => takeMoney(input)) // first
    +   events: { placed, broken: failed(takeMoney) },
    - export const charge = task('charge', { input: z.object({ total: Money }), output: z.string(), idempotent: true });
    - type Charged = ReturnType<typeof charge>; // unused
    + export const takeMoney = task('takeMoney', { input: z.object({ total: Money }), output: z.string(), idempotent: true });
    + type Charged = ReturnType<typeof takeMoney>; // unused"
  `,
  );
});

test('a state, a step and a declaration get other names', async () => {
  expect(
    await changes(
      { op: 'rename', path: 'machines.order.states.open', to: 'new' },
      { op: 'rename', path: 'flows.pay.body.charged', to: 'taken' },
      { op: 'rename', path: 'locals.Money', to: 'Price' },
    ),
  ).toMatchInlineSnapshot(`
    "- import { charge, Money } from './parts/billing.dsl.ts';
    - export const pay = flow('pay', { input: z.object({ id: Id, total: Money }), on: placed }, (f) =>
    -     .step('charged', ({ input }) => charge(input)) // first
    -     .step('mailed', ({ charged }) =>
    -         to: charged, // the address
    - }).states('open', {
    -   open: { on: { placed: { target: 'busy', guard: ({ in: isIn }) => isIn('open') } } }, // the first
    -   busy: { on: { broken: 'open' } },
    + import { charge, Price } from './parts/billing.dsl.ts';
    + export const pay = flow('pay', { input: z.object({ id: Id, total: Price }), on: placed }, (f) =>
    +     .step('taken', ({ input }) => charge(input)) // first
    +     .step('mailed', ({ taken }) =>
    +         to: taken, // the address
    + }).states('new', {
    +   new: { on: { placed: { target: 'busy', guard: ({ in: isIn }) => isIn('new') } } }, // the first
    +   busy: { on: { broken: 'new' } },
    - export const Money = z.object({ n: z.number() });
    - export const charge = task('charge', { input: z.object({ total: Money }), output: z.string(), idempotent: true });
    + export const Price = z.object({ n: z.number() });
    + export const charge = task('charge', { input: z.object({ total: Price }), output: z.string(), idempotent: true });"
  `);
});

test('a definition goes to another file, with what only it needs', async () => {
  expect(await changes({ op: 'move', path: 'tasks.sendMail', into: 'parts/billing.dsl.ts' })).toMatchInlineSnapshot(`
    "- import { event, failed, flow, machine, system, task } from 'millrace';
    - import { charge, Money } from './parts/billing.dsl.ts';
    - 
    - 
    - 
    - 
    - /** Writes a letter. */
    - export const sendMail = task('sendMail', {
    -   input: z.object({ to: Address() }), // to whom
    -   output: z.void(),
    - });
    - 
    - /** Where letters go. */
    - function Address() {
    -   return z.email();
    - }
    - 
    - 
    - });
    - 
    + import { event, failed, flow, machine, system } from 'millrace';
    + import { charge, Money, sendMail } from './parts/billing.dsl.ts';
    + 
    + 
    + 
    + /** Writes a letter. */
    + export const sendMail = task('sendMail', {
    +   input: z.object({ to: Address() }), // to whom
    +   output: z.void(),
    + });
    + 
    + /** Where letters go. */
    + function Address() {
    +   return z.email();
    + }
    + "
  `);
});

test('what would make the files import each other is refused', async () => {
  expect(await changes({ op: 'move', path: 'flows.pay', into: 'parts/billing.dsl.ts' })).toMatchInlineSnapshot(
    `"MR1776 Edit 1 (move 'flows.pay'): 'pay' names 'placed', which stays in 'shop.dsl.ts': the files would import each other."`,
  );
});

test('texts are read as they stand in the source', async () => {
  expect(
    await changes(
      {
        op: 'add',
        path: 'tasks.refund',
        file: 'parts/billing.dsl.ts',
        text: "task('refund', { input: Money, output: z.void() })",
      },
      { op: 'add', path: 'flows.pay.body.back', text: ".step('back', ({ input }) => refund(input.total))" },
      { op: 'set', path: 'tasks.charge.retry', text: '{ attempts: 3 }' },
    ),
  ).toMatchInlineSnapshot(`
    "- import { charge, Money } from './parts/billing.dsl.ts';
    -     ));
    + import { charge, Money, refund } from './parts/billing.dsl.ts';
    +     )
    +     .step('back', ({ input }) => refund(input.total)));
    - export const charge = task('charge', { input: z.object({ total: Money }), output: z.string(), idempotent: true });
    + 
    + 
    + export const charge = task('charge', { input: z.object({ total: Money }), output: z.string(), retry: { attempts: 3 }, idempotent: true });
    + 
    + export const refund = task('refund', { input: Money, output: z.void() });
    + "
  `);
});

test('what cannot be renamed in its place is said', async () => {
  const path = join(folder, 'shop.dsl.ts');
  const text = readFileSync(path, 'utf8')
    .replace("'charged', ({", 'first, ({')
    .replace('const Id', "const first = 'charged';\nconst Id");
  writeFileSync(path, text);
  const { diagnostics } = await editSystem(path, [{ op: 'rename', path: 'flows.pay.body.charged', to: 'taken' }]);
  expect(diagnostics.map(({ code, severity }) => `${severity} ${code}`)).toEqual(['info MR1777']);
  expect(readFileSync(path, 'utf8')).toContain(".step('taken', ({ input }) => charge(input))");
});

test('a name of something in the file that the system does not use is not taken', async () => {
  expect(await changes({ op: 'rename', path: 'locals.Money', to: 'Charged' })).toBe(
    `MR1782 Edit 1 (rename 'locals.Money'): 'parts/billing.dsl.ts' has something else called 'Charged', which the system does not use.`,
  );
});

test('a text may use an alias that nothing else uses yet', async () => {
  const path = join(folder, 'shop.dsl.ts');
  writeFileSync(path, readFileSync(path, 'utf8').replace('{ charge, Money }', '{ charge, charge as take, Money }'));
  const { diagnostics } = await editSystem(
    'shop.dsl.ts',
    [{ op: 'add', path: 'flows.pay.body.again', text: ".step('again', ({ input }) => take(input))" }],
    { cwd: folder },
  );
  expect(diagnostics).toEqual([]);
  expect(readFileSync(path, 'utf8')).toMatch(/step\('again', \(\{ input \}\) => (?:take|charge)\(input\)\)/);
});

test('a key that is renamed together with its constant stays one word', async () => {
  expect(await changes({ op: 'rename', path: 'events.placed', to: 'ordered' })).toContain(
    '+   events: { ordered, broken: failed(charge) },',
  );
});
