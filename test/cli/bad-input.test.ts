import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { initialised, project, stackTrace, type Done, type Project } from './dsl.ts';

const head = `import { event, flow, system, task } from 'millrace';\nimport { z } from 'zod';\n`;
const good = `${head}export default system('good', { version: '1.0.0' });\nexport const e = event('e', { payload: z.string() });\n`;

/** Every file of a project with what it holds, but for what was installed. */
function contents(root: string): Readonly<Record<string, string>> {
  const list = (folder: string): string[] =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : list(path);
      return [path];
    });
  return Object.fromEntries(list(root).map((path) => [relative(root, path), readFileSync(path, 'latin1')]));
}

function expectCoded(done: Done, code: RegExp, exit: number): void {
  expect(done.stderr).not.toMatch(stackTrace);
  expect(done.stderr).toMatch(code);
  expect(done).toMatchObject({ code: exit, stdout: '' });
}

describe('a broken .dsl.ts', () => {
  const sources: Readonly<Record<string, readonly [file: string | Uint8Array, code: RegExp]>> = {
    'with a syntax error': [`${head}export default system('a', { version: '1.0.0' \n`, /error MR1006: /],
    'with an unknown task': [
      `${head}export default system('a', { version: '1.0.0' });\nexport const g = flow('g', { input: z.string() }, (f) => f.step('x', ({ input }) => nope({ a: input })));\n`,
      /error MR1\d{3}: .*'nope'/,
    ],
    'with a duplicate id': [
      `${good}export const other = event('e', { payload: z.string() });\n`,
      /error MR1\d{3}: .*'e' is used twice/,
    ],
    'with a computed name': [
      `${good}export const other = event('e' + 1, { payload: z.string() });\n`,
      /error MR1105: /,
    ],
    'without a default export': [`${head}export const e = event('e', { payload: z.string() });\n`, /error MR1007: /],
    'that is empty': ['', /error MR1004: /],
    'that is not text': [Uint8Array.of(0, 255, 254, 1), /error MR1005: /],
    'of 1 MB without a system': [`// ${'x'.repeat(1 << 20)}\n`, /error MR1004: /],
    'of 1 MB in one broken line': [`${good}export const big = [${'['.repeat(1 << 20)}`, /error MR10\d\d: /],
  };
  test.each(Object.entries(sources))('%s: a code, exit 1, nothing written', async (_name, [text, code]) => {
    using it = project({ 'bad.dsl.ts': text });
    const before = contents(it.root);
    const commands = [
      ['compile'],
      ['inspect', 'bad.dsl.ts'],
      ['run', 'bad.dsl.ts', 'g'],
      ['send', 'bad.dsl.ts', 'e', '--payload', '1'],
    ];
    for (const done of await Promise.all(commands.map((args) => it.dsl(args)))) expectCoded(done, code, 1);
    const check = await it.dsl(['check']);
    expect(check).toMatchObject({ code: 1, stderr: '', stdout: expect.stringMatching(code) });
    const json = await it.dsl(['compile', '--json']);
    expect(json).toMatchObject({ code: 1, stderr: '' });
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      systems: [],
      diagnostics: [{ severity: 'error', file: 'bad.dsl.ts', line: expect.any(Number) }],
    });
    expect(contents(it.root)).toEqual(before);
  });

  test('a real system of 1 MB is compiled', async () => {
    const events = Array.from(
      { length: 14_000 },
      (_, index) => `export const e${index} = event('event${index}', { payload: z.string() });\n`,
    ).join('');
    using it = project({ 'big.dsl.ts': `${head}export default system('big', { version: '1.0.0' });\n${events}` });
    expect(statSync(join(it.root, 'big.dsl.ts')).size).toBeGreaterThan(900_000);
    expect(await it.dsl(['compile'])).toMatchObject({ code: 0 });
  });

  test('an import cycle', async () => {
    using it = project({
      'a.dsl.ts': `${head}import * as b from './b.dsl.ts';\nexport default system('a', { version: '1.0.0', parts: [b] });\nexport const X = z.string();\n`,
      'b.dsl.ts': `${head}import { X } from './a.dsl.ts';\nexport const e = event('e', { payload: X });\n`,
    });
    expectCoded(await it.dsl(['compile']), /error MR1008: /, 1);
  });

  test('a folder, a missing file, a glob without a match', async () => {
    using it = project({ 'sub/x.txt': '' });
    mkdirSync(join(it.root, 'dir.dsl.ts'));
    expectCoded(await it.dsl(['compile', 'dir.dsl.ts']), /error MR1002: /, 1);
    expectCoded(await it.dsl(['compile', 'sub']), /error MR1002: /, 1);
    expectCoded(await it.dsl(['compile', 'missing.dsl.ts']), /error MR1001: /, 1);
    expectCoded(await it.dsl(['compile', 'sub/*.dsl.ts']), /error MR2007: /, 1);
    expectCoded(await it.dsl(['run', 'missing.dsl.ts', 'x']), /error MR1001: /, 1);
  });

  test('the problems of one system do not keep another from being compiled', async () => {
    using it = project({ 'bad.dsl.ts': '', 'good.dsl.ts': good });
    const done = await it.dsl(['compile', '--json']);
    expect(done.code).toBe(1);
    expect(JSON.parse(done.stdout)).toMatchObject({
      ok: false,
      systems: [{ name: 'good' }],
      diagnostics: [{ code: 'MR1004' }, { code: 'MR1220', severity: 'warning' }],
    });
  });

  test('a second system of a name does not take the folder of the first', async () => {
    using it = project({ 'one.dsl.ts': good });
    expect(await it.dsl(['compile'])).toMatchObject({ code: 0 });
    writeFileSync(join(it.root, 'two.dsl.ts'), good.replace("'e'", "'other'"));
    const before = contents(it.root);
    const both = await it.dsl(['compile']);
    expect(both).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/error MR2015: .*generated\/good.*one\.dsl\.ts/),
    });
    expectCoded(await it.dsl(['compile', 'two.dsl.ts']), /error MR2015: /, 1);
    expect(contents(it.root)).toEqual(before);
    // A source that was moved takes its folder along.
    rmSync(join(it.root, 'one.dsl.ts'));
    expect(await it.dsl(['compile'])).toMatchObject({ code: 0 });
  });

  test('two systems of one name', async () => {
    using it = project({ 'one.dsl.ts': good, 'two.dsl.ts': good });
    expectCoded(
      await it.dsl(['check', '--format', 'github']).then((done) => ({ ...done, stderr: done.stdout, stdout: '' })),
      /MR2015/,
      1,
    );
  });
});

