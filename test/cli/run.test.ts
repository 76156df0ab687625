import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { initialised, project, stackTrace } from './dsl.ts';

const order = (orderId: string): string =>
  JSON.stringify({ orderId, email: 'ada@example.org', sku: 'lamp', quantity: 1 });
const parcel = (orderId: string): string => JSON.stringify({ orderId, trackingCode: `T-${orderId}` });

test('a run that waits is driven on; another process sends what it waits for', async () => {
  using it = await initialised('orders');
  const running = it.start(['run', 'orders.dsl.ts', 'fulfilOrder', '--input', order('o-1'), '--id', 'first', '--json']);
  await running.says('dispatched');
  const sent = await it.dsl(['send', 'orders.dsl.ts', 'parcelDispatched', '--payload', parcel('o-1'), '--json']);
  expect(JSON.parse(sent.stdout)).toMatchObject({
    handled: true,
    driven: false,
    eventId: expect.any(String),
    available: [],
  });
  const done = await running.done;
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toEqual({
    id: 'first',
    status: 'completed',
    output: { trackingCode: 'T-o-1' },
    error: null,
    durationMs: expect.any(Number),
  });
});

test('where another process drives the database, a run is started through it and followed', async () => {
  using it = await initialised('orders');
  const owner = it.start(['run', 'orders.dsl.ts', 'fulfilOrder', '--input', order('o-1'), '--id', 'first']);
  await owner.says('dispatched');
  const client = it.start(['run', 'orders.dsl.ts', 'fulfilOrder', '--input', order('o-2'), '--id', 'second', '--json']);
  await client.says('Another process drives the database');
  await client.says('✓ slip');
  await it.dsl(['send', 'orders.dsl.ts', 'parcelDispatched', '--payload', parcel('o-2')]);
  expect(JSON.parse((await client.done).stdout)).toMatchObject({
    id: 'second',
    status: 'completed',
    output: { trackingCode: 'T-o-2' },
  });
  owner.kill('SIGINT');
  await owner.done;
});

test.each(['SIGINT', 'SIGKILL'] as const)(
  'after %s a run goes on with its id, and no finished step is repeated',
  async (signal) => {
    using it = await initialised('orders');
    const running = it.start([
      'run',
      'orders.dsl.ts',
      'fulfilOrder',
      '--input',
      order('o-1'),
      '--id',
      'first',
      '--json',
    ]);
    await running.says('dispatched');
    running.kill(signal);
    const left = await running.done;
    if (signal === 'SIGINT') {
      expect(left.code).toBe(130);
      expect(left.stderr).toContain('dsl run orders.dsl.ts fulfilOrder --id first');
      expect(left.stderr).not.toMatch(stackTrace);
      expect(JSON.parse(left.stdout)).toMatchObject({ id: 'first', status: 'waiting' });
    }
    expect((await it.dsl(['runs', 'list'])).stdout).toMatch(/first +fulfilOrder +waiting/);
    const again = it.start(['run', 'orders.dsl.ts', 'fulfilOrder', '--id', 'first', '--json']);
    await again.says('run first');
    await it.dsl(['send', 'orders.dsl.ts', 'parcelDispatched', '--payload', parcel('o-1')]);
    expect(JSON.parse((await again.done).stdout)).toMatchObject({ id: 'first', status: 'completed' });
    const { journal } = JSON.parse((await it.dsl(['runs', 'show', 'first', '--json'])).stdout) as {
      journal: { kind: string; path: string }[];
    };
    expect(journal.filter(({ kind }) => kind === 'started').map(({ path }) => path)).toEqual(['reserved', 'slip']);
    // An id that has ended gives its recorded result.
    expect(
      JSON.parse((await it.dsl(['run', 'orders.dsl.ts', 'fulfilOrder', '--id', 'first', '--json'])).stdout),
    ).toMatchObject({ status: 'completed', output: { trackingCode: 'T-o-1' } });
  },
);

