import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { startWireServer, type WireServer } from '../../src/testing/wire-server/index.ts';
import { atTerminal, ctrlC, ctrlD, dsl, hasTerminal, project, stackTrace, type Project } from './dsl.ts';

const shop = `import { event, machine, system } from 'millrace';
import { z } from 'zod';

export default system('shop', { version: '1.0.0' });

const Order = z.object({ id: z.string() });

// What customers do.
export const pay = event('pay', { payload: Order });
export const cancel = event('cancel', { payload: Order });

/** One order. */
export const order = machine('order', {
  key: 'id',
  context: z.object({}),
  events: { pay, cancel },
  creates: ['pay'],
}).states('new', {
  new: { on: { pay: 'paid' } }, // the beginning
  paid: { on: { cancel: 'cancelled' } },
  cancelled: { final: true },
});
`;
const edits = [
  {
    op: 'add',
    path: 'events.refund',
    text: "/** Money goes back. */\nexport const refund = event('refund', { payload: Order });",
  },
  { op: 'set', path: 'machines.order.events', text: '{ pay, cancel, refund }' },
  { op: 'add', path: 'machines.order.states.refunded', text: '{ final: true }' },
  { op: 'set', path: 'machines.order.states.cancelled', text: "{ on: { refund: 'refunded' } }" },
];
const wanted = 'add a refund state after cancelled';
const made = (files: Readonly<Record<string, string>> = {}): Project => project({ 'shop.dsl.ts': shop, ...files });
const textOf = ({ root }: Project): string => readFileSync(join(root, 'shop.dsl.ts'), 'utf8');
const says = (...lists: readonly (readonly unknown[])[]) => ({
  answer: ({ n }: { readonly n: number }) =>
    JSON.stringify({ edits: lists[Math.min(n, lists.length) - 1], notes: `Proposal ${n}.` }),
});
const at = (server: WireServer): Readonly<Record<string, string>> => ({
  ANTHROPIC_BASE_URL: server.baseURL('messages'),
});

describe('dsl edit in words', () => {
  it('shows what a model proposes, makes it with --yes, and leaves the rest as it was', async () => {
    await using server = await startWireServer(says(edits));
    using it = made();
    const dry = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--dry-run'], { env: at(server) });
    expect(dry.stderr).toContain('4 edits would be made; nothing was written.');
    expect(dry).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^--- a\/shop\.dsl\.ts\n[^]*\+ {2}refunded: /),
    });
    expect(dry.stderr).toContain('The model: Proposal 1.');
    expect(dry.stderr).toMatch(/claude-[\w-]+, asked once: \d+ tokens in, \d+ out, \d+\.\d+ USD\./);
    expect(textOf(it)).toBe(shop);

    const shown = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--dry-run', '--json'], { env: at(server) });
    const done = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--yes', '--json'], { env: at(server) });
    expect(done.code).toBe(0);
    const document = JSON.parse(done.stdout) as Readonly<Record<string, unknown>>;
    expect(document).toMatchObject({
      ok: true,
      system: 'shop',
      written: ['shop.dsl.ts'],
      edits,
      refusedBefore: [],
      model: {
        name: expect.stringContaining('claude'),
        prompt: 'edit@1',
        calls: 1,
        cost: expect.stringContaining('USD'),
      },
    });
    expect(document['diff']).toBe(dry.stdout);
    const after = textOf(it);
    expect(after).toContain("  new: { on: { pay: 'paid' } }, // the beginning\n");
    expect(after).toContain("cancelled: { on: { refund: 'refunded' } },\n  refunded: { final: true },");
    expect((await it.dsl(['check', 'shop.dsl.ts'])).stderr).not.toContain('error');

    // What was shown is made as it was, and nobody is asked.
    using other = made();
    writeFileSync(join(other.root, 'shown.json'), shown.stdout);
    const asShown = await other.dsl(['edit', 'shop.dsl.ts', '--ops', '@shown.json']);
    expect([asShown.code, textOf(other)]).toEqual([0, after]);
  });

  it('says what is refused, gives it back once, and writes nothing when it is refused again', async () => {
    const wrong = [{ op: 'add', path: 'machines.order.states.refunded', text: "{ on: { refund: 'gone' } }" }];
    await using server = await startWireServer(says(wrong, edits));
    using it = made();
    const mended = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--dry-run', '--json'], { env: at(server) });
    expect(mended.code).toBe(0);
    expect(mended.stderr).toMatch(/Refused, and given back to the model once:\n {2}MR\d{4} /);
    const { refusedBefore, model } = JSON.parse(mended.stdout) as {
      readonly refusedBefore: readonly { readonly code: string }[];
      readonly model: { readonly calls: number };
    };
    expect(refusedBefore.length).toBeGreaterThan(0);
    expect(model.calls).toBe(2);

    await using stubborn = await startWireServer(says(wrong));
    const refused = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--yes'], { env: at(stubborn) });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('Nothing was written: 1 edit refused.');
    expect(refused.stderr).toMatch(/error\S* MR\d{4}/);
    expect(stubborn.calls).toHaveLength(2);
    expect(textOf(it)).toBe(shop);
  });

  it('takes what the rules find for a refusal, too', async () => {
    // Each edit can be made: the machine would wait for an event that it does not know.
    const unruly = [{ op: 'remove', path: 'machines.order.states.new.on.pay' }];
    await using server = await startWireServer(says(unruly));
    using it = made();
    const done = await it.dsl(['edit', 'shop.dsl.ts', 'nobody pays any more', '--yes', '--json'], { env: at(server) });
    const { ok, diagnostics } = JSON.parse(done.stdout) as {
      ok: boolean;
      diagnostics: readonly { severity: string }[];
    };
    // Errors refuse; warnings are told.
    expect(ok).toBe(!diagnostics.some(({ severity }) => severity === 'error'));
    expect(done.code).toBe(ok ? 0 : 1);
    expect(textOf(it) === shop).toBe(!ok);
  });

  it('tells that nothing can be proposed', async () => {
    await using server = await startWireServer(says([]));
    using it = made();
    const done = await it.dsl(['edit', 'shop.dsl.ts', 'make it better', '--yes'], { env: at(server) });
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toContain('Nothing was written: the model proposes no edits.');
  });

  it.each(['messages', 'responses', 'chat'] as const)('speaks %s', async (protocol) => {
    await using server = await startWireServer(says(edits));
    using it = made();
    const variable = { messages: 'ANTHROPIC', responses: 'OPENAI', chat: 'GEMINI' }[protocol];
    const env = { [`${variable}_BASE_URL`]: server.baseURL(protocol) };
    const done = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--yes', '--json'], { env });
    expect(JSON.parse(done.stdout)).toMatchObject({ ok: true, written: ['shop.dsl.ts'], model: { calls: 1 } });
    expect(server.calls.map((call) => call.protocol)).toEqual([protocol]);
  });
});

