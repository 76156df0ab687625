import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Edit } from 'millrace/model';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../../../test/support/type-check.ts';
import { execute } from '../bind/execute.ts';
import { readSystem } from '../read-system.ts';
import { editSystem } from './edit-system.ts';

const files = {
  'shop.dsl.ts': `import { flow, machine, system } from 'millrace';
import { z } from 'zod';
import { placed, type Line } from './events.dsl.ts';
import * as events from './events.dsl.ts';
import * as tasks from './tasks/all.dsl.ts';
import { label } from './text.ts';

export default system('shop', { version: '1.0.0', parts: [events, tasks] });

/** Writes on paper. */
export const note = flow('note', { input: z.object({ id: z.string() }) }, (f) =>
  // by hand
  f.step('written', ({ input }) => tasks.write({ text: label(input.id) })), // once
);

export const order = machine('order', { key: 'id', context: z.object({}), events: { placed } }).states('open', {
  open: { on: { placed: 'done' } },
  done: { final: true },
});
export const lines = (all: readonly Line[]): number => all.length;
`,
  'events.dsl.ts': `import { event } from 'millrace';
import { z } from 'zod';

const Id = z.string();
/** What is bought. */
export type Line = { readonly sku: string };
/** A customer has paid. */
export const placed = event('placed', { payload: z.object({ id: Id }) }); // by card
export const late = event('late', { payload: z.object({ id: Id }) });
`,
  'tasks/all.dsl.ts': `import { task } from 'millrace';
import { z } from 'zod';
const quick = { timeout: '1s' } as const;
export const write = task('write', { input: z.object({ text: z.string() }), output: z.void(), ...quick });
export const erase = task('erase', { input: z.object({ text: z.string() }), output: z.void(), ...quick });
export { write as scribble };
`,
  'text.ts': `export const label = (id: string): string => \`#\${id}\`;\n`,
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'move-'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['zod', 'millrace'])
    symlinkSync(
      name === 'millrace' ? root : join(root, 'node_modules', name),
      join(folder, 'node_modules', name),
      'dir',
    );
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The lines that went and came; what is left can be read and executed. */
async function moved(...edits: readonly Edit[]): Promise<string> {
  const path = join(folder, 'shop.dsl.ts');
  const { diagnostics } = await editSystem(path, edits, { cwd: folder });
  const lines = Object.entries(files).flatMap(([file, before]) => {
    const [old, next] = [before.split('\n'), readFileSync(join(folder, file), 'utf8').split('\n')];
    const count = (line: string, all: readonly string[]): number => all.filter((each) => each === line).length;
    const went = old.filter((line) => line !== '' && count(line, old) > count(line, next)).map((line) => `- ${line}`);
    const came = next.filter((line) => line !== '' && count(line, next) > count(line, old)).map((line) => `+ ${line}`);
    return went.length + came.length === 0 ? [] : [file, ...went, ...came];
  });
  const again = await readSystem(path);
  expect(again.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  expect(Object.keys((await execute(path)) as object)).toContain('default');
  return [...diagnostics.map(({ code, message }) => `${code} ${message}`), ...lines].join('\n');
}

test('from a part into the entry: what others name in it is imported back', async () => {
  expect(await moved({ op: 'move', path: 'events.late', into: 'shop.dsl.ts' })).toMatchInlineSnapshot(`
    "shop.dsl.ts
    - import { flow, machine, system } from 'millrace';
    - import { placed, type Line } from './events.dsl.ts';
    + import { flow, machine, system, event } from 'millrace';
    + import { placed, type Line, Id } from './events.dsl.ts';
    + export const late = event('late', { payload: z.object({ id: Id }) });
    events.dsl.ts
    - const Id = z.string();
    - export const late = event('late', { payload: z.object({ id: Id }) });
    + export const Id = z.string();"
  `);
});

test('between parts, with what only it needs and what it imports', async () => {
  expect(await moved({ op: 'move', path: 'tasks.erase', into: 'events.dsl.ts' })).toMatchInlineSnapshot(`
    "events.dsl.ts
    - import { event } from 'millrace';
    + import { event, task } from 'millrace';
    + import { quick } from './tasks/all.dsl.ts';
    + export const erase = task('erase', { input: z.object({ text: z.string() }), output: z.void(), ...quick });
    tasks/all.dsl.ts
    - const quick = { timeout: '1s' } as const;
    - export const erase = task('erase', { input: z.object({ text: z.string() }), output: z.void(), ...quick });
    + export const quick = { timeout: '1s' } as const;"
  `);
});

test('what is exported under another name, and named through a whole file', async () => {
  expect(await moved({ op: 'move', path: 'tasks.write', into: 'events.dsl.ts' })).toMatchInlineSnapshot(`
    "shop.dsl.ts
    - import { placed, type Line } from './events.dsl.ts';
    -   f.step('written', ({ input }) => tasks.write({ text: label(input.id) })), // once
    + import { placed, type Line, write } from './events.dsl.ts';
    +   f.step('written', ({ input }) => write({ text: label(input.id) })), // once
    events.dsl.ts
    - import { event } from 'millrace';
    + import { event, task } from 'millrace';
    + export const quick = { timeout: '1s' } as const;
    + export const write = task('write', { input: z.object({ text: z.string() }), output: z.void(), ...quick });
    tasks/all.dsl.ts
    - const quick = { timeout: '1s' } as const;
    - export const write = task('write', { input: z.object({ text: z.string() }), output: z.void(), ...quick });
    - export { write as scribble };
    + import { quick } from '../events.dsl.ts';
    + export { write as scribble } from '../events.dsl.ts';"
  `);
});

test('to another place of its file', async () => {
  expect(await moved({ op: 'move', path: 'events.late', before: 'placed' })).toMatchInlineSnapshot(`""`);
  expect(readFileSync(join(folder, 'events.dsl.ts'), 'utf8')).toMatchInlineSnapshot(`
    "import { event } from 'millrace';
    import { z } from 'zod';

    const Id = z.string();
    /** What is bought. */
    export type Line = { readonly sku: string };
    export const late = event('late', { payload: z.object({ id: Id }) });

    /** A customer has paid. */
    export const placed = event('placed', { payload: z.object({ id: Id }) }); // by card
    "
  `);
});

test('a definition that newly names a later one', async () => {
  await moved(
    { op: 'move', path: 'flows.note', before: 'order' },
    { op: 'add', path: 'events.paid', text: "event('paid', { payload: z.object({ id: z.string() }) })" },
    { op: 'set', path: 'flows.note.on', text: 'paid' },
  );
  const text = readFileSync(join(folder, 'shop.dsl.ts'), 'utf8');
  expect(text.indexOf('const paid')).toBeLessThan(text.indexOf('const note'));
});

test('not to where something else is called like it', async () => {
  appendFileSync(join(folder, 'events.dsl.ts'), 'const note = 2;\n');
  appendFileSync(join(folder, 'tasks/all.dsl.ts'), 'const Id = 1;\n');
  const problem = async (edit: Edit): Promise<readonly string[]> => {
    const { diagnostics } = await editSystem('shop.dsl.ts', [edit], { cwd: folder });
    return diagnostics.map(({ code, message }) => `${code} ${message}`);
  };
  expect(await problem({ op: 'move', path: 'flows.note', into: 'events.dsl.ts' })).toEqual([
    `MR1782 Edit 1 (move 'flows.note'): 'events.dsl.ts' has something else called 'note'.`,
  ]);
  expect(await problem({ op: 'move', path: 'locals.Id', into: 'tasks/all.dsl.ts' })).toEqual([
    `MR1782 Edit 1 (move 'locals.Id'): 'tasks/all.dsl.ts' has something else called 'Id'.`,
  ]);
});

test('what is declared in one statement with others stays', async () => {
  const path = join(folder, 'events.dsl.ts');
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace('// by card\nexport const late', '').replace('}) });  = ', '}) }), late = '),
  );
  const { diagnostics } = await editSystem(join(folder, 'shop.dsl.ts'), [
    { op: 'move', path: 'events.late', into: 'shop.dsl.ts' },
  ]);
  expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
    "MR1776 Edit 1 (move 'events.late'): 'late' is declared in one statement with others.",
  ]);
});
