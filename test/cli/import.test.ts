import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashSystem, type SystemModel } from 'millrace/model';
import { expect, test } from 'vitest';
import { dsl, project, repository, stackTrace } from './dsl.ts';

const door = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" name="door" initial="shut">
  <state id="shut"><transition event="opened" target="open"/></state>
  <state id="open"><transition event="closed" target="shut"/><transition event="broken" target="gone"/></state>
  <final id="gone"/>
</scxml>
`;
const light = `{
  "id": "light",
  "initial": "red",
  "states": {
    "red": { "after": { "30000": { "target": "green", "guard": "isDay" } } },
    "green": { "on": { "STOP": { "target": "red", "actions": "count" } } }
  }
}
`;

test('patterns of an SCXML document cover the events from outside', async () => {
  const text = door.replace('event="opened"', 'event="bell.*"');
  using folder = project({ 'door.scxml': text, 'light.json': light });
  const cwd = folder.root;
  const without = await dsl(['import', 'door.scxml'], { cwd });
  expect(without.stderr).toMatch(/^info MR1714: [^]*--events/m);
  const { code, stdout, stderr } = await dsl(['import', 'door.scxml', '--events', 'bell.front, bell.back'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain("event('bell.back'");
  expect(stdout).toContain("'bell.*': 'open'");
  const other = await dsl(['import', 'light.json', '--events', 'a'], { cwd });
  expect(other).toMatchObject({ code: 2, stderr: expect.stringMatching(/^error MR2003: --events/) });
});

test('an SCXML document is printed as a file that compiles', async () => {
  using folder = project({ 'door.scxml': door });
  const cwd = folder.root;
  const { code, stdout, stderr } = await dsl(['import', 'door.scxml', '--name', 'door'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toContain("export const opened = event('opened'");
  expect(stdout).toContain(
    "}).states('shut', {\n  shut: { on: { opened: 'open' } },\n  open: { on: { closed: 'shut', broken: 'gone' } },\n  gone: { final: true },\n});\n",
  );
  writeFileSync(join(cwd, 'door.dsl.ts'), stdout);
  expect(await dsl(['compile', 'door.dsl.ts'], { cwd })).toMatchObject({ code: 0 });
});

test('an XState configuration is written to a file, with what is to be filled in', async () => {
  using folder = project({ 'light.json': light });
  const cwd = folder.root;
  const { code, stdout, stderr } = await dsl(['import', 'light.json', '--out', 'systems/light.dsl.ts'], { cwd });
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toContain("info MR1755: The guard 'isDay' is only named here");
  expect(stderr).toContain('--> light.json:5:64');
  expect(stderr).toContain('Wrote systems/light.dsl.ts: 1 machine, 1 event; 2 to fill in.');
  expect(readdirSync(join(cwd, 'systems'))).toEqual(['light.dsl.ts']);
  const text = readFileSync(join(cwd, 'systems/light.dsl.ts'), 'utf8');
  expect(text).toContain("  red: { after: { '30s': { target: 'green', guard: isDay } } },");
  expect(await dsl(['check', 'systems/light.dsl.ts'], { cwd })).toMatchObject({ code: 0 });
});

test('a workflow is told by its steps, and breaks no rule', async () => {
  using folder = project({ 'book.json': '{ "type": "spec-default", "steps": [{ "id": "write", "role": "writer" }] }' });
  const { code, stdout, stderr } = await dsl(['import', 'book.json', '--roles', 'writer'], { cwd: folder.root });
  expect(code).toBe(0);
  expect(stdout).toContain("  .node('write', ({ input }) => write({ input }))));");
  expect(stderr).not.toContain('error');
  expect(stderr).not.toContain('MR1798');
});

test('workflows in TOML become machines', async () => {
  using folder = project({
    'door.toml':
      '[[workflows]]\nname = "door"\ninitial = "shut"\n[workflows.states.shut]\ntimeout_seconds = 5\ntimeout_target = "gone"\n' +
      'handlers = [{ event = "kick", target = "gone" }]\n[workflows.states.gone]\nterminal = true\n',
  });
  const { code, stdout, stderr } = await dsl(['import', 'door.toml', '--out', 'door.dsl.ts'], { cwd: folder.root });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: 'Wrote door.dsl.ts: 1 machine, 1 event.\n' });
  expect(await dsl(['compile', 'door.dsl.ts'], { cwd: folder.root })).toMatchObject({ code: 0 });
});

test('a model comes back as it was', async () => {
  using folder = project({});
  const cwd = folder.root;
  const entry = join(repository, 'dsl-examples/orders/orders.dsl.ts');
  const before = await dsl(['inspect', entry, '--json'], { cwd });
  writeFileSync(join(cwd, 'orders.json'), before.stdout);
  const { code, stderr } = await dsl(['import', 'orders.json', '--out', 'orders.dsl.ts'], { cwd });
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: expect.stringMatching(/^Wrote orders\.dsl\.ts: 1 machine, 4 flows/) as string,
  });
  const after = await dsl(['inspect', 'orders.dsl.ts', '--json'], { cwd });
  const hash = ({ stdout }: { readonly stdout: string }): string => hashSystem(JSON.parse(stdout) as SystemModel);
  expect(hash(after)).toBe(hash(before));
});

test('--json prints one document', async () => {
  using folder = project({ 'light.json': light });
  const cwd = folder.root;
  const { code, stdout, stderr } = await dsl(['import', 'light.json', '--json', '--out', 'l.dsl.ts'], { cwd });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    file: 'light.json',
    format: 'xstate',
    system: 'light',
    written: 'l.dsl.ts',
    text: readFileSync(join(cwd, 'l.dsl.ts'), 'utf8'),
    diagnostics: [{ code: 'MR1755', file: 'light.json', line: 5, column: 64 }, { code: 'MR1755' }],
  });
});

test('a file that is there stays, unless --force', async () => {
  using folder = project({ 'door.scxml': door, 'door.dsl.ts': 'mine' });
  const cwd = folder.root;
  const refused = await dsl(['import', 'door.scxml', '--out', 'door.dsl.ts'], { cwd });
  expect(refused).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^error MR1760: 'door\.dsl\.ts' is there already/) as string,
  });
  expect(readFileSync(join(cwd, 'door.dsl.ts'), 'utf8')).toBe('mine');
  expect(await dsl(['import', 'door.scxml', '--out', 'door.dsl.ts', '--force'], { cwd })).toMatchObject({ code: 0 });
  expect(readFileSync(join(cwd, 'door.dsl.ts'), 'utf8')).toContain("machine('door'");
});

const bad: readonly (readonly [string, string | Uint8Array | undefined, readonly string[], number, RegExp])[] = [
  ['none.scxml', undefined, [], 1, /^error MR1001: There is no file 'none\.scxml'/],
  ['empty.scxml', '', [], 1, /^error MR1758: 'empty\.scxml' is empty/],
  ['blank.json', ' \n', [], 1, /^error MR1758/],
  ['binary.scxml', Uint8Array.of(0xff, 0xfe, 0), [], 1, /^error MR1005/],
  ['half.scxml', '<scxml><state id="a">', [], 1, /^error MR17\d\d: /],
  ['page.xml', '<html/>', [], 1, /^error MR17\d\d: /],
  ['half.json', '{ "states": {', [], 1, /^error MR1750: This is not JSON/],
  ['list.json', '[1]', [], 1, /^error MR1751: This is no configuration of XState/],
  ['note.txt', 'hello', [], 1, /^error MR1757: 'note\.txt' is neither XML nor JSON nor TOML/],
  [
    'target.json',
    '{ "initial": "a", "states": { "a": { "on": { "E": "b" } } } }',
    [],
    1,
    /^error MR1753[^]*--> target\.json:1:51/,
  ],
  ['model.json', '{ "kind": "system", "schemaVersion": 1 }', [], 1, /^error MR1010/],
  ['deep.json', `${'{"states":{"a":'.repeat(9999)}{}${'}}'.repeat(9999)}`, [], 1, /^error MR1756/],
  [
    'deep.scxml',
    `<scxml version="1.0">${'<state>'.repeat(9999)}${'</state>'.repeat(9999)}</scxml>`,
    [],
    1,
    /^error MR17\d\d: /,
  ],
  ['light.json', light, ['--from', 'scxml'], 1, /^error MR17\d\d: /],
  ['light.json', light, ['--from', 'json'], 1, /^error MR1010/],
  ['light.json', light, ['--from', 'yaml'], 2, /^error MR2003: .*scxml, xstate, workflow, toml, json/],
  ['light.json', light, ['--name', 'a b'], 2, /^error MR2003: --name: 'a b' cannot be a name/],
  ['light.json', light, ['--out', 'light.txt'], 2, /^error MR2003: --out: 'light\.txt' is no TypeScript file/],
  [
    'light.ts',
    light,
    ['--from', 'xstate', '--out', 'light.ts', '--force'],
    2,
    /^error MR1760: .* is the file that is imported/,
  ],
  ['light.json', light, ['--out', 'folder.ts', '--force'], 2, /^error MR1760: .* is a folder/],
];

test.each(bad)('dsl import %s: %#', async (name, content, options, exitCode, message) => {
  using folder = project({});
  const cwd = folder.root;
  mkdirSync(join(cwd, 'folder.ts'));
  if (content !== undefined) writeFileSync(join(cwd, name), content);
  const { code, stdout, stderr } = await dsl(['import', name, ...options], { cwd });
  expect({ code, stdout }).toEqual({ code: exitCode, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).not.toMatch(stackTrace);
  expect(readdirSync(cwd).filter((file) => /\.tmp$|\.dsl\.ts$/.test(file))).toEqual([]);
  const json = await dsl(['import', name, ...options, '--json'], { cwd });
  expect(json.code).toBe(exitCode);
  expect(JSON.parse(json.stdout)).toMatchObject({ ok: false });
});

test('a folder that cannot be written to is said, and leaves nothing behind', async () => {
  using folder = project({ 'door.scxml': door, blocked: 'a file' });
  const cwd = folder.root;
  const { code, stderr } = await dsl(['import', 'door.scxml', '--out', 'blocked/door.dsl.ts'], { cwd });
  expect(code).toBe(2);
  expect(stderr).not.toMatch(stackTrace);
  expect(existsSync(join(cwd, 'door.dsl.ts'))).toBe(false);
});