test('Ctrl-C lets an attempt under way end: it is not made again', async () => {
  using it = await initialised('hello');
  writeFileSync(
    join(it.root, 'tasks/sign-guest-book.ts'),
    `import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { implement } from 'millrace/tasks';
import { signGuestBook } from '../generated/hello/contracts.ts';

export default implement(signGuestBook, async ({ name }, { signal }) => {
  appendFileSync('attempts.txt', name);
  await wait(700, undefined, { signal });
  return { page: 1, line: name };
});
`,
  );
  const args = ['run', 'hello.dsl.ts', 'greet', '--id', 'g'];
  const running = it.start([...args, '--input', '{"name":"x"}']);
  while (!existsSync(join(it.root, 'attempts.txt'))) await new Promise((resolve) => setTimeout(resolve, 20));
  running.kill('SIGINT');
  expect(await running.done).toMatchObject({ code: 130, stderr: expect.stringContaining('for at most 10 s') });
  expect(await it.dsl([...args, '--json'])).toMatchObject({ code: 0, stdout: expect.stringContaining('completed') });
  expect(readFileSync(join(it.root, 'attempts.txt'), 'utf8')).toBe('x');
});

test('a client takes over when the process that drives the database dies', async () => {
  using it = await initialised('orders');
  const owner = it.start(['run', 'orders.dsl.ts', 'fulfilOrder', '--input', order('o-1'), '--id', 'first']);
  await owner.says('dispatched');
  const client = it.start(['run', 'orders.dsl.ts', 'fulfilOrder', '--input', order('o-2'), '--id', 'second', '--json']);
  await client.says('dispatched');
  owner.kill('SIGKILL');
  await owner.done;
  await it.dsl(['send', 'orders.dsl.ts', 'parcelDispatched', '--payload', parcel('o-2')]);
  const done = await client.done;
  expect(JSON.parse(done.stdout)).toMatchObject({ id: 'second', status: 'completed' });
  expect(done.stderr.match(/^run second$/gm)).toHaveLength(1);
});

test('what an action threw is said where the event was sent', async () => {
  using it = await initialised('hello');
  const file = join(it.root, 'hello.dsl.ts');
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(
      `visitorLeft: 'outside' }`,
      `visitorLeft: { target: 'outside', assign: ({ context }) => ({ visits: BigInt(context.visits) > 0n ? JSON.parse('{') : 0 }) } }`,
    ),
  );
  const send = async (event: string, ...more: string[]) =>
    await it.dsl(['send', 'hello.dsl.ts', event, '--payload', '{"name":"A"}', ...more]);
  const first = await send('visitorArrived');
  expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining('handled by visitor A') });
  // Nothing is said but what was compiled: nobody else is told about, and nothing went wrong.
  expect(first.stderr.replace(/^Compiled .*\n/, '')).toBe('');
  const left = await send('visitorLeft');
  const line =
    readFileSync(file, 'utf8')
      .split('\n')
      .findIndex((each) => each.includes('BigInt')) + 1;
  expect(left.stderr).toMatch(
    new RegExp(`^thrown in visitor A at .+\\[0\\]\\.actions\\[0\\] \\(hello\\.dsl\\.ts:${line}:\\d+\\): .*JSON`, 'm'),
  );
  expect(left.stderr).not.toMatch(stackTrace);
  const missed = await send('visitorLeft');
  expect(missed.stderr).toBe('The instance would take visitorArrived.\n');
});

test('a run that fails has exit code 1 and says why', async () => {
  using it = await initialised('orders');
  const input = JSON.stringify({ orderId: 'o-1', email: 'ada@example.org', sku: 'chair', quantity: 100 });
  const json = await it.dsl(['run', 'orders.dsl.ts', 'fulfilOrder', '--input', input, '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    status: 'failed',
    output: null,
    error: { code: 'MR3100', message: expect.stringContaining('100 of chair wanted') },
  });
  const words = await it.dsl(['run', 'orders.dsl.ts', 'fulfilOrder', '--input', input]);
  expect(words).toMatchObject({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/✗ fulfilOrder failed[\s\S]*error MR3100: .*100 of chair wanted/),
  });
  expect(words.stderr).not.toMatch(stackTrace);
});

