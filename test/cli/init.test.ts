import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { initialised, project, repository } from './dsl.ts';

test.each(['hello', 'orders'] as const)(
  'the template %s checks, compiles, type-checks and needs nothing else',
  async (template) => {
    using it = await initialised(template);
    expect(await it.dsl(['check', '--max-warnings', '0'])).toMatchObject({
      code: 0,
      stdout: `No problems in ${template}.\n`,
    });
    expect(await it.dsl(['compile', '--json'])).toMatchObject({ code: 0, stderr: '' });
    expect(await it.dsl(['compile', '--check'])).toMatchObject({ code: 0, stdout: `${template} 1.0.0  up to date\n` });
    const tsc = spawnSync(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', it.root], {
      encoding: 'utf8',
    });
    expect(tsc).toMatchObject({ status: 0, stdout: '' });
    expect((await it.dsl(['doctor', '--json'])).stdout).toMatch(/"ok":true/);
  },
);

test('what the README shows is what `dsl init` writes', () => {
  // Apart from comments and line breaks.
  const bare = (text: string): string =>
    text
      .replaceAll(/^\s*\/(?:\/|\*\*).*$/gm, '')
      .replaceAll(/\s+/g, '')
      .replaceAll(/,(?=[)}\]])/g, '');
  const shown = /^```ts\n([^]*?)^```/m.exec(readFileSync(join(repository, 'README.md'), 'utf8'))?.[1] ?? '';
  expect(bare(shown)).toBe(bare(readFileSync(join(repository, 'templates/init/hello/hello.dsl.ts'), 'utf8')));
});

test('the commands of the README of hello do what they say', async () => {
  using it = await initialised('hello');
  const ran = await it.dsl(['run', 'hello.dsl.ts', 'greet', '--input', '{"name":"Ada"}']);
  expect(ran).toMatchObject({ code: 0, stdout: '{\n  "greeting": "Hello, Ada!",\n  "page": 1\n}\n' });
  expect(ran.stderr).toMatch(
    /Compiled hello\.dsl\.ts[\s\S]*▸ signed \(signGuestBook\)[\s\S]*✓ signed[\s\S]*✓ greet completed in/,
  );
  expect(readFileSync(join(it.root, 'guest-book.txt'), 'utf8')).toMatch(/^Hello, Ada! \w+\n$/);
  const sent = await it.dsl(['send', 'hello.dsl.ts', 'visitorArrived', '--payload', '{"name":"Grace"}']);
  expect(sent).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^visitorArrived \S+ handled by visitor Grace\n$/),
  });
  expect((await it.dsl(['instances', 'list'])).stdout).toMatch(/visitor +Grace +inside +active/);
  expect((await it.dsl(['instances', 'show', 'Grace'])).stdout).toMatch(/visitorArrived +outside → greeted/);
  expect((await it.dsl(['runs', 'list', '--json'])).stdout).toMatch(/"flow":"greet","status":"completed"/);
});

test('the commands of the README of orders do what they say', async () => {
  using it = await initialised('orders');
  const send = async (event: string, payload: object): Promise<unknown> =>
    JSON.parse((await it.dsl(['send', 'orders.dsl.ts', event, '--payload', JSON.stringify(payload), '--json'])).stdout);
  expect(
    await send('orderPlaced', { orderId: 'o-1', email: 'ada@example.org', sku: 'lamp', quantity: 2 }),
  ).toMatchObject({ handled: true, driven: true });
  expect((await it.dsl(['instances', 'list'])).stdout).toMatch(/order +o-1 +fulfilling/);
  expect((await it.dsl(['runs', 'list', '--status', 'waiting'])).stdout).toMatch(/fulfilOrder +waiting/);
  expect(await send('parcelDispatched', { orderId: 'o-1', trackingCode: 'T-77' })).toMatchObject({ handled: true });
  expect(await send('parcelDelivered', { orderId: 'o-1' })).toMatchObject({ handled: true });
  expect((await it.dsl(['instances', 'show', 'o-1'])).stdout).toMatch(/order o-1 delivered \(done\)/);
  expect(JSON.parse(readFileSync(join(it.root, 'stock.json'), 'utf8'))).toMatchObject({
    left: { lamp: 8 },
    held: { 'o-1': { quantity: 2 } },
  });
  expect(readFileSync(join(it.root, 'slips/o-1.txt'), 'utf8')).toContain('2 × lamp');
  // More than there is: the flow fails, nothing stays held.
  expect(
    await send('orderPlaced', { orderId: 'o-2', email: 'ada@example.org', sku: 'lamp', quantity: 20 }),
  ).toMatchObject({ handled: true });
});

test('nothing that is there is changed', async () => {
  using it = await initialised('hello');
  const again = await it.dsl(['init', '--json']);
  expect(again).toMatchObject({ code: 2, stderr: '' });
  expect(JSON.parse(again.stdout)).toMatchObject({
    ok: false,
    error: { code: 'MR2011', message: expect.stringContaining('hello.dsl.ts') },
  });
  writeFileSync(join(it.root, 'hello.dsl.ts'), 'mine');
  await it.dsl(['init']);
  expect(readFileSync(join(it.root, 'hello.dsl.ts'), 'utf8')).toBe('mine');

  using other = project({ 'README.md': 'mine', file: '' });
  const manifest = readFileSync(join(other.root, 'package.json'), 'utf8');
  expect(await other.dsl(['init'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/= README\.md[\s\S]*"type": "module"[\s\S]*npm i -D typescript vitest @types\/node/),
  });
  expect(readFileSync(join(other.root, 'README.md'), 'utf8')).toBe('mine');
  expect(readFileSync(join(other.root, 'package.json'), 'utf8')).toBe(manifest);
  expect(await other.dsl(['init', 'file'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error MR2011: file is a file/),
  });
  expect(await other.dsl(['init', 'sub', '--template', 'nope'])).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^error MR2003: .*hello, orders/),
  });
  expect(readdirSync(other.root)).not.toContain('sub');
});
