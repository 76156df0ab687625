import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  CodeActionRequest,
  type CodeAction,
  type TextDocumentEdit,
  type TextEdit,
} from 'vscode-languageserver-protocol/node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { project, type Project } from '../cli/dsl.ts';
import { Client } from './client.ts';

const events = `import { event } from 'millrace';
import { z } from 'zod';

export const rung = event('rung', { payload: z.object({ door: z.string() }) });
export const left = event('left', { payload: z.object({ door: z.string() }) });
`;
const door = (target: string, name = 'door'): string => `import { machine, system } from 'millrace';
import { z } from 'zod';
import * as events from './events.dsl.ts';

export default system('${name}', { version: '1.0.0', parts: [events] });

export const door = machine('door', {
  key: 'door',
  context: z.object({}),
  events: { rung: events.rung, left: events.left },
  creates: ['rung'],
}).states('shut', {
  shut: { on: { rung: '${target}' } },
  open: { on: { left: 'shut' } },
});
`;

let made: Project;
let client: Client;
beforeEach(async () => {
  made = project({ 'door.dsl.ts': door('open'), 'events.dsl.ts': events });
  client = await new Client(made.root).start();
});
afterEach(async () => {
  await client[Symbol.asyncDispose]();
  made[Symbol.dispose]();
});

it('shows the problems of what is typed, before it is saved, and what the disk says once it is closed', async () => {
  expect(client.result?.serverInfo?.name).toBe('millrace');
  await client.open('door.dsl.ts');
  await client.type('door.dsl.ts', door('opne'));
  const [problem] = await client.shows('door.dsl.ts', ['MR1301']);
  expect(problem).toMatchObject({
    severity: 1,
    source: 'millrace',
    range: { start: { line: 12, character: 22 }, end: { line: 12, character: 28 } },
    codeDescription: { href: expect.stringMatching(/^file:.*\/docs\/errors\/MR1301\.md$/) },
  });
  expect(problem?.message).toContain("goes to 'opne'");
  expect(problem?.message).toContain("Did you mean 'open'?");
  await client.type('door.dsl.ts', door('open'));
  await client.shows('door.dsl.ts', []);
  await client.type('door.dsl.ts', door('opne'));
  await client.shows('door.dsl.ts', ['MR1301']);
  await client.close('door.dsl.ts');
  await client.shows('door.dsl.ts', []);
});

it('reads what was typed in a hurry once', async () => {
  await client.open('door.dsl.ts');
  await client.shows('door.dsl.ts', []);
  const before = client.told;
  await Promise.all(
    Array.from({ length: 40 }, (_, index) => client.type('door.dsl.ts', door(index < 39 ? `open${index}` : 'opne'))),
  );
  const [problem] = await client.shows('door.dsl.ts', ['MR1301']);
  await expect.poll(() => client.shown('door.dsl.ts')[0]?.message).toContain("goes to 'opne'");
  expect(problem).toBeDefined();
  expect(client.told - before).toBeLessThan(10);
});

it('mends what can be mended, as `dsl check --fix` does', async () => {
  await client.open('door.dsl.ts');
  await client.type('door.dsl.ts', door('opne'));
  const [problem] = await client.shows('door.dsl.ts', ['MR1301']);
  const uri = client.uri('door.dsl.ts');
  const ask = async (line: number): Promise<readonly CodeAction[]> =>
    ((await client.connection.sendRequest(CodeActionRequest.type, {
      textDocument: { uri },
      range: { start: { line, character: 23 }, end: { line, character: 23 } },
      context: { diagnostics: [] },
    })) ?? []) as CodeAction[];
  expect(await ask(3)).toEqual([]);
  const [action] = await ask(12);
  expect(action).toMatchObject({ title: "Replace 'opne' by 'open'", kind: 'quickfix', isPreferred: true });
  expect(action?.diagnostics).toEqual([problem]);
  const range = { start: { line: 12, character: 23 }, end: { line: 12, character: 27 } };
  expect(action?.edit).toEqual({ changes: { [uri]: [{ range, newText: 'open' }] } });
});

it('begins the code of a task that has none', async () => {
  const text = `import { system, task } from 'millrace';
import { z } from 'zod';

export default system('shop', { version: '1.0.0' });

/** Takes the money. */
export const chargeCard = task('chargeCard', { input: z.string(), output: z.string() });
`;
  await client.write('shop/shop.dsl.ts', text);
  await client.shows('shop/shop.dsl.ts', ['MR1501'], 'some');
  const { range } = client.shown('shop/shop.dsl.ts').find(({ code }) => code === 'MR1501')!;
  const uri = client.uri('shop/shop.dsl.ts');
  const found = await client.connection.sendRequest(CodeActionRequest.type, {
    textDocument: { uri },
    range,
    context: { diagnostics: [] },
  });
  const action = (found ?? []).find(({ title }) => title === 'Begin shop/tasks/charge-card.ts') as
    | CodeAction
    | undefined;
  const [create, edit] = action?.edit?.documentChanges ?? [];
  expect(create).toMatchObject({ kind: 'create', uri: client.uri('shop/tasks/charge-card.ts') });
  // As `dsl compile --stubs` would write it.
  await made.dsl(['compile', '--stubs', 'shop/shop.dsl.ts']);
  expect(((edit as TextDocumentEdit).edits[0] as TextEdit).newText).toBe(
    readFileSync(join(made.root, 'shop/tasks/charge-card.ts'), 'utf8'),
  );
  await client.touch('shop/tasks/charge-card.ts');
  await expect.poll(() => client.shown('shop/shop.dsl.ts').map(({ code }) => code)).not.toContain('MR1501');
});

