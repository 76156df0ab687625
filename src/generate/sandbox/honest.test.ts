import { existsSync, mkdtempSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildStage } from '../stage/build-stage.ts';
import { cases, events, output, subject, tryBody, tryModule } from './fixtures/try-code.ts';
import { runCases } from './run-cases.ts';

/** Where this machine has it, or somebody says where it is. */
const bwrap = [process.env['MILLRACE_BWRAP'], '/usr/bin/bwrap'].find((path) => path !== undefined && existsSync(path));

const one = (expected: object, fakes: object = {}): object => ({
  cases: [{ name: 'one', input: { a: 1, b: 2 }, fakes, expect: expected as { output: unknown } }],
});
const sum = { output: { sum: 3 } };

const honest: readonly (readonly [name: string, body: string, module: string, options?: object])[] = [
  ['adds', 'return { sum: a + b };', ''],
  ['waits', 'await new Promise((done) => setTimeout(done, 20)); return { sum: a + b };', ''],
  ['waits for several', 'const [x, y] = await Promise.all([a, Promise.resolve(b)]); return { sum: x + y };', ''],
  ['clears its timers', 'const timer = setTimeout(() => {}, 1e6); clearTimeout(timer); return { sum: a + b };', ''],
  [
    'throws and catches, and reads what is built in',
    "try { throw new TypeError('x', { cause: new Error('y') }); } catch (error) { ctx.logger.warn(error.message, { error }); } return { sum: a + b, note: String(Math.max).includes('native') && String(new Error('n')) === 'Error: n' ? undefined : 'x' };",
    '',
  ],
  ['uses zod', 'return z.object({ sum: z.number() }).parse({ sum: a + b });', `import { z } from 'zod';`],
  ['uses shared code', 'return { sum: sum([a, b]) };', `import { sum } from '../lib/sums.ts';`],
  [
    'hashes',
    `return { sum: a + b, note: createHash('sha1').update('x').digest('hex').slice(0, 4) };`,
    `import { createHash } from 'node:crypto';`,
    one({ output: { sum: 3, note: '11f6' } }),
  ],
  [
    'gets its input parsed',
    'return { sum: a + b };',
    '',
    { cases: [{ name: 'text', input: { a: '1', b: 2 }, expect: sum }] },
  ],
  [
    'emits',
    'ctx.emit(added({ sum: a + b })); return { sum: a + b };',
    '',
    one({ ...sum, emits: [{ event: 'added', payload: { sum: 3 } }] }),
  ],
  [
    'does things once',
    `const { output: x } = await ctx.once('k', {}, () => a); const { output: y } = await ctx.tool('t', {}, () => b); return { sum: x + y };`,
    '',
  ],
  ['saves its state', 'ctx.heartbeat(); await ctx.checkpoint({ a }); return { sum: ctx.state.a + b };', ''],
  ['logs', 'ctx.logger.info("x", { a }); ctx.logger.warn("y"); return { sum: a + b };', ''],
  [
    'asks for the time and an id',
    'return { sum: a + b, note: `${ctx.now()} ${ctx.newId()}` };',
    '',
    one({ output: { sum: 3, note: '5 00000000-0000-4000-8000-000000000001' } }, { now: 5 }),
  ],
  [
    'asks a host',
    `const { c } = await (await ctx.fetch('https://sums.test/x', { method: 'POST', body: JSON.stringify({ a }) })).json(); return { sum: c };`,
    '',
    one(sum, { fetch: [{ method: 'POST', url: 'https://sums.test/*', body: { a: 1 }, json: { c: 3 } }] }),
  ],
  [
    'reads and writes files',
    `const n = Number(await ctx.fs.readText('sums/a')); await ctx.fs.write('sums/b', String(n + b)); return { sum: n + b };`,
    '',
    one({ ...sum, files: { 'sums/b': '3' } }, { files: { 'sums/a': '1' } }),
  ],
  [
    'reads a variable',
    `return { sum: a + b, note: ctx.env('UNIT') };`,
    '',
    one({ output: { sum: 3, note: 'cm' } }, { env: { UNIT: 'cm' } }),
  ],
  ['fails as declared', `throw new NonRetryableError('No.', { code: 'NO' });`, '', one({ error: 'NO' })],
  [
    'fails with an error of its own',
    `class Odd extends Error { name = 'Odd'; } throw new Odd('x');`,
    '',
    one({ error: 'Odd' }),
  ],
  [
    'uses what the language has',
    `const m = new Map([[1, a]]); const { groups } = /(?<x>\\d)/.exec('5') ?? {}; return { sum: [...m.values()][0] + b + Number(groups?.x) - 5 + structuredClone(0) };`,
    '',
  ],
  [
    'formats',
    `return { sum: a + b, note: new Intl.NumberFormat('en').format(1234.5) + new URL('/x', 'https://a.test').pathname };`,
    '',
    one({ output: { sum: 3, note: '1,234.5/x' } }),
  ],
  ['heeds its signal', `ctx.signal.throwIfAborted(); return { sum: a + b };`, ''],
  [
    'makes bytes',
    `return { sum: new Uint8Array([a, b]).reduce((x, y) => x + y), note: Buffer.from('x').toString('base64') + btoa('x') };`,
    '',
    one({ output: { sum: 3, note: 'eA==eA==' } }),
  ],
];
it.concurrent.each(honest.map(([name, body, module, options = {}]) => ({ name, body, module, options })))(
  '$name',
  async ({ body, module, options }) => {
    const verdict = await tryBody(body, module, options);
    expect([verdict.why, ...verdict.results.map(({ why }) => why)].filter(Boolean)).toEqual([]);
    expect(verdict.pass).toBe(true);
  },
);

