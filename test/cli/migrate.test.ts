import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { atTerminal, ctrlC, ctrlD, hasTerminal, project, stackTrace, type Done, type Project } from './dsl.ts';

const shop = (
  version = '1.0.0',
  paid = 'paid',
  more = '',
): string => `import { event, machine, system, task } from 'millrace';
import { z } from 'zod';

/** Sells things. */
export default system('shop', { version: '${version}' });

export const placed = event('placed', { payload: z.object({ id: z.string(), total: z.number() }) });
export const settled = event('settled', { payload: z.object({ id: z.string() }) });

// One for each order.
export const order = machine('order', {
  key: 'id',
  context: z.object({ total: z.number()${more} }),
  events: { placed, settled },
  creates: ['placed'],
}).states('open', {
  open: { on: { settled: '${paid}' } }, // not paid yet
  ${paid}: { final: true },
});
`;
const step = (more = '', to = '2.0.0', from = '1.0.0'): string =>
  `import { migration, placeholder } from 'millrace/migrate';\n\nvoid placeholder;\nexport default migration({\n  from: '${from}',\n  to: '${to}',\n${more}});\n`;

/** A shop whose version 1.0.0 is kept. */
async function kept(files: Readonly<Record<string, string>> = {}): Promise<Project> {
  const made = project({ 'shop.dsl.ts': shop() });
  const done = await made.dsl(['migrate', 'shop.dsl.ts', '--snapshot']);
  expect(done).toMatchObject({ code: 0, stdout: 'Version 1.0.0 of shop is kept in snapshots/1.0.0.json.\n' });
  write(made, files);
  return made;
}

function write({ root }: Project, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

const read = ({ root }: Project, path: string): string => readFileSync(join(root, path), 'utf8');

/** All files beside the entry, with their texts: to see that nothing was written. */
function world({ root }: Project): Readonly<Record<string, string>> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(
    (each) => each.isFile() && !each.parentPath.includes('node_modules'),
  );
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name), 'utf8')]),
  );
}

function expectRefusal(done: Done, code: string, message: RegExp): void {
  expect(done.code).toBe(1);
  expect(done.stderr).toContain(code);
  expect(done.stderr).toMatch(message);
  expect(done.stderr + done.stdout).not.toMatch(stackTrace);
}