test('many events from a file and from stdin, with the lines that do not fit', async () => {
  using it = await initialised('hello');
  const names = Array.from({ length: 300 }, (_, index) => `v${index}`);
  writeFileSync(join(it.root, 'visitors.jsonl'), `${names.map((name) => JSON.stringify({ name })).join('\n')}\n`);
  const sent = await it.dsl(['send', 'hello.dsl.ts', 'visitorArrived', '--lines', '@visitors.jsonl', '--json']);
  expect(sent.code).toBe(0);
  expect(JSON.parse(sent.stdout)).toEqual({
    ok: true,
    sent: 300,
    handled: 300,
    unhandled: [],
    refused: [],
    failed: [],
    driven: true,
  });
  expect(readFileSync(join(it.root, 'guest-book.txt'), 'utf8').trim().split('\n')).toHaveLength(300);
  const lines = [
    '{"event":"visitorLeft","payload":{"name":"v0"},"idempotencyKey":"k"}',
    '',
    '{"event":"visitorLeft","payload":{"name":""}}',
    '{"event":"visitorLft","payload":{"name":"v1"}}',
    'not json',
    '{"payload":{}}',
    '{"event":"visitorLeft","payload":{"name":"v0"},"idempotencyKey":"k"}',
    '{"event":"visitorLeft","payload":{"name":"nobody"}}',
  ];
  const mixed = await it.dsl(['send', 'hello.dsl.ts', '--lines', '-', '--json'], { stdin: lines.join('\n') });
  expect(mixed.code).toBe(1);
  expect(JSON.parse(mixed.stdout)).toMatchObject({
    ok: false,
    sent: 3,
    handled: 2,
    unhandled: [{ line: 8, event: 'visitorLeft' }],
    refused: [
      { line: 3, code: 'MR3302' },
      { line: 4, code: 'MR2017' },
      { line: 5, code: 'MR2009' },
      { line: 6, code: 'MR2019' },
    ],
  });
});

test('the same idempotency key sends once', async () => {
  using it = await initialised('hello');
  const once = async (): Promise<{ eventId: string }> =>
    JSON.parse(
      (
        await it.dsl([
          'send',
          'hello.dsl.ts',
          'visitorArrived',
          '--payload',
          '{"name":"A"}',
          '--idempotency-key',
          'k',
          '--json',
        ])
      ).stdout,
    ) as { eventId: string };
  expect((await once()).eventId).toBe((await once()).eventId);
});

test('an event that does not fit the state says what would', async () => {
  using it = await initialised('hello');
  await it.dsl(['send', 'hello.dsl.ts', 'visitorArrived', '--payload', '{"name":"A"}']);
  const again = await it.dsl(['send', 'hello.dsl.ts', 'visitorArrived', '--payload', '{"name":"A"}', '--json']);
  expect(JSON.parse(again.stdout)).toMatchObject({ handled: false, available: ['visitorLeft'] });
});

test('a name that is not in the system is refused before anything is written', async () => {
  using it = await initialised('hello');
  await it.dsl(['compile']);
  for (const [args, code, exit] of [
    [['run', 'hello.dsl.ts', 'gret'], 'MR2017', 2],
    [['send', 'hello.dsl.ts', 'visitorArived', '--payload', '{}'], 'MR2017', 2],
    [['send', 'hello.dsl.ts'], 'MR2003', 2],
    [['send', 'hello.dsl.ts', 'visitorArrived'], 'MR3302', 1],
    [['send', 'hello.dsl.ts', 'visitorArrived', '--payload', '{"name":3}'], 'MR3302', 1],
    [['run', 'hello.dsl.ts', 'greet'], 'MR3206', 1],
    [['run', 'hello.dsl.ts', 'greet', '--id', 'new'], 'MR3206', 1],
    [['run', 'hello.dsl.ts', 'greet', '--input', '{"nme":"A"}'], 'MR3206', 1],
    [['run', 'hello.dsl.ts', 'greet', '--input', '{name: "A"}'], 'MR2009', 1],
    [['run', 'hello.dsl.ts', 'greet', '--input', '@nowhere.json'], 'MR2008', 1],
    [['run', 'hello.dsl.ts', 'greet', '--input', '@tasks'], 'MR2008', 1],
    [['run', 'nowhere.dsl.ts', 'greet'], 'MR1001', 1],
    [['send', 'hello.dsl.ts', 'visitorArrived', '--lines', '@nowhere'], 'MR2008', 1],
  ] as const) {
    const done = await it.dsl(args);
    expect(done, args.join(' ')).toMatchObject({
      code: exit,
      stdout: '',
      stderr: expect.stringMatching(`^error ${code}: `),
    });
    expect(done.stderr).not.toMatch(stackTrace);
  }
  expect(existsSync(join(it.root, 'guest-book.txt'))).toBe(false);
});