describe('an output folder', () => {
  test('that is a file', async () => {
    using it = project({ 'good.dsl.ts': good, generated: 'mine' });
    const before = contents(it.root);
    expectCoded(await it.dsl(['compile']), /error MR1664: /, 2);
    expect(contents(it.root)).toEqual(before);
  });

  // Permissions do not hold root back.
  test.skipIf(process.getuid?.() === 0)('that may not be written to', async () => {
    using it = project({ 'good.dsl.ts': good });
    mkdirSync(join(it.root, 'generated'));
    chmodSync(join(it.root, 'generated'), 0o555);
    expectCoded(await it.dsl(['compile']), /error MR1664: /, 2);
  });

  test('that may not be written to by anybody', async () => {
    using it = project({ 'good.dsl.ts': good });
    expectCoded(await it.dsl(['compile', '--out', '/sys/generated']), /error MR1664: /, 2);
  });

  test.runIf(existsSync('/proc/self'))('that can be made by nobody: making it ends', async () => {
    using it = project({ 'good.dsl.ts': good });
    expectCoded(await it.dsl(['compile', '--out', '/proc/generated']), /error MR1664: /, 2);
    expectCoded(await it.dsl(['init', '/proc/project']), /error MR1733: /, 2);
  });

  test('with files of others, or edited by hand', async () => {
    using it = project({ 'good.dsl.ts': good, 'generated/good/index.ts': 'mine' });
    expectCoded(await it.dsl(['compile']), /error MR1662: /, 1);
    expect(readdirSync(join(it.root, 'generated/good'))).toEqual(['index.ts']);
    expect(await it.dsl(['compile', '--force'])).toMatchObject({ code: 0 });
    writeFileSync(join(it.root, 'generated/good/contracts.ts'), 'mine');
    expectCoded(await it.dsl(['compile']), /error MR1661: /, 1);
    expectCoded(await it.dsl(['compile', '--check']), /error MR1661: /, 1);
    expect(readFileSync(join(it.root, 'generated/good/contracts.ts'), 'utf8')).toBe('mine');
  });
});