it('sees a part, a syntax error, files that come and go, and a config', async () => {
  await client.open('events.dsl.ts');
  await client.type('events.dsl.ts', events.replace("event('left'", "event('rung'"));
  await client.shows('events.dsl.ts', ['MR1113']);
  await client.type('events.dsl.ts', events);
  await client.shows('events.dsl.ts', []);
  await client.open('door.dsl.ts');
  await client.type('door.dsl.ts', `${door('open')}}\n`);
  await client.shows('door.dsl.ts', ['MR1006']);
  await client.type('door.dsl.ts', door('open'));
  await client.shows('door.dsl.ts', []);
  await client.write('other.dsl.ts', door('open'));
  await client.shows('other.dsl.ts', ['MR2015']);
  rmSync(join(made.root, 'other.dsl.ts'));
  await client.touch('other.dsl.ts');
  await client.shows('other.dsl.ts', []);
  await client.write('dsl.config.ts', 'export default {\n  glob: 1,\n};\n');
  const [problem] = await client.shows('dsl.config.ts', ['MR2005']);
  expect(problem?.range.start.line).toBe(1);
  await client.write(
    'dsl.config.ts',
    "console.log('a config that prints');\nexport default { rules: { MR1301: 'error' } };\n",
  );
  await client.shows('dsl.config.ts', []);
  await client.type('door.dsl.ts', door('opne'));
  await client.shows('door.dsl.ts', ['MR1301']);
});

it('is at home in files whose addresses are written in other ways, and untroubled by what is no file', async () => {
  const path = 'a door @ home!/door.dsl.ts';
  await client.write('a door @ home!/events.dsl.ts', events);
  await client.write(path, door('open', 'home'));
  await client.open(path);
  await client.type(path, door('opne', 'home'));
  await client.shows(path, ['MR1301']);
  await client.type(path, door('open', 'home'));
  await client.shows(path, []);
  const nowhere = { uri: 'untitled:Untitled-1', languageId: 'typescript', version: 1, text: door('opne') };
  await client.connection.sendNotification('textDocument/didOpen', { textDocument: nowhere });
  const ask = (uri: string, line: number) =>
    client.connection.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line, character: 9 } });
  expect(await ask('untitled:Untitled-1', 1)).toBeNull();
  expect(await ask('file:///nowhere/x.dsl.ts', 1)).toBeNull();
  expect(await ask('http://[', 1)).toBeNull();
  expect(await ask(client.uri(path), 99_999)).toBeNull();
});

it('shows what is wrong in a file that is only in the editor, until it is closed', async () => {
  const uri = client.uri('new/other.dsl.ts');
  const text = door('opne', 'other').replace('./events', '../events');
  const textDocument = { uri, languageId: 'typescript', version: 1, text };
  await client.connection.sendNotification('textDocument/didOpen', { textDocument });
  await client.shows('new/other.dsl.ts', ['MR1301']);
  await client.close('new/other.dsl.ts');
  await client.shows('new/other.dsl.ts', []);
});

it('takes each config of a monorepo for a project of its own, also one that is new', async () => {
  const sys = `import { event, system } from 'millrace';\nimport { z } from 'zod';\n\nexport default system('sys', { version: '1.0.0' });\n\nexport const gone = event('gone', { payload: z.object({}) });\n`;
  const config = 'export default {};\n';
  const files = ['a', 'b', 'c'].flatMap((name) => [
    [`packages/${name}/dsl.config.ts`, config],
    [`packages/${name}/${name}.dsl.ts`, sys],
  ]);
  using repo = project(Object.fromEntries(files));
  rmSync(join(repo.root, 'dsl.config.ts'), { force: true });
  await using editor = await new Client(repo.root).start();
  for (const name of ['a', 'b', 'c']) await editor.open(`packages/${name}/${name}.dsl.ts`);
  for (const name of ['a', 'b', 'c']) {
    await editor.shows(`packages/${name}/${name}.dsl.ts`);
    const codes = editor.shown(`packages/${name}/${name}.dsl.ts`).map(({ code }) => code);
    expect(codes).not.toContain('MR2015');
  }
  // Without its config a folder belongs to what is above it, where another has come in meanwhile.
  rmSync(join(repo.root, 'packages/a/dsl.config.ts'));
  await editor.touch('packages/a/dsl.config.ts');
  rmSync(join(repo.root, 'packages/b/dsl.config.ts'));
  await editor.touch('packages/b/dsl.config.ts');
  await editor.shows('packages/b/b.dsl.ts', ['MR2015'], 'some');
  await editor.write('packages/b/dsl.config.ts', config);
  await expect.poll(() => editor.shown('packages/b/b.dsl.ts').map(({ code }) => code)).not.toContain('MR2015');
});

it('ends with the editor', async () => {
  await client.connection.sendRequest('shutdown');
  await client.connection.sendNotification('exit');
  expect(await client.exited).toBe(0);
  client = await new Client(made.root).start();
});