describe('dsl migrate', () => {
  it('keeps, plans, checks and applies: one version after the other', async () => {
    using it = await kept();
    expect((await it.dsl(['migrate', 'shop.dsl.ts', '--snapshot'])).stdout).toContain('holds version 1.0.0 already');
    write(it, { 'shop.dsl.ts': shop('1.0.0', 'done') });
    // Breaking, and the version is the old one.
    expect((await it.dsl(['check', 'shop.dsl.ts'])).stdout).toContain('MR1830');
    expectRefusal(await it.dsl(['migrate', 'shop.dsl.ts', '--check']), 'MR1831', /differs from version 1\.0\.0/);

    const planned = await it.dsl(['migrate', 'shop.dsl.ts', '--plan']);
    expect(planned).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('migrations/1.0.0-to-2.0.0.ts, from 1.0.0 to 2.0.0'),
    });
    expect(read(it, 'migrations/1.0.0-to-2.0.0.ts')).toContain(
      `paid: placeholder("State 'paid' is gone. Renamed to 'done'?`,
    );
    expectRefusal(
      await it.dsl(['migrate', 'shop.dsl.ts', '--to', '2.0.0']),
      'MR1818',
      /migrations\/1\.0\.0-to-2\.0\.0\.ts:\d+:\d+/,
    );

    rmSync(join(it.root, 'migrations'), { recursive: true });
    const told = await it.dsl([
      'migrate',
      'shop.dsl.ts',
      '--plan',
      '--rename',
      'machines.order.states.paid=done',
      '--json',
    ]);
    expect(JSON.parse(told.stdout)).toMatchObject({
      ok: true,
      from: '1.0.0',
      to: '2.0.0',
      written: true,
      placeholders: 0,
      renames: { 'machines.order.states.paid': 'done' },
      breaking: [],
    });
    const before = world(it);
    const dry = await it.dsl(['migrate', 'shop.dsl.ts', '--to', '2.0.0', '--dry-run']);
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain("-export default system('shop', { version: '1.0.0' });");
    expect(dry.stdout).toContain("+export default system('shop', { version: '2.0.0' });");
    expect(world(it)).toEqual(before);

    const done = await it.dsl(['migrate', 'shop.dsl.ts', '--to', '2.0.0', '--json']);
    expect(JSON.parse(done.stdout)).toMatchObject({
      ok: true,
      system: 'shop',
      from: '1.0.0',
      to: '2.0.0',
      dryRun: false,
      steps: [{ from: '1.0.0', to: '2.0.0', file: 'migrations/1.0.0-to-2.0.0.ts' }],
      source: { files: ['shop.dsl.ts'] },
      snapshot: 'snapshots/2.0.0.json',
      diagnostics: [],
    });
    expect(read(it, 'shop.dsl.ts')).toBe(shop('2.0.0', 'done'));
    expect(JSON.parse(read(it, 'snapshots/2.0.0.json'))).toMatchObject({ history: [{ from: '1.0.0', to: '2.0.0' }] });
    expect(await it.dsl(['migrate', 'shop.dsl.ts', '--check'])).toMatchObject({
      code: 0,
      stdout: 'shop 2.0.0: nothing stands in the way. Kept: 1.0.0, 2.0.0.\n',
    });
    expect((await it.dsl(['check', 'shop.dsl.ts'])).code).toBe(0);
    expect((await it.dsl(['diff', '1.0.0', 'shop.dsl.ts'])).stdout).toContain(
      "State 'paid' of machine 'order' was removed",
    );
    expect((await it.dsl(['diff', 'snapshots/2.0.0.json', 'shop.dsl.ts'])).stdout).toBe('No differences.\n');
  });

  it('takes edits, functions and codemods of a chain, and keeps what it does not touch', async () => {
    using it = await kept({
      'migrations/a.ts': step(`  source: [{ op: 'rename', path: 'machines.order.states.paid', to: 'done' }],\n`),
      'migrations/b.ts': step(`  source: (system) => ({ ...system, description: 'Sells.' }),\n`, '2.1.0', '2.0.0'),
      'migrations/c.ts': step(
        `  codemod: (project) => project.getSourceFileOrThrow('shop.dsl.ts').insertText(0, '// A codemod was here.\\n'),\n`,
        '2.2.0',
        '2.1.0',
      ),
    });
    const done = await it.dsl(['migrate', 'shop.dsl.ts', '--to', '2.2.0']);
    expect(done).toMatchObject({ code: 0, stdout: expect.stringContaining('shop: 1.0.0 → 2.0.0 → 2.1.0 → 2.2.0') });
    expect(read(it, 'shop.dsl.ts')).toBe(
      `// A codemod was here.\n${shop('2.2.0', 'done').replace('Sells things.', 'Sells.')}`,
    );
  });

  it('says what comes next where the version was raised by hand', async () => {
    using it = await kept({ 'shop.dsl.ts': shop('2.0.0', 'done') });
    const answer = ['--rename', 'machines.order.states.paid=done'];
    const planned = await it.dsl(['migrate', 'shop.dsl.ts', '--plan', ...answer]);
    expect(planned).toMatchObject({ code: 0, stderr: expect.stringContaining('shop.dsl.ts --snapshot') });
    expectRefusal(
      await it.dsl(['migrate', 'shop.dsl.ts', '--to', '2.0.0']),
      'MR1821',
      /--snapshot keeps the present one/,
    );
    expect((await it.dsl(['migrate', 'shop.dsl.ts', '--snapshot'])).code).toBe(0);
    expect((await it.dsl(['migrate', 'shop.dsl.ts', '--check'])).code).toBe(0);
    expect(JSON.parse(read(it, 'snapshots/2.0.0.json'))).toMatchObject({ history: [{ from: '1.0.0', to: '2.0.0' }] });
  });

  it('goes back where there is a way, and that is asked for', async () => {
    const rename = (from: string, to: string): string =>
      `source: [{ op: 'rename', path: 'machines.order.states.${from}', to: '${to}' }],`;
    using it = await kept({
      'migrations/a.ts': step(`  ${rename('paid', 'done')}\n  down: { ${rename('done', 'paid')} },\n`),
    });
    expect((await it.dsl(['migrate', 'shop.dsl.ts', '--to', '2.0.0'])).code).toBe(0);
    expect(read(it, 'shop.dsl.ts')).toBe(shop('2.0.0', 'done'));
    expectRefusal(await it.dsl(['migrate', 'shop.dsl.ts', '--to', '1.0.0']), 'MR1819', /would be a downgrade/);
    const back = await it.dsl(['migrate', 'shop.dsl.ts', '--to', '1.0.0', '--allow-downgrade']);
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('shop: 2.0.0 → 1.0.0') });
    expect(read(it, 'shop.dsl.ts')).toBe(shop('1.0.0', 'paid'));
    expect((await it.dsl(['migrate', 'shop.dsl.ts', '--check'])).code).toBe(0);
  });

  it('refuses names that a version does not have', async () => {
    using it = await kept({
      'shop.dsl.ts': shop('1.0.0', 'done'),
      'migrations/a.ts': step(`  instances: { order: { states: { paid: 'dane' } } },\n`),
    });
    for (const args of [
      ['--to', '2.0.0'],
      ['--to', '2.0.0', '--dry-run'],
    ])
      expectRefusal(
        await it.dsl(['migrate', 'shop.dsl.ts', ...args]),
        'MR1825',
        /migrations\/a\.ts:7[^]*Did you mean 'done'/,
      );
    expect(read(it, 'shop.dsl.ts')).toBe(shop('1.0.0', 'done'));
  });

  it.each<[string, Readonly<Record<string, string>>, readonly string[], string, RegExp]>([
    [
      'a source that does not parse',
      { 'shop.dsl.ts': 'export default system(' },
      ['--to', '2.0.0'],
      'MR1006',
      /shop\.dsl\.ts:1/,
    ],
    ['a gap', { 'migrations/a.ts': step('', '1.5.0') }, ['--to', '2.0.0'], 'MR1817', /no step from 1\.5\.0 to 2\.0\.0/],
    ['an unknown target', {}, ['--to', '7.0.0'], 'MR1817', /no step from 1\.0\.0 to 7\.0\.0/],
    ['a target that is no version', {}, ['--to', 'two'], 'MR1820', /'two' is not a version/],
    [
      'a downgrade',
      { 'migrations/a.ts': step('', '1.0.0', '0.9.0') },
      ['--to', '0.9.0'],
      'MR1819',
      /would be a downgrade/,
    ],
    [
      'a downgrade without a way back',
      { 'migrations/a.ts': step('', '1.0.0', '0.9.0') },
      ['--to', '0.9.0', '--allow-downgrade'],
      'MR1819',
      /no way back from 1\.0\.0: 'migrations\/a\.ts'/,
    ],
    ['the same version', {}, ['--to', '1.0.0'], 'MR1821', /at version 1\.0\.0 already/],
    [
      'a module that throws',
      { 'migrations/a.ts': "throw new Error('boom');" },
      ['--to', '2.0.0'],
      'MR1813',
      /migrations\/a\.ts:1:7/,
    ],
    ['a module without a step', { 'migrations/a.ts': 'export {};' }, ['--to', '2.0.0'], 'MR1814', /no default export/],
    [
      'a placeholder',
      { 'migrations/a.ts': step(`  runs: { pay: placeholder('What of them?') },\n`) },
      ['--to', '2.0.0'],
      'MR1818',
      /What of them\?[^]*migrations\/a\.ts:7:16/,
    ],
    [
      'a step that edits another source than that of its version',
      { 'shop.dsl.ts': shop('1.0.0', 'done'), 'migrations/a.ts': step('  source: [],\n') },
      ['--to', '2.0.0'],
      'MR1822',
      /differs from version 1\.0\.0/,
    ],
    [
      'an edit that does not fit',
      { 'migrations/a.ts': step(`  source: [{ op: 'remove', path: 'tasks.charge' }],\n`) },
      ['--to', '2.0.0'],
      'MR178',
      /tasks\.charge/,
    ],
    [
      'a result that breaks a rule',
      { 'migrations/a.ts': step(`  source: (system) => ({ ...system, events: {} }),\n`) },
      ['--to', '2.0.0'],
      'MR1',
      /placed|settled/,
    ],
  ])('%s: nothing is written', async (_, files, args, code, message) => {
    using it = await kept(files);
    const before = world(it);
    expectRefusal(await it.dsl(['migrate', 'shop.dsl.ts', ...args]), code, message);
    expect(world(it)).toEqual(before);
    const json = await it.dsl(['migrate', 'shop.dsl.ts', ...args, '--json']);
    const { ok, diagnostics } = JSON.parse(json.stdout) as { readonly ok: boolean; readonly diagnostics: object[] };
    expect(ok).toBe(false);
    expect(diagnostics).toContainEqual(expect.objectContaining({ code: expect.stringContaining(code) as string }));
  });

  it('refuses a snapshot that somebody changed', async () => {
    using it = await kept({ 'migrations/a.ts': step('  source: [],\n') });
    write(it, { 'snapshots/1.0.0.json': read(it, 'snapshots/1.0.0.json').replaceAll('settled', 'sottled') });
    for (const args of [['--to', '2.0.0'], ['--plan'], ['--check'], ['--snapshot']])
      expectRefusal(await it.dsl(['migrate', 'shop.dsl.ts', ...args]), 'MR1811', /was changed after it was written/);
  });

  it('refuses a version that was kept and is another now', async () => {
    using it = await kept({ 'shop.dsl.ts': shop('1.0.0', 'done') });
    expectRefusal(await it.dsl(['migrate', 'shop.dsl.ts', '--snapshot']), 'MR1823', /was kept before/);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['nothing to do', ['shop.dsl.ts'], /needs to know what to do/],
    ['no file', [], /Missing required argument 'file'/],
    ['two things at once', ['shop.dsl.ts', '--plan', '--check'], /--plan and --check do not go together/],
    ['a version to keep', ['shop.dsl.ts', '--snapshot', '--dry-run'], /--dry-run says nothing of that/],
    ['a database to plan', ['shop.dsl.ts', '--plan', '--db', 'x.db'], /looks at the source alone/],
    [
      'answers without questions',
      ['shop.dsl.ts', '--to', '2.0.0', '--drop', 'x'],
      /answers to the questions of --plan/,
    ],
    ['a pattern', ['*.dsl.ts', '--check'], /one file, not a pattern/],
  ])('%s is wrong usage', async (_, args, message) => {
    using it = project({ 'shop.dsl.ts': shop() });
    const done = await it.dsl(['migrate', ...args]);
    expect(done).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
    expect(done.stderr).not.toMatch(stackTrace);
  });

  it('a file that is not there', async () => {
    using it = project();
    for (const args of [['--to', '2.0.0'], ['--plan'], ['--check'], ['--snapshot']])
      expectRefusal(await it.dsl(['migrate', 'none.dsl.ts', ...args]), 'MR1001', /There is no file 'none\.dsl\.ts'/);
    expect(existsSync(join(it.root, 'snapshots'))).toBe(false);
  });

  it('checks for gaps, placeholders and broken modules', async () => {
    using it = await kept({ 'shop.dsl.ts': shop('3.0.0', 'done'), 'migrations/a.ts': step('', '2.0.0') });
    expectRefusal(await it.dsl(['migrate', 'shop.dsl.ts', '--check']), 'MR1817', /no step from 2\.0\.0 to 3\.0\.0/);
    write(it, { 'migrations/b.ts': step(`  runs: { pay: placeholder('Why?') },\n`, '3.0.0', '2.0.0') });
    expectRefusal(await it.dsl(['migrate', 'shop.dsl.ts', '--check']), 'MR1818', /Why\?/);
    write(it, { 'migrations/b.ts': 'export default 1;' });
    expectRefusal(await it.dsl(['migrate', 'shop.dsl.ts', '--check']), 'MR1814', /something else than a step/);
    write(it, { 'migrations/b.ts': step('', '3.0.0', '2.0.0') });
    expect((await it.dsl(['migrate', 'shop.dsl.ts', '--check'])).code).toBe(0);
  });
});