describe('before a model is paid', () => {
  test('without a key it says what to set', async () => {
    using it = made();
    const done = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--yes']);
    expect(done).toMatchObject({ code: 1, stdout: '' });
    expect(done.stderr).toMatch(/^error MR2052: An edit in words needs a model/);
    expect(done.stderr).toContain('Set ANTHROPIC_API_KEY');
    expect(done.stderr).not.toMatch(stackTrace);
  });

  test('without a terminal somebody has to agree beforehand', async () => {
    await using server = await startWireServer();
    using it = made();
    for (const more of [[], ['--json']]) {
      const done = await it.dsl(['edit', 'shop.dsl.ts', wanted, ...more], { env: at(server) });
      expect(done.code).toBe(2);
      expect(done.stdout + done.stderr).toMatch(/MR2003[^]*--yes[^]*--dry-run/);
    }
    expect(server.calls).toHaveLength(0);
  });

  test('a source that is wrong is told instead', async () => {
    await using server = await startWireServer();
    using it = made({ 'shop.dsl.ts': shop.replace("pay: 'paid'", "pay: 'payed'") });
    const done = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--yes'], { env: at(server) });
    expect(done.code).toBe(1);
    expect(done.stderr).toContain("'payed'");
    expect((await it.dsl(['edit', 'none.dsl.ts', wanted, '--yes'], { env: at(server) })).code).toBe(1);
    expect(server.calls).toHaveLength(0);
  });

  test('a budget that is too small holds', async () => {
    await using server = await startWireServer(says(edits));
    using it = made();
    const done = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--yes', '--max-cost', '0.000001'], { env: at(server) });
    expect(done).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('MR4080') });
    expect(server.paid()).toBe(0);
    const odd = await it.dsl(['edit', 'shop.dsl.ts', wanted, '--yes', '--max-cost', 'much'], { env: at(server) });
    expect(odd).toMatchObject({ code: 2, stderr: expect.stringContaining('--max-cost') });
  });

  test.each([
    [['words', '--ops', '[]'], 'exclude each other'],
    [['words', '--set', 'a=b'], 'exclude each other'],
    [['  ', '--yes'], 'the words are empty'],
    [['--ops', '[]', '--model', 'x'], 'for an edit in words'],
    [['words', '--yes', '--provider', 'antropic'], "no provider 'antropic'"],
  ])('dsl edit FILE %j is wrong usage', async (args, message) => {
    using it = made();
    expect(await it.dsl(['edit', 'shop.dsl.ts', ...args])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
  });

  test('a provider that fails is a failure with a code', async () => {
    await using server = await startWireServer({ scenario: 'auth' });
    using it = made();
    const done = await dsl(['edit', 'shop.dsl.ts', wanted, '--yes'], { cwd: it.root, env: at(server) });
    expect(done.code).toBeGreaterThan(0);
    expect(done.stderr).toContain('MR4003');
    expect(done.stderr).not.toMatch(stackTrace);
    expect(textOf(it)).toBe(shop);
  });

  test('Ctrl-C calls it off', async () => {
    await using server = await startWireServer({ scenario: 'slowHeaders' });
    using it = made();
    const asking = it.start(['edit', 'shop.dsl.ts', wanted, '--yes'], { env: at(server) });
    await asking.says('Asks a model');
    await expect.poll(() => server.calls.length).toBe(1);
    asking.kill('SIGINT');
    expect(await asking.done).toMatchObject({ code: 130, stderr: expect.stringContaining('Nothing was written') });
    expect(textOf(it)).toBe(shop);
  });
});

