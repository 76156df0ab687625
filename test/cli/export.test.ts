import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dsl, project, repository, stackTrace } from './dsl.ts';

const door = `[metadata]
name = "door"
version = "1.0.0"

[[workflows]]
name = "door"
initial = "shut"

[workflows.states.shut]
timeout_seconds = 5
timeout_target = "gone"

[[workflows.states.shut.handlers]]
event = "kick"
target = "gone"

[workflows.states.gone]
terminal = true
`;
const book = `{
  "name": "book",
  "steps": [
    {
      "id": "write"
    },
    {
      "id": "print",
      "depends_on": [
        "write"
      ]
    }
  ]
}
`;

test('what was imported from TOML is exported as it was', async () => {
  using folder = project({ 'door.toml': door });
  const cwd = folder.root;
  await dsl(['import', 'door.toml', '--out', 'door.dsl.ts'], { cwd });
  const { code, stdout, stderr } = await dsl(['export', 'door.dsl.ts', '--machine', 'door'], { cwd });
  expect({ code, stderr, stdout }).toEqual({ code: 0, stderr: '', stdout: door });
  expect(await dsl(['export', 'door.dsl.ts', '--format', 'toml', '--out', 'again.toml'], { cwd })).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Wrote again.toml.\n',
  });
  expect(readFileSync(join(cwd, 'again.toml'), 'utf8')).toBe(door);
});

test('a flow as JSON, with what has no place', async () => {
  using folder = project({ 'book.json': book });
  const cwd = folder.root;
  await dsl(['import', 'book.json', '--out', 'book.dsl.ts'], { cwd });
  expect(await dsl(['export', 'book.dsl.ts', '--flow', 'book'], { cwd })).toEqual({
    code: 0,
    stderr: '',
    stdout: book,
  });
  const source = readFileSync(join(cwd, 'book.dsl.ts'), 'utf8').replace(
    'input: z.looseObject({})',
    "timeout: '5s', $&",
  );
  writeFileSync(join(cwd, 'book.dsl.ts'), source);
  const { code, stdout } = await dsl(['export', 'book.dsl.ts', '--flow', 'book', '--json'], { cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, format: 'json', text: book, diagnostics: [{ code: 'MR1799' }] });
});

test.each([
  [['orders.dsl.ts', '--machine', 'nobody'], 2, /^error MR2017: The system 'orders' has no machine 'nobody'/],
  [['orders.dsl.ts', '--format', 'json'], 2, /^error MR1730: 'orders' has more than one flow/],
  [['orders.dsl.ts', '--flow', 'fulfilOrder', '--format', 'toml'], 2, /^error MR1731: The flow 'fulfilOrder'/],
  [['orders.dsl.ts', '--format', 'yaml'], 2, /^error MR2003/],
  [['none.dsl.ts'], 1, /^error MR/],
])('dsl export %j: exit code %i', async (args, code, message) => {
  const result = await dsl(['export', ...args], { cwd: join(repository, 'dsl-examples/orders') });
  expect(result).toMatchObject({ code, stdout: '' });
  expect(result.stderr).toMatch(message);
  expect(result.stderr).not.toMatch(stackTrace);
});