describe('a bad database', () => {
  const spoil: Readonly<Record<string, readonly [(file: string) => void, exit: number]>> = {
    'not SQLite': [(file) => writeFileSync(file, 'Dear diary,\n'.repeat(1000)), 1],
    truncated: [(file) => truncateSync(file, 5000), 1],
    'of another program': [
      (file) => {
        writeFileSync(file, '');
        const db = new DatabaseSync(file);
        db.exec('CREATE TABLE t (x)');
        db.close();
      },
      1,
    ],
    'of a newer Millrace': [
      (file) => {
        const db = new DatabaseSync(file);
        db.exec('PRAGMA user_version = 999; PRAGMA journal_mode = DELETE');
        db.close();
      },
      1,
    ],
  };
  test.each(Object.entries(spoil))('that is %s is refused and left as it was', async (_name, [ruin, exit]) => {
    using it = await initialised('hello');
    const run = ['run', 'hello.dsl.ts', 'greet', '--input', '{"name":"A"}', '--db', 'x.db'];
    expect((await it.dsl(run)).code).toBe(0);
    const file = join(it.root, 'x.db');
    ruin(file);
    const before = readFileSync(file, 'latin1');
    expectCoded(await it.dsl(run), /error MR30\d\d: /, exit);
    expectCoded(
      await it.dsl(['send', 'hello.dsl.ts', 'visitorArrived', '--payload', '{"name":"A"}', '--db', 'x.db']),
      /error MR30\d\d: /,
      exit,
    );
    expect(readFileSync(file, 'latin1')).toBe(before);
    expect(readFileSync(join(it.root, 'guest-book.txt'), 'utf8').split('\n')).toHaveLength(2);
  });

  test('a folder, and a folder that is not there', async () => {
    using it = await initialised('hello');
    const run = async (db: string): Promise<Done> =>
      await it.dsl(['run', 'hello.dsl.ts', 'greet', '--input', '{"name":"A"}', '--db', db]);
    await it.dsl(['compile']);
    expectCoded(await run('tasks'), /error MR3008: /, 1);
    expectCoded(await run('nowhere/x.db'), /error MR3008: /, 1);
    expect(existsSync(join(it.root, 'nowhere'))).toBe(false);
  });
});

/** Can a small file system of our own be had? Only root may mount one. */
const mountable =
  spawnSync('/usr/bin/unshare', ['-m', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'none', '/mnt']).status === 0;