test('what would not type-check is refused, and what was wrong before is not held against the edits', async () => {
  const flow = `import { flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('mails', { version: '1.0.0' });

export const mail = task('mail', { input: z.object({ to: z.string() }), output: z.void() });

export const welcome = flow('welcome', { input: z.object({ id: z.string() }) }, (f) =>
  f.step('mailed', ({ input }) => mail({ to: input.id })),
);

export const size: string = 3;
`;
  const tsconfig = JSON.stringify({
    compilerOptions: {
      module: 'nodenext',
      target: 'es2024',
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: ['node'],
    },
  });
  const step = (text: string) => [{ op: 'add', path: 'flows.welcome.body.again', text }];
  const wrong = step(".step('again', ({ input }) => mail({ to: input.email }))");
  const right = step(".step('again', ({ input }) => mail({ to: input.id }))");
  // The second answer is as wrong as the first; the third is right, though the constant still is not.
  await using server = await startWireServer(says(wrong, wrong, right));
  using it = project({ 'mails.dsl.ts': flow, 'tsconfig.json': tsconfig });
  const edit = async () => await it.dsl(['edit', 'mails.dsl.ts', 'mail twice', '--yes'], { env: at(server) });
  const refused = await edit();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toMatch(/given back to the model once:\n {2}MR5070 TS2339: Property 'email' does not exist/);
  expect(refused.stderr).toMatch(/error\S* MR5070: TS2339: [^]*mails\.dsl\.ts:\d+:\d+/);
  expect(refused.stderr).not.toContain('TS2322');
  expect(readFileSync(join(it.root, 'mails.dsl.ts'), 'utf8')).toBe(flow);
  expect(await edit()).toMatchObject({ code: 0, stderr: expect.stringContaining('1 edit made') });
});

test.skipIf(!hasTerminal)('at a terminal the person is asked', async () => {
  await using server = await startWireServer(says(edits));
  using it = made();
  const ask = (key: string) => atTerminal(['edit', 'shop.dsl.ts', wanted], [key], { cwd: it.root, env: at(server) });
  const no = await ask('no\n');
  expect(no.stdout).toMatch(/\+ {2}refunded: [^]*Make these edits\? \[y\/N\] [^]*Nothing was written\./);
  expect(no.code).toBe(1);
  expect(await ask(ctrlC)).toMatchObject({
    code: 130,
    stdout: expect.stringMatching(/\[y\/N\] [^]*\nNothing was written: it was called off\.\s*$/) as string,
  });
  expect(await ask(ctrlD)).toMatchObject({ code: 1 });
  expect(textOf(it)).toBe(shop);
  const yes = await ask('y\n');
  expect(yes).toMatchObject({ code: 0, stdout: expect.stringContaining('4 edits made: wrote shop.dsl.ts.') as string });
  expect(textOf(it)).toContain('refunded: { final: true }');
});

test('a system of several files is changed in the file that is meant', async () => {
  const money = `import { task } from 'millrace';
import { z } from 'zod';

/** Takes money. */
export const charge = task('charge', { input: z.string(), output: z.void() });
`;
  const whole = `import { system } from 'millrace';
import * as money from './parts/money.dsl.ts';

export default system('bank', { version: '1.0.0', parts: [money] });
`;
  const text = "export const refund = task('refund', { input: z.string(), output: z.void() });";
  await using server = await startWireServer(
    says([{ op: 'add', path: 'tasks.refund', file: 'parts/money.dsl.ts', text }]),
  );
  using it = project({ 'in/bank.dsl.ts': whole, 'in/parts/money.dsl.ts': money });
  const done = await it.dsl(['edit', 'in/bank.dsl.ts', 'a task that gives money back', '--yes'], { env: at(server) });
  expect(done.code).toBe(0);
  expect(done.stderr).toContain('1 edit made: wrote in/parts/money.dsl.ts.');
  expect(readFileSync(join(it.root, 'in/parts/money.dsl.ts'), 'utf8')).toBe(`${money}\n${text}\n`);
  const [call] = server.calls;
  expect(JSON.stringify(call?.body)).toMatch(/<file-\w{8} name=\\"parts\/money\.dsl\.ts\\">/);
});