describe('dsl migrate --plan at a terminal', () => {
  const plan = (it: Project, ...keys: string[]) =>
    atTerminal(['migrate', 'shop.dsl.ts', '--plan'], keys, { cwd: it.root, env: { TERM: 'dumb' } });

  it.skipIf(!hasTerminal)('asks what became of what is gone, and takes what is answered', async () => {
    using it = await kept({ 'shop.dsl.ts': shop('1.0.0', 'done') });
    const { stdout } = await plan(it, 'what?\n', '1\n');
    expect(stdout).toContain(
      "State 'paid' of 'order' is gone. What became of it?\n  1  it is called 'done' now (likely)",
    );
    expect(stdout).toContain('Write a number from 0 to 1, or the new name.');
    expect(read(it, 'migrations/1.0.0-to-2.0.0.ts')).toContain("paid: 'done',");
  });

  it.skipIf(!hasTerminal)('writes nothing when nobody answers, or it is called off', async () => {
    using it = await kept({ 'shop.dsl.ts': shop('1.0.0', 'done') });
    const unanswered = await plan(it, ctrlD);
    expect(unanswered).toMatchObject({ code: 2 });
    expect(unanswered.stdout).toContain('The questions were not answered, so nothing was written.');
    const calledOff = await plan(it, ctrlC);
    expect(calledOff).toMatchObject({ code: 130 });
    expect(calledOff.stdout).toContain('Nothing was written: it was called off.');
    expect(existsSync(join(it.root, 'migrations'))).toBe(false);
  });
});

it('a task that is called otherwise has its code in a file of the old name: that comes next', async () => {
  const words = (name: string, version: string): string => `import { flow, system, task } from 'millrace';
import { z } from 'zod';
export default system('words', { version: '${version}' });
export const ${name} = task('${name}', { input: z.string(), output: z.number() });
export const f = flow('f', { input: z.string() }, (f) => f.step('n', ({ input }) => ${name}(input)));
`;
  using it = project({ 'words.dsl.ts': words('count', '1.0.0'), 'tasks/count.ts': 'export {};\n' });
  await it.dsl(['migrate', 'words.dsl.ts', '--snapshot']);
  write(it, {
    'migrations/a.ts': step(
      "  source: [{ op: 'rename', path: 'tasks.count', to: 'countWords' }],\n  tasks: { count: 'countWords' },\n",
    ),
  });
  const { code, stderr } = await it.dsl(['migrate', 'words.dsl.ts', '--to', '2.0.0']);
  expect(code).toBe(0);
  expect(stderr).toMatch(
    /Next:\n {2}Rename tasks\/count\.ts to tasks\/count-words\.ts, and let it implement 'countWords'\.\n/,
  );
  expect(read(it, 'words.dsl.ts')).toContain("task('countWords'");
});