describe('a full disk', () => {
  /** Runs with files limited to so many blocks of 512 bytes, as a full disk looks to whoever writes. */
  const cramped = async (it: Project, blocks: number, args: readonly string[]): Promise<Done> =>
    await it.dsl(args, { shell: `trap '' XFSZ; ulimit -f ${blocks};`, env: { NODE_DISABLE_COMPILE_CACHE: '1' } });

  test('while compiling: coded, and what was there stays', async () => {
    using it = await initialised('hello');
    expectCoded(await cramped(it, 1, ['compile']), /error MR1664: /, 2);
    // The next run, with room, goes on.
    expect(await it.dsl(['compile'])).toMatchObject({ code: 0, stderr: '' });
    expect(await it.dsl(['compile', '--check'])).toMatchObject({ code: 0 });
    expect(readdirSync(join(it.root, 'generated/hello')).filter((name) => name.includes('tmp'))).toEqual([]);
  });

  test('while running: coded, nothing acknowledged is lost, and with room it goes on', async () => {
    using it = await initialised('hello');
    await it.dsl(['compile']);
    const book = Array.from({ length: 400 }, (_, index) => JSON.stringify({ name: `v${index}` })).join('\n');
    const send = ['send', 'hello.dsl.ts', 'visitorArrived', '--lines', '-'];
    await it.dsl(send, { stdin: '{"name":"first"}' });
    const before = readFileSync(join(it.root, 'guest-book.txt'), 'utf8');
    const full = await it.dsl(send, {
      stdin: book,
      shell: `trap '' XFSZ; ulimit -f 400;`,
      env: { NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    expect(full.code).toBe(2);
    expect(full.stderr).toMatch(/error MR300[56]: /);
    expect(full.stderr).not.toMatch(stackTrace);
    expect((await it.dsl(['instances', 'show', 'first'])).stdout).toContain('inside');
    expect(await it.dsl(send, { stdin: book })).toMatchObject({ code: 0 });
    expect(readFileSync(join(it.root, 'guest-book.txt'), 'utf8').startsWith(before)).toBe(true);
    const { instances } = JSON.parse((await it.dsl(['instances', 'list', '--limit', '1000', '--json'])).stdout) as {
      instances: { state: string[] }[];
    };
    expect(instances).toHaveLength(401);
    expect(new Set(instances.flatMap(({ state }) => state))).toEqual(new Set(['inside']));
  });

  test.skipIf(!mountable)('a real one: the same, and no half-written file stays behind', async () => {
    using it = await initialised('hello');
    const disk = join(it.root, 'disk');
    mkdirSync(disk);
    const mount = (...args: string[]): void => {
      expect(spawnSync('/usr/bin/mount', args).status).toBe(0);
    };
    mount('-t', 'tmpfs', '-o', 'size=400k', 'none', disk);
    try {
      const book = Array.from({ length: 2000 }, (_, index) => JSON.stringify({ name: `v${index}` })).join('\n');
      const send = ['send', 'hello.dsl.ts', 'visitorArrived', '--lines', '-', '--db', 'disk/hello.db', '--json'];
      const full = await it.dsl(send, { stdin: book });
      expect(full.code).toBe(2);
      expect(JSON.parse(full.stdout)).toMatchObject({ ok: false, error: { code: 'MR3005' } });
      const compile = await it.dsl(['compile', '--out', 'disk/generated']);
      expectCoded(compile, /error MR1664: /, 2);
      const empty = readdirSync(disk, { recursive: true, withFileTypes: true }).filter(
        (entry) => entry.isFile() && entry.name.endsWith('.ts'),
      );
      for (const entry of empty) expect(statSync(join(entry.parentPath, entry.name)).size).toBeGreaterThan(0);
      mount('-o', 'remount,size=64m', disk);
      expect(await it.dsl(['compile', '--out', 'disk/generated'])).toMatchObject({ code: 0, stderr: '' });
      expect(await it.dsl(send, { stdin: book })).toMatchObject({ code: 0 });
      const list = await it.dsl([
        'instances',
        'list',
        '--db',
        'disk/hello.db',
        '--limit',
        '5000',
        '--state',
        'inside',
        '--json',
      ]);
      expect((JSON.parse(list.stdout) as { instances: unknown[] }).instances).toHaveLength(2000);
    } finally {
      spawnSync('/usr/bin/umount', [disk]);
    }
  });
});

test.skipIf(!mountable)('a disk that is read-only', async () => {
  using it = await initialised('hello');
  const disk = join(it.root, 'disk');
  mkdirSync(disk);
  const mount = (...args: string[]): void => {
    expect(spawnSync('/usr/bin/mount', args).status).toBe(0);
  };
  const run = async (db: string): Promise<Done> =>
    await it.dsl(['run', 'hello.dsl.ts', 'greet', '--input', '{"name":"A"}', '--db', db]);
  mount('-t', 'tmpfs', '-o', 'size=4m', 'none', disk);
  try {
    expect((await run('disk/x.db')).code).toBe(0);
    mount('-o', 'remount,ro', disk);
    const before = readFileSync(join(disk, 'x.db'), 'latin1');
    expectCoded(await run('disk/x.db'), /error MR300[78]: /, 1);
    expectCoded(await run('disk/new.db'), /error MR300[78]: /, 1);
    expectCoded(await it.dsl(['compile', '--out', 'disk/generated']), /error MR1664: /, 2);
    expect(readFileSync(join(disk, 'x.db'), 'latin1')).toBe(before);
  } finally {
    spawnSync('/usr/bin/umount', [disk]);
  }
});