test.each(['module', undefined])('syntax that cannot be stripped, in a package of type %s', async (type) => {
  using it = await initialised('hello');
  const file = join(it.root, 'tasks/sign-guest-book.ts');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nenum Colour { Red }\nconsole.error(Colour.Red);\n`);
  writeFileSync(join(it.root, 'package.json'), JSON.stringify({ name: 'p', ...(type !== undefined && { type }) }));
  const done = await it.dsl(['run', 'hello.dsl.ts', 'greet', '--input', '{"name":"Ada"}', '--json']);
  expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('Hello, Ada!') });
});

test('a task module that keeps something open does not keep the command alive', async () => {
  using it = await initialised('hello');
  const file = join(it.root, 'tasks/sign-guest-book.ts');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nsetInterval(() => {}, 1000);\n`);
  expect(await it.dsl(['run', 'hello.dsl.ts', 'greet', '--input', '{"name":"A"}'])).toMatchObject({ code: 0 });
});

test('an input from stdin or a file, and a system that is not in the working directory', async () => {
  using it = await initialised('hello');
  const from = async (input: string, options: object): Promise<unknown> =>
    JSON.parse((await it.dsl(['run', 'hello.dsl.ts', 'greet', '--input', input, '--json'], options)).stdout);
  expect(await from('-', { stdin: '{"name":"Ada"}' })).toMatchObject({ output: { greeting: 'Hello, Ada!' } });
  writeFileSync(join(it.root, 'bob.json'), '\uFEFF{"name":"Bob"}\n');
  expect(await from('@bob.json', {})).toMatchObject({ output: { greeting: 'Hello, Bob!' } });
  // Seen from elsewhere, the project's own config says where things are.
  const file = join(it.root, 'hello.dsl.ts');
  const away = await it.dsl(['run', file, 'greet', '--input', '{"name":"C"}', '--json'], { cwd: '/tmp' });
  expect(JSON.parse(away.stdout)).toMatchObject({ status: 'completed' });
  const list = JSON.parse((await it.dsl(['runs', 'list', '--json'])).stdout) as { runs: unknown[] };
  expect(list.runs).toHaveLength(3);
});

test('what a run has set off comes to its end, too', async () => {
  using it = project({
    'shop.dsl.ts': `import { event, failed, flow, system, task } from 'millrace';
import { z } from 'zod';

export default system('shop', { version: '1.0.0' });

export const placed = event('placed', { payload: z.object({ id: z.string() }) });
export const note = task('note', { input: z.string(), output: z.string() });
export const order = flow('order', { input: z.object({ id: z.string() }), output: z.string() }, (f) => f
  .step('noted', ({ input }) => note(input.id))
  .returns(({ noted }) => noted));
export const follow = flow('follow', { input: z.object({ id: z.string() }), on: placed, output: z.string() }, (f) => f
  .step('noted', ({ input }) => note('followed ' + input.id))
  .returns(({ noted }) => noted));
`,
    'tasks/note.ts': `import { appendFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { implement } from 'millrace/tasks';
import { note, placed } from '../generated/shop/contracts.ts';

export default implement(note, async (text, { emit }) => {
  if (text.startsWith('followed')) await wait(900);
  else emit(placed({ id: text }));
  appendFileSync('notes.txt', text + '\\n');
  return text;
});
`,
  });
  const done = await it.dsl(['run', 'shop.dsl.ts', 'order', '--input', '{"id":"A"}', '--json']);
  expect(done).toMatchObject({ code: 0, stderr: expect.stringContaining('Other work goes on') });
  expect(JSON.parse(done.stdout)).toMatchObject({ status: 'completed', output: 'A' });
  expect(readFileSync(join(it.root, 'notes.txt'), 'utf8')).toBe('A\nfollowed A\n');
});