describe('the verdict', () => {
  it('says which walls stood', async () => {
    const { walls } = await tryBody('return { sum: a + b };');
    expect(walls).toEqual(expect.arrayContaining(['process', 'realm', 'permission']));
    if (process.platform === 'linux') expect(walls).toEqual(expect.arrayContaining(['limits', 'memory']));
  });

  it('names bubblewrap only where it works', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-bwrap-'));
    writeFileSync(join(folder, 'bwrap'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    const { walls, pass } = await tryBody('return { sum: a + b };', '', { bwrap: join(folder, 'bwrap') });
    expect(pass).toBe(true);
    expect(walls).not.toContain('bwrap');
  });

  it.skipIf(bwrap === undefined)('stands behind bubblewrap, too', async () => {
    const behind = { bwrap: bwrap ?? 'auto' };
    const honest = await tryBody('return { sum: a + b };', '', behind);
    expect([honest.pass, honest.walls.includes('bwrap')]).toEqual([true, true]);
    const spinning = await tryBody('for (;;);', '', { ...behind, timeoutMs: 300 });
    expect(spinning.why).toMatch(/took longer than 300 ms/);
    const hungry = await tryBody('const all = []; for (;;) all.push(new Uint8Array(2e7).fill(1));', '', behind);
    expect(hungry.why).toMatch(/memory/);
  });

  it('has one result for each case, in order, also when the process is gone', async () => {
    const verdict = await tryBody('if (a === 40) for (;;); return { sum: a + b };', '', {
      cases: [...cases, ...cases],
    });
    expect(verdict.results.map(({ name, pass }) => [name, pass])).toEqual([
      ['one and two', true],
      ['forty and two', false],
      ['one and two', false],
      ['forty and two', false],
    ]);
    expect(verdict.pass).toBe(false);
  });

  it('holds for nothing that was called off', async () => {
    const off = new AbortController();
    const running = tryBody('for (;;);', '', { signal: off.signal, timeoutMs: 60_000 });
    setTimeout(() => off.abort(), 500);
    expect((await running).why).toMatch(/called off/);
    const before = await tryBody('for (;;);', '', { signal: AbortSignal.abort(), timeoutMs: 60_000 });
    expect(before.why).toMatch(/called off/);
  });

  it('says what differs, and where', async () => {
    const { results } = await tryBody('return { sum: a, note: "x\\n\\u202ey" };');
    expect(results[0]?.why).toBe(
      `gave {"sum":1,"note":"x\\\\n y"}, expected {"sum":3} (1 instead of 3 at 'sum')`.replaceAll('\\\\', '\\'),
    );
  });

  it('looks at events and files, too', async () => {
    const wrong = async (body: string, expected: object): Promise<string | undefined> =>
      (await tryBody(`${body} return { sum: a + b };`, '', one({ ...sum, ...expected }))).results[0]?.why;
    expect(await wrong('', { emits: [{ event: 'added' }] })).toBe('emitted nothing, expected added');
    expect(await wrong('ctx.emit(added({ sum: 1 }));', { emits: [] })).toBe('emitted added, expected nothing');
    expect(await wrong('ctx.emit(added({ sum: 1 }));', { emits: [{ event: 'added', payload: { sum: 3 } }] })).toMatch(
      /1 instead of 3 at 'sum'/,
    );
    expect(await wrong('', { files: { 'sums/a': 'x' } })).toBe("left no file 'sums/a'");
    expect(await wrong(`await ctx.fs.write('sums/a', 'y');`, { files: { 'sums/a': 'x' } })).toBe(
      `left "y" in 'sums/a', expected "x"`,
    );
  });

  it('takes no output that the schema of the judge does not take', async () => {
    const verdict = await tryBody('return { sum: a + b };', '', {
      output: output.extend({ more: output.shape.sum }),
    } as object);
    expect(verdict.results[0]?.why).toMatch(/which is no output of the task: more:/);
  });
});

describe('a stage', () => {
  it('takes in nothing from outside of the project', async () => {
    const built = await buildStage(`import '/etc/hostname';\nexport default 1;`, subject);
    expect(built).toMatchObject({ ok: false, problems: [{ code: 'MR5044', line: 1 }] });
  });

  it('follows links before it judges where something is', async () => {
    const root = mkdtempSync(join(tmpdir(), 'millrace-links-'));
    mkdirSync(join(root, 'tasks'));
    writeFileSync(join(root, 'contracts.ts'), 'export const add = () => {};');
    symlinkSync('/etc/hostname', join(root, 'tasks/secret.ts'));
    const file = join(root, 'tasks/add.ts');
    const built = await buildStage(`import './secret.ts';\nexport default 1;`, {
      root,
      file,
      contracts: join(root, 'contracts.ts'),
      contract: 'add',
    });
    expect(built).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining('is outside of the project') as string }],
    });
  });

  it('says what is missing, with its place', async () => {
    const built = await buildStage(
      `import { implement } from 'millrace/tasks';\nimport x from './nowhere.ts';\nexport default x;`,
      subject,
    );
    expect(built).toMatchObject({
      ok: false,
      problems: [{ code: 'MR5044', file: 'tasks/add.ts', line: 2, column: 15 }],
    });
  });

  it('leaves nothing behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'millrace-left-'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
    try {
      await tryBody('return { sum: a + b };');
      await tryBody('for (;;);', '', { timeoutMs: 300 });
      await tryBody('', 'throw new Error("no");');
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it('works for a file in a folder that is not there yet', async () => {
    const file = join(subject.root, 'not/there/add.ts');
    const built = await buildStage(
      `import { implement } from 'millrace/tasks';\nimport { z } from 'zod';\nimport { add } from '../../contracts.ts';\nexport default implement(add, ({ a, b }) => ({ sum: z.number().parse(a + b) }));`,
      { ...subject, file },
    );
    expect(built.ok && (await runCases(built.stage, cases, { output, events })).pass).toBe(true);
  });
});

it('lets no module of the project be taken for a message of the process', async () => {
  const verdict = await tryModule(`export default { kind: 'implementation', run: () => ({ sum: 3 }) };`);
  expect(verdict.results.map(({ pass }) => pass)).toEqual([true, false]);
});
